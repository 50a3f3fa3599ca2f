"""Panels of doors: the devices that stand at them, and the scans that somebody should look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin import words
from events.admin.verbs import change_url
from registrations import door_codes
from registrations.admin.files import columns
from registrations.admin.files.columns import Column
from registrations.admin.panels.base import Panel
from registrations.admin.panels.filters import ChoiceFilter, Narrow
from registrations.admin.verbs.base import PanelVerb
from registrations.admin.verbs.devices import AddDevice, RevokeDevices
from registrations.admin.verbs.export import ExportAll
from registrations.admin.verbs.scans import LookedAt
from registrations.models import DoorDevice, DoorScan
from registrations.rules.scans import Answer

OUTCOMES = dict(Answer.choices)
PERSON = "event_registration__"


class DeviceFilter(ChoiceFilter):
    """The devices that may still let somebody in; the others on request."""

    choices_offered: ClassVar[Mapping[str, tuple[Any, Narrow]]] = {
        "now": (gettext_lazy("In use"), lambda rows: rows.filter(revoked_at=None)),
        "all": (gettext_lazy("All"), lambda rows: rows),
    }


class Devices(Panel):
    """The phones, tablets and computers that let people in."""

    rows_of = DoorDevice
    prefix = "devices"
    title = gettext_lazy("Devices at the doors")
    empty = gettext_lazy(
        "No device yet. Add one, and scan the code that is shown with the phone at the door."
    )
    view_permission = "registrations.view_checkin"
    holds_people = False
    verbs: ClassVar[Sequence[type[PanelVerb]]] = (RevokeDevices,)
    tools: ClassVar[Sequence[type[PanelVerb]]] = (AddDevice,)
    list_display = ["device", "doors", "state", "seen", "waiting"]
    list_display_links = ["device"]
    list_filter = [DeviceFilter]
    list_select_related = ["created_by"]
    search_fields = ["name"]
    search_help_text = gettext_lazy("Name of the device")

    def file_columns(self) -> list[Column]:
        return [
            Column("name", _("Name"), "name"),
            columns.moment("paired", _("Paired"), self.zone, "paired_at"),
            columns.moment("seen", _("Last seen"), self.zone, "last_seen_at"),
            Column("waiting", _("Waiting scans"), "waiting_scans"),
            columns.moment("revoked", _("Revoked"), self.zone, "revoked_at"),
            Column("by", _("Added by"), "created_by__email"),
        ]

    def add_figures(self, rows: list[Any]) -> None:
        doors: dict[int, list[str]] = defaultdict(list)
        links = DoorDevice.sessions.through.objects.filter(doordevice__in=[row.pk for row in rows])
        for device, name in links.order_by("session__starts_at").values_list("doordevice", "session__name"):
            doors[device].append(name)
        for row in rows:
            row.door_names = doors[row.pk]

    def row_url(self, row: Any) -> str:
        return reverse("admin:device_page", args=[row.uuid])

    def name_of(self, row: Any) -> str:
        return row.name

    @admin.display(description=gettext_lazy("device"), ordering="name")
    def device(self, row: Any) -> SafeString:
        """The name, the browser, and whether it may let in people whom the door refuses."""
        override = row.may_override and _("may let in all the same")
        return words.name_and_address(row.name, row.browser) + words.lines(override)

    @admin.display(description=gettext_lazy("doors"))
    def doors(self, row: Any) -> SafeString | str:
        """The doors at which it may stand."""
        return words.lines(*row.door_names) if row.is_limited else _("Every door")

    @admin.display(description=gettext_lazy("state"), ordering="paired_at")
    def state(self, row: Any) -> SafeString:
        """Paired, waiting to be, or revoked."""
        if row.revoked_at:
            return words.chip(_("Revoked"), "muted") + words.lines(words.moment(row.revoked_at, self.zone))
        if row.paired_at:
            return words.chip(_("Paired"), "free") + words.lines(words.moment(row.paired_at, self.zone))
        if row.waits_to_be_paired(timezone.now()):
            return words.chip(_("Waits to be paired"), "waiting")
        return words.chip(_("Not paired"), "missing")

    @admin.display(description=gettext_lazy("last seen"), ordering="last_seen_at")
    def seen(self, row: Any) -> str:
        """When it last spoke to us."""
        return words.moment(row.last_seen_at, self.zone) or "–"

    @admin.display(description=gettext_lazy("waiting scans"), ordering="waiting_scans")
    def waiting(self, row: Any) -> SafeString | str:
        """How many scans it had still to send when it was last seen."""
        if not row.waiting_scans:
            return "0"
        said = ngettext("%(n)d not sent yet", "%(n)d not sent yet", row.waiting_scans)
        return words.chip(said % {"n": row.waiting_scans}, "waiting")


class EventDevices(Devices):
    """All devices of the event."""

    key = "event_devices"
    tab = "doors"

    def rows(self) -> QuerySet[DoorDevice]:
        return DoorDevice.objects.filter(event=self.event)


class SessionDevices(Devices):
    """The devices that may stand at the session's door."""

    key = "session_devices"

    def rows(self) -> QuerySet[DoorDevice]:
        own = DoorDevice.sessions.through.objects.filter(session=self.own_session).values("doordevice")
        return DoorDevice.objects.filter(Q(is_limited=False) | Q(pk__in=own), event=self.event)


