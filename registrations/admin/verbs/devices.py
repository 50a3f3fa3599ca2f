"""Devices at the doors: add one, and take one's access away.

A device can do no more than whoever adds it, so each of these asks for the permission to let people in.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.verbs import Consequence, Decision, Done, one_by_one
from registrations import actions
from registrations.admin.verbs.base import PanelListing, PanelVerb
from registrations.admin.verbs.doors import MAY_LET_IN
from registrations.admin.verbs.people import PeopleTool
from registrations.models import DoorDevice


class AddDevice(PeopleTool):
    """Let a phone become a device of these doors."""

    key = "add_device"
    label = gettext_lazy("Add a device")
    title = gettext_lazy("Add a device")
    url_name = "add_device"
    is_main = True
    permissions = {"event": MAY_LET_IN, "session": MAY_LET_IN}


class RevokeDevices(PanelVerb):
    """End the access of devices for good."""

    key = "revoke"
    label = gettext_lazy("Revoke")
    title = gettext_lazy("Revoke devices")
    note = gettext_lazy(
        "A revoked device forgets every name the next time it has network. Scans that it has not sent yet stay on it, "
        "and are sent once it is paired anew."
    )
    is_danger = True
    permissions = {"event": MAY_LET_IN, "session": MAY_LET_IN}

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        return [self._of(row) for row in rows]

    def _of(self, row: DoorDevice) -> Consequence:
        if row.revoked_at:
            return Consequence(row.name, _("revoked"), _("stays as it is"))
        now = _("lets people in") if row.is_working else _("not paired")
        then = _("lets nobody in, and knows nobody")
        if row.waiting_scans:
            waits = ngettext("%(n)d scan waits to be sent", "%(n)d scans wait to be sent", row.waiting_scans)
            now = f"{now}, {waits % {'n': row.waiting_scans}}"
        return Consequence(row.name, now, then, "clash")

    def deed(self, count: int) -> str:
        return ngettext("Revoke %(n)d device", "Revoke %(n)d devices", count) % {"n": count}

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        def revoke(row: DoorDevice) -> None:
            actions.revoke_device(row, actor=decided.actor)

        def said(count: int) -> str:
            return ngettext("%(n)d device is revoked.", "%(n)d devices are revoked.", count) % {"n": count}

        return one_by_one(rows, listing, revoke, done_words=said)
