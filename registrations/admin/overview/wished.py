"""The figure of demand that met no seat: refused tries, waiting, and agendas that nobody has finished."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import counted
from registrations.admin.overview.base import MOST_SHOWN, Figure
from registrations.admin.overview.drawing import Bar, bars
from registrations.queries import overview
from registrations.queries.overview import Demand


class UnmetDemand(Figure):
    """How often people were refused, wait, and wish for what they have not registered for."""

    key = "overview_demand"
    title = gettext_lazy("Unmet demand")
    empty = gettext_lazy("Nobody was refused, nobody waits, and no unfinished agenda holds a session.")
    head: ClassVar[Sequence[Any]] = (
        *(gettext_lazy("For"), gettext_lazy("Refused: full"), gettext_lazy("Refused: clash")),
        *(
            gettext_lazy("Refused: other reasons"),
            gettext_lazy("Waiting"),
            gettext_lazy("In unfinished agendas"),
        ),
    )

    @cached_property
    def found(self) -> list[Demand]:
        """The sessions, and the event itself, of which most was wished first."""
        return overview.demand_of(self.event, self.reading.sessions)

    def name_of(self, one: Demand) -> str:
        """The session's name, or the event itself."""
        return self.reading.by_id[one.session_id].name if one.session_id else _("The event itself")

    def rows(self) -> list[Sequence[Any]]:
        return [
            (self.name_of(one), one.full, one.clash, one.otherwise, one.waiting, one.wished)
            for one in self.found
        ]

    def summary(self) -> str:
        refused, waiting, wished = (
            sum(getattr(one, name) for one in self.found) for name in ("refused", "waiting", "wished")
        )
        said = (counted.refused(refused), counted.waiting(waiting), _in_agendas(wished))
        return " · ".join(said) if self.found else ""

    def drawing(self) -> SafeString:
        return bars(self._bar(one) for one in self.found[:MOST_SHOWN])

    def _bar(self, one: Demand) -> Bar:
        said = ["✕ " + counted.refused(one.refused)] if one.refused else []
        said += [counted.waiting(one.waiting)] if one.waiting else []
        said += [_in_agendas(one.wished)] if one.wished else []
        parts = (("failed", one.refused), ("waiting", one.waiting), ("held", one.wished))
        url = self.url_of(one.session_id) if one.session_id else ""
        return Bar(self.name_of(one), parts, " · ".join(said), url)


def _in_agendas(number: int) -> str:
    return _("%(n)d in unfinished agendas") % {"n": number}
