"""Panels of people with a seat in one session, without one any more, or there by their pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin import words
from events.admin.verbs import change_url
from registrations.admin.files import columns
from registrations.admin.files.columns import Column
from registrations.admin.panels.base import Panel
from registrations.admin.panels.filters import SessionSeatFilter
from registrations.admin.verbs.absent import FreeSeats
from registrations.admin.verbs.base import PanelVerb
from registrations.admin.verbs.doors import LetIn, entries_of
from registrations.admin.verbs.export import Export, ExportAll
from registrations.admin.verbs.mail import Resend
from registrations.admin.verbs.messages import SendMessage
from registrations.admin.verbs.people import AddPeople, ImportPeople
from registrations.admin.verbs.printing import Badges, BadgesForAll, DoorList, DoorListForAll
from registrations.admin.verbs.seats import Cancel, Move
from registrations.models import AttendeePass, SessionRegistration


class SessionRegistrations(Panel):
    """People with a seat in the session."""

    rows_of = SessionRegistration
    key = "session_registrations"
    prefix = "regs"
    title = gettext_lazy("Session registrations")
    empty = gettext_lazy("Nobody has a seat in this session yet.")
    view_permission = "registrations.view_sessionregistration"
    verbs: ClassVar[Sequence[type[PanelVerb]]] = (
        *(LetIn, FreeSeats, Cancel, Move),
        *(Resend, SendMessage, Badges, DoorList, Export),
    )
    tools: ClassVar[Sequence[type[PanelVerb]]] = (
        *(AddPeople, ImportPeople),
        *(BadgesForAll, DoorListForAll, ExportAll),
    )

    list_display = ["person", "seat", "other_sessions", "registered"]
    list_display_links = ["person"]
    list_filter = [SessionSeatFilter]
    list_select_related = ["contact", "event_registration__contact", "added_by"]
    search_fields = ["event_registration__first_name", "event_registration__last_name", "contact__email"]
    search_help_text = gettext_lazy("Name or e-mail")

    def rows(self) -> QuerySet[SessionRegistration]:
        return SessionRegistration.objects.active().filter(session=self.own_session)

    def file_columns(self) -> list[Column]:
        return [
            *columns.person("event_registration__", "contact__email"),
            *columns.details("event_registration__"),
            columns.yes_no("overlap_accepted", _("Clash accepted")),
            columns.moment("no_show", _("No-show"), self.zone, "no_show_at"),
            *columns.given(self.rows_of, self.zone),
            *self.answer_columns("event_registration"),
        ]

    def summary(self) -> str:
        return words.summary_of(self.target.seats)

    def add_figures(self, rows: list[Any]) -> None:
        registrations = [row.event_registration_id for row in rows]
        seats = SessionRegistration.objects.active().filter(event_registration__in=registrations)
        counted = Counter(seats.values_list("event_registration", flat=True))
        entries = entries_of(self.target, registrations)
        for row in rows:
            row.entry = entries.get(row.event_registration_id)
            row.others = max(0, counted[row.event_registration_id] - 1)

    def row_url(self, row: Any) -> str:
        return change_url(row.event_registration)

    def name_of(self, row: Any) -> str:
        return row.event_registration.full_name

    @admin.display(description=gettext_lazy("person"), ordering="event_registration__last_name")
    def person(self, row: Any) -> SafeString:
        """Name over address."""
        return words.name_and_address(row.event_registration.full_name, row.contact.email)

    @admin.display(description=gettext_lazy("seat"), ordering="is_past_capacity")
    def seat(self, row: Any) -> SafeString:
        """Whether past capacity or despite a clash, and why."""
        past = row.is_past_capacity
        shown = [words.chip(_("Past capacity"), "over") if past else words.chip(_("Registered"), "free")]
        if row.entry:
            since = {"at": words.moment(row.entry.checked_in_at, self.zone)}
            shown.append(words.chip(_("In since %(at)s") % since, "live"))
        elif row.no_show_at:
            shown.append(words.chip(_("No-show"), "muted"))
        if row.overlap_accepted:
            shown.append(words.chip(_("Clash accepted"), "clash"))
        return words.beside_one_another(*shown, words.lines(row.reason))

    @admin.display(description=gettext_lazy("other sessions"))
    def other_sessions(self, row: Any) -> str:
        """The number of other seats that the person holds at the event."""
        return str(row.others)

    @admin.display(description=gettext_lazy("registered"), ordering="registered_at")
    def registered(self, row: Any) -> SafeString:
        """The time of registering, and by whom, else in which way."""
        return words.lines(
            words.moment(row.registered_at, self.zone), row.added_by or row.get_source_display()
        )


class CancelledSeats(SessionRegistrations):
    """People who gave up a seat in the session."""

    key = "session_cancelled"
    prefix = "gone"
    title = gettext_lazy("Contacts who canceled")
    empty = gettext_lazy("Nobody has cancelled.")
    is_of_gone = True
    verbs: ClassVar[Sequence[type[PanelVerb]]] = (SendMessage, Export)
    tools: ClassVar[Sequence[type[PanelVerb]]] = (ExportAll,)
    list_display = ["person", "cancelled", "cancel_reason", "registered"]
    list_filter = []
    ordering = ["-cancelled_at", "-id"]

    def rows(self) -> QuerySet[SessionRegistration]:
        return SessionRegistration.objects.filter(session=self.own_session, cancelled_at__isnull=False)

    def summary(self) -> str:
        return ""

    def add_figures(self, rows: list[Any]) -> None:
        """Nothing is shown beside these."""

    @admin.display(description=gettext_lazy("cancelled"), ordering="cancelled_at")
    def cancelled(self, row: Any) -> str:
        """The time at which the seat was given back."""
        return words.moment(row.cancelled_at, self.zone)


class ViaPass(Panel):
    """People who may attend the session because a pass includes it; they take none of its seats."""

    rows_of = AttendeePass
    key = "session_via_pass"
    prefix = "via"
    title = gettext_lazy("Via pass")
    empty = gettext_lazy("Nobody holds a pass that includes this session.")
    view_permission = "registrations.view_attendeepass"
    contact = "event_registration__contact"
    verbs: ClassVar[Sequence[type[PanelVerb]]] = (SendMessage, Export)
    tools: ClassVar[Sequence[type[PanelVerb]]] = (ExportAll,)
    list_display = ["person", "event_pass"]
    list_display_links = ["person"]
    list_select_related = ["event_registration__contact", "event_pass"]
    search_fields = [
        "event_registration__first_name",
        "event_registration__last_name",
        "event_registration__contact__email",
        "event_pass__name",
    ]
    search_help_text = gettext_lazy("Name, e-mail or pass")

    def is_shown(self) -> bool:
        return super().is_shown() and self.own_session.passes.exists()

    def rows(self) -> QuerySet[AttendeePass]:
        return AttendeePass.objects.filter(event_pass__sessions=self.own_session, cancelled_at=None)

    def file_columns(self) -> list[Column]:
        return [
            *columns.person("event_registration__", "event_registration__contact__email"),
            *columns.details("event_registration__"),
            Column("pass", _("Pass"), "event_pass__name"),
        ]

    def summary(self) -> str:
        return _("They may attend by their pass and take no seat of the session.")

    def row_url(self, row: Any) -> str:
        return change_url(row.event_registration)

    def name_of(self, row: Any) -> str:
        return row.event_registration.full_name

    @admin.display(description=gettext_lazy("person"), ordering="event_registration__last_name")
    def person(self, row: Any) -> SafeString:
        """Name over address."""
        return words.name_and_address(row.event_registration.full_name, row.event_registration.contact.email)
