"""The figure of the event's mails."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from events import counted
from registrations.admin.overview.base import Figure
from registrations.admin.overview.drawing import Bar, bars
from registrations.models import Notification
from registrations.queries import overview


class MailsByKind(Figure):
    """How many mails of each kind were sent, are still to be sent, and could not be."""

    key = "overview_mails"
    title = gettext_lazy("Mails")
    permission = "registrations.view_notification"
    empty = gettext_lazy("No mail was written yet.")
    head: ClassVar[Sequence[Any]] = (
        *(gettext_lazy("Kind"), gettext_lazy("Sent"), gettext_lazy("To be sent"), gettext_lazy("Failed")),
    )

    @cached_property
    def found(self) -> list[tuple[str, overview.Mails]]:
        """Each kind's words and figures."""
        words = dict(Notification.Kind.choices)
        return [(str(words.get(mails.kind, mails.kind)), mails) for mails in overview.mails_of(self.event)]

    def rows(self) -> list[Sequence[Any]]:
        return [(kind, mails.sent, mails.due, mails.failed) for kind, mails in self.found]

    def summary(self) -> str:
        if not self.found:
            return ""
        sent, due, failed = (
            sum(getattr(mails, name) for _kind, mails in self.found) for name in ("sent", "due", "failed")
        )
        return " · ".join((counted.sent(sent), counted.to_be_sent(due), counted.failed(failed)))

    def drawing(self) -> SafeString:
        return bars(self._bar(kind, mails) for kind, mails in self.found)

    def _bar(self, kind: str, mails: overview.Mails) -> Bar:
        said = [counted.sent(mails.sent)]
        said += [counted.to_be_sent(mails.due)] if mails.due else []
        said += ["✕ " + counted.failed(mails.failed)] if mails.failed else []
        parts = (("taken", mails.sent), ("waiting", mails.due), ("failed", mails.failed))
        return Bar(kind, parts, " · ".join(said))