class ScanFilter(ChoiceFilter):
    """What nobody has looked at yet; what was looked at, and every other scan, on request."""

    choices_offered: ClassVar[Mapping[str, tuple[Any, Narrow]]] = {
        "open": (gettext_lazy("To look at"), lambda rows: rows.to_look_at()),
        "looked": (gettext_lazy("Looked at"), lambda rows: rows.exclude(looked_at=None)),
        "all": (gettext_lazy("All scans"), lambda rows: rows),
    }


class Scans(Panel):
    """Scans as the doors' devices sent them; first those at which somebody should look."""

    rows_of = DoorScan
    prefix = "scans"
    title = gettext_lazy("To look at")
    empty = gettext_lazy("Nothing has been scanned yet.")
    nothing_found = gettext_lazy("Nothing to look at.")
    view_permission = "registrations.view_checkin"
    verbs: ClassVar[Sequence[type[PanelVerb]]] = (LookedAt,)
    tools: ClassVar[Sequence[type[PanelVerb]]] = (ExportAll,)
    list_display = ["person", "why", "door", "scanned", "by_device"]
    list_display_links = ["person"]
    list_filter = [ScanFilter]
    list_select_related = ["event_registration__contact", "session", "device", "looked_by"]
    search_fields = [f"{PERSON}first_name", f"{PERSON}last_name", f"{PERSON}contact__email", "code"]
    search_help_text = gettext_lazy("Name, e-mail or code")

    def file_columns(self) -> list[Column]:
        at_event = _("Event")
        return [
            *columns.person(PERSON, f"{PERSON}contact__email"),
            Column("door", _("Door"), "session__name", lambda names: [name or at_event for name in names]),
            columns.choice("kind", _("Kind"), self.rows_of),
            columns.moment("scanned", _("Scanned"), self.zone, "scanned_at", "%Y-%m-%d %H:%M:%S"),
            columns.moment("received", _("Received"), self.zone, "received_at", "%Y-%m-%d %H:%M:%S"),
            columns.yes_no("offline", _("Without network"), "was_offline"),
            Column("device", _("Device"), "device__name"),
            Column("code", _("Code as read"), "code"),
            columns.yes_no("admitted", _("Let in"), "was_admitted"),
            Column("outcome", _("Outcome"), "outcome", lambda rows: [OUTCOMES.get(row, row) for row in rows]),
            columns.choice("to_look_at", _("To look at"), self.rows_of),
            columns.moment("looked", _("Looked at"), self.zone, "looked_at"),
            Column("looked_by", _("Looked at by"), "looked_by__email"),
        ]

    def row_url(self, row: Any) -> str:
        if row.event_registration:
            return change_url(row.event_registration)
        return f"{change_url(self.target)}?tab={self.tab}#panel-{self.key}"

    def name_of(self, row: Any) -> str:
        if row.event_registration:
            return row.event_registration.full_name
        return row.code[:SHOWN_OF_A_CODE] or _("Unknown code")

    @admin.display(description=gettext_lazy("person"), ordering="event_registration__last_name")
    def person(self, row: Any) -> SafeString:
        """Name over address; the code as it was read where it is nobody's."""
        if row.event_registration:
            return words.name_and_address(
                row.event_registration.full_name, row.event_registration.contact.email
            )
        code = door_codes.read(row.code)
        return words.name_and_address(
            _("Nobody's code"), door_codes.said(code) if code else row.code[:SHOWN_OF_A_CODE]
        )

    @admin.display(description=gettext_lazy("what"), ordering="to_look_at")
    def why(self, row: Any) -> SafeString:
        """Why somebody should look, and who did; of other scans what came of them."""
        if not row.to_look_at:
            return words.lines(OUTCOMES.get(row.outcome, row.outcome))
        kind = "muted" if row.looked_at else "clash"
        looked = row.looked_at and _("looked at by %(who)s, %(at)s") % {
            "who": row.looked_by or "–",
            "at": words.moment(row.looked_at, self.zone),
        }
        return words.chip(row.get_to_look_at_display(), kind) + words.lines(row.reason, looked)

    @admin.display(description=gettext_lazy("door"), ordering="session__name")
    def door(self, row: Any) -> str:
        """The session's door, or the event's."""
        return str(row.session) if row.session else _("Event")

    @admin.display(description=gettext_lazy("scanned"), ordering="scanned_at")
    def scanned(self, row: Any) -> SafeString:
        """When it was scanned, and when it came here where that was later."""
        at = words.moment(row.scanned_at, self.zone)
        late = row.was_offline and _("without network, sent %(at)s") % {
            "at": words.moment(row.received_at, self.zone)
        }
        return format_html("{} {}", at, words.lines(late))

    @admin.display(description=gettext_lazy("device"), ordering="device__name")
    def by_device(self, row: Any) -> str:
        """The device that scanned it."""
        return row.device.name


SHOWN_OF_A_CODE = 40


class EventScans(Scans):
    """All scans at the event."""

    key = "event_scans"
    tab = "doors"

    def rows(self) -> QuerySet[DoorScan]:
        return DoorScan.objects.filter(event=self.event)


class SessionScans(Scans):
    """All scans at the session's door."""

    key = "session_scans"

    def rows(self) -> QuerySet[DoorScan]:
        return DoorScan.objects.filter(session=self.own_session)
