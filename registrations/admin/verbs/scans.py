"""Say of scans at the doors that somebody has looked at them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.verbs import Consequence, Decision, Done, in_portions
from registrations import actions
from registrations.admin.verbs.base import PanelListing, PanelVerb
from registrations.admin.verbs.doors import MAY_CORRECT
from registrations.models import DoorScan


class LookedAt(PanelVerb):
    """Take scans off the list of those to look at; what happened stays as it is."""

    key = "looked"
    label = gettext_lazy("Looked at")
    title = gettext_lazy("Looked at")
    note = gettext_lazy(
        "What was scanned stays. Whoever should not be inside is let out or undone under check-ins."
    )
    permissions = {"event": MAY_CORRECT, "session": MAY_CORRECT}

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        return [self._of(listing, row) for row in rows]

    def _of(self, listing: PanelListing, row: DoorScan) -> Consequence:
        if not row.to_look_at or row.looked_at:
            return Consequence(listing.name_of(row), _("nothing to look at"), _("stays as it is"))
        return Consequence(listing.name_of(row), row.get_to_look_at_display(), _("looked at"))

    def deed(self, count: int) -> str:
        return ngettext("Mark %(n)d as looked at", "Mark %(n)d as looked at", count) % {"n": count}

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        def look(portion: list[Any]) -> int:
            return actions.look_at_scans([row.pk for row in portion], actor=decided.actor)

        def said(count: int) -> str:
            return ngettext("%(n)d is looked at.", "%(n)d are looked at.", count) % {"n": count}

        return in_portions(rows, listing, look, done_words=said)
