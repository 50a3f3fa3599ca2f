"""Give another system another secret, which is shown once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.verbs import Consequence, Decision, Done, OneRow, Verb
from events.models import ApiClient

AT_ONCE, DAY = 0, 24


class SecretForm(forms.Form):
    """How long both secrets are taken, so that the new one can be put everywhere in peace."""

    hours = forms.TypedChoiceField(
        label=gettext_lazy("The secret of now is taken"),
        coerce=int,
        initial=DAY,
        widget=forms.RadioSelect,
        choices=[
            (DAY, gettext_lazy("for another day")),
            (7 * DAY, gettext_lazy("for another week")),
            (30 * DAY, gettext_lazy("for another 30 days")),
            (AT_ONCE, gettext_lazy("no longer: somebody else may know it")),
        ],
    )


class RenewSecret(Verb[OneRow]):
    """Give one API client another secret; the one before is taken for a while, or ends at once with its tokens."""

    key = "new-secret"
    label = gettext_lazy("New secret")
    note = gettext_lazy("The new secret is shown once. Have the place ready where the other system keeps it.")
    permissions = {"apiclient": ("events.change_apiclient",)}
    form_class = SecretForm

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [client] = rows
        return list(_consequences(client))

    def deed(self, count: int) -> str:
        return _("Make a new secret")

    @transaction.atomic
    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [client] = rows
        secret = client.renew_secret(overlap=timedelta(hours=decided["hours"]))
        assert decided.actor.user
        LogEntry.objects.log_actions(
            decided.actor.user.pk, [client], CHANGE, _("The secret was renewed."), single_object=True
        )
        until = client.previous_secret_ends_at if client.is_previous_secret_taken else None
        before = _("The one before is taken until %(when)s.") % {"when": _when(until)} if until else ""
        ended = before or _("The one before is taken no longer, and its tokens have ended.")
        return Done(ended, shown_once=secret)


def _consequences(client: ApiClient) -> Iterator[Consequence]:
    used = _("last used %(when)s") % {"when": _when(client.secret_used_at)} if client.secret_used_at else ""
    yield Consequence(_("The secret"), used or _("never used"), _("another one; this one as chosen below"))
    if client.is_previous_secret_taken:
        now = _("taken until %(when)s") % {"when": _when(client.previous_secret_ends_at)}
        yield Consequence(_("The secret before it"), now, _("taken no longer"), "clash")


def _when(moment: datetime | None) -> str:
    return date_format(localtime(moment), _("D j M Y, H:i")) if moment else ""


CLIENT_VERBS = (RenewSecret,)
