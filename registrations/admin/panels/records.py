"""Panels of records: who came in, which passes were issued, and the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from events.admin import words
from events.admin.verbs import change_url
from events.models import Event
from registrations.admin.files import columns
from registrations.admin.files.columns import Column
from registrations.admin.panels.base import Panel
from registrations.admin.panels.filters import DoorFilter, LedgerFilter, PassFilter
from registrations.admin.verbs.base import PanelVerb
from registrations.admin.verbs.doors import LetOut, Undo
from registrations.admin.verbs.export import ExportAll
from registrations.admin.verbs.messages import SendMessage
from registrations.models import Activity, AttendeePass, CheckIn
from sessions_app.models import Session

REGISTERED_PERSON = [
    "event_registration__first_name",
    "event_registration__last_name",
    "event_registration__contact__email",
]


class OfRegistration(Panel):
    """A panel whose rows hang on an event registration."""

    list_display_links = ["person"]
    search_fields = REGISTERED_PERSON
    search_help_text = gettext_lazy("Name or e-mail")
    contact = "event_registration__contact"

    tools: ClassVar[Sequence[type[PanelVerb]]] = (ExportAll,)

    def person_columns(self) -> list[Column]:
        """Whom the row is about."""
        return columns.person("event_registration__", "event_registration__contact__email")

    def row_url(self, row: Any) -> str:
        return change_url(row.event_registration)

    def name_of(self, row: Any) -> str:
        return row.event_registration.full_name

    @admin.display(description=gettext_lazy("person"), ordering="event_registration__last_name")
    def person(self, row: Any) -> SafeString:
        """Name over address."""
        return words.name_and_address(row.event_registration.full_name, row.event_registration.contact.email)


class CheckIns(OfRegistration):
    """Check-ins, at the event's door or the session's."""

    rows_of = CheckIn
    prefix = "doors"
    title = gettext_lazy("Check-ins")
    empty = gettext_lazy("Nobody has checked in yet.")
    view_permission = "registrations.view_checkin"
    verbs: ClassVar[Sequence[type[PanelVerb]]] = (LetOut, Undo, SendMessage)
    list_display = ["person", "door", "at", "by", "left", "undone"]
    list_filter = [DoorFilter]
    list_select_related = ["event_registration__contact", "checked_in_by", "session", "device"]

    def file_columns(self) -> list[Column]:
        at_event = _("Event")
        return [
            *self.person_columns(),
            Column("door", _("Door"), "session__name", lambda names: [name or at_event for name in names]),
            columns.moment("at", _("Checked in"), self.zone, "checked_in_at"),
            Column("by", _("By"), "checked_in_by__email"),
            Column("device", _("Device"), "device__name"),
            columns.yes_no("offline", _("Without network"), "was_offline"),
            columns.moment("left", _("Left"), self.zone, "left_at"),
            columns.moment("undone", _("Undone"), self.zone, "undone_at"),
            columns.yes_no("is_override", _("Let in all the same")),
            Column("reason", _("Reason"), "reason"),
        ]

    @admin.display(description=gettext_lazy("door"), ordering="session__name")
    def door(self, row: Any) -> str:
        """The session's door, or the event's."""
        return str(row.session) if row.session else _("Event")

    @admin.display(description=gettext_lazy("checked in"), ordering="checked_in_at")
    def at(self, row: Any) -> str:
        """The time of the check-in."""
        return words.moment(row.checked_in_at, self.zone)

    @admin.display(description=gettext_lazy("by"), ordering="device__name")
    def by(self, row: Any) -> SafeString:
        """The device that let the person in, or the member of staff; whether without network, and on whose word."""
        offline = row.was_offline and _("without network")
        return words.lines(row.device or row.checked_in_by or "–", offline, row.reason)

    @admin.display(description=gettext_lazy("left"), ordering="left_at")
    def left(self, row: Any) -> str:
        """The time of leaving."""
        return words.moment(row.left_at, self.zone) or "–"

    @admin.display(description=gettext_lazy("undone"), ordering="undone_at")
    def undone(self, row: Any) -> str:
        """The time at which the check-in was taken back."""
        return words.moment(row.undone_at, self.zone) or "–"


class EventCheckIns(CheckIns):
    """All entries at the event."""

    key = "event_check_ins"
    tab = "doors"

    def rows(self) -> QuerySet[CheckIn]:
        return CheckIn.objects.filter(event=self.event)


class SessionCheckIns(CheckIns):
    """All entries at the session's door."""

    key = "session_check_ins"

    def rows(self) -> QuerySet[CheckIn]:
        return CheckIn.objects.filter(session=self.own_session)


class EventPasses(OfRegistration):
    """Passes issued at the event."""

    rows_of = AttendeePass
    key = "event_passes"
    prefix = "passes"
    title = gettext_lazy("Issued passes")
    empty = gettext_lazy("No pass has been issued.")
    view_permission = "registrations.view_attendeepass"
    verbs: ClassVar[Sequence[type[PanelVerb]]] = (SendMessage,)
    list_display = ["person", "event_pass", "issued"]
    list_filter = [PassFilter]
    list_select_related = ["event_registration__contact", "event_pass"]
    search_fields = [*REGISTERED_PERSON, "event_pass__name"]
    search_help_text = gettext_lazy("Name, e-mail or pass")

    def is_shown(self) -> bool:
        return super().is_shown() and self.event.passes.exists()

    def rows(self) -> QuerySet[AttendeePass]:
        return AttendeePass.objects.filter(event_registration__event=self.event)

    def file_columns(self) -> list[Column]:
        return [
            *self.person_columns(),
            Column("pass", _("Pass"), "event_pass__name"),
            columns.moment("issued", _("Issued"), self.zone, "issued_at"),
            columns.moment("cancelled", pgettext("registration", "Cancelled"), self.zone, "cancelled_at"),
        ]

    @admin.display(description=gettext_lazy("issued"), ordering="issued_at")
    def issued(self, row: Any) -> SafeString:
        """The time at which the pass was issued, and given back."""
        gone = row.cancelled_at and _("cancelled %(at)s") % {"at": words.moment(row.cancelled_at, self.zone)}
        return words.lines(words.moment(row.issued_at, self.zone), gone)


class Ledger(Panel):
    """The ledger of the event with all its sessions, or of one session."""

    rows_of = Activity
    key = "ledger"
    prefix = "ledger"
    title = gettext_lazy("Ledger")
    empty = gettext_lazy("Nothing has happened yet.")
    view_permission = "registrations.view_activity"
    tools: ClassVar[Sequence[type[PanelVerb]]] = (ExportAll,)
    list_display = ["when", "what", "who", "by", "reason", "after"]
    list_display_links = ["what"]
    list_filter = [LedgerFilter]
    list_select_related = ["contact", "session", "user"]
    search_fields = [
        "contact__email",
        "contact__first_name",
        "contact__last_name",
        "reason",
        "actor",
        "session__name",
    ]
    search_help_text = gettext_lazy("Person, session, reason or member of staff")
    ordering = ["-id"]

    def __init__(self, request: Any, target: Any, site: Any = None) -> None:
        self.tab = "more" if isinstance(target, Event) else "registration"  # type: ignore[misc]
        super().__init__(request, target, site)

    def rows(self) -> QuerySet[Activity]:
        if isinstance(self.target, Session):
            return Activity.objects.filter(session=self.target)
        return Activity.objects.filter(event=self.target)

    def row_url(self, row: Any) -> str:
        return reverse("admin:registrations_activity_change", args=[row.pk])

    def file_columns(self) -> list[Column]:
        return [
            columns.moment("at", _("When"), self.zone, form="%Y-%m-%d %H:%M:%S"),
            columns.choice("verb", _("What"), self.rows_of),
            Column("session", _("Session"), "session__name"),
            *columns.person("contact__", "contact__email"),
            Column("by", _("By"), "actor"),
            Column("reason", _("Why"), "reason"),
            Column("taken_change", _("Change"), "taken_change"),
            Column("capacity", _("Capacity"), "capacity"),
            Column("taken", _("Taken"), "taken"),
            Column("held", _("Held"), "held"),
            Column("waiting", _("Waiting"), "waiting"),
        ]

    @admin.display(description=gettext_lazy("when"), ordering="id")
    def when(self, row: Any) -> str:
        """The time of the movement."""
        return words.moment(row.at, self.zone)

    @admin.display(description=gettext_lazy("what"), ordering="verb")
    def what(self, row: Any) -> SafeString:
        """The movement, and the session it concerned."""
        over = row.verb == Activity.Verb.ADDED_PAST_CAPACITY
        shown = words.chip(row.get_verb_display(), "over") if over else escape(row.get_verb_display())
        of_event = isinstance(self.target, Event)
        return shown + words.lines(row.session if of_event else None)

    @admin.display(description=gettext_lazy("contact"), ordering="contact__email")
    def who(self, row: Any) -> SafeString:
        """Whom it concerned."""
        if row.contact is None:
            return SafeString("–")
        return words.name_and_address(row.contact.full_name, row.contact.email)

    @admin.display(description=gettext_lazy("by"), ordering="actor")
    def by(self, row: Any) -> str:
        """The actor, as the ledger keeps the name."""
        return row.actor

    @admin.display(description=gettext_lazy("seats after"))
    def after(self, row: Any) -> str:
        """The seat count that the movement left."""
        if row.taken is None:
            return "–"
        limit = "∞" if row.capacity is None else row.capacity
        change = f" ({row.taken_change:+d})" if row.taken_change else ""
        held = f" · {_('%(held)d held') % {'held': row.held}}" if row.held else ""
        waiting = f" · {_('%(waiting)d waiting') % {'waiting': row.waiting}}" if row.waiting else ""
        return f"{row.taken}/{limit}{change}{held}{waiting}"
