"""Panels of people who hold a seat, or gave one back: of an event and of a session."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.models import CustomRegistrationField
from registrations.admin import words
from registrations.admin.panels.base import Panel
from registrations.admin.panels.changelist import change_url
from registrations.admin.panels.filters import EventSeatFilter, SessionSeatFilter, answer_filters
from registrations.models import AttendeePass, EventRegistration, RegistrationResponse, SessionRegistration


def _given_columns(zone: ZoneInfo) -> list[tuple[Any, Any]]:
    """What a file says about how a seat was given, and given back."""
    return [
        (_("Registered"), lambda row: words.moment(row.registered_at, zone)),
        (_("Came by"), lambda row: row.get_source_display()),
        (_("Added by"), lambda row: row.added_by or ""),
        (_("Past capacity"), lambda row: words.yes_no(row.is_past_capacity)),
        (_("Reason"), lambda row: row.reason),
        (_("Cancelled"), lambda row: words.moment(row.cancelled_at, zone)),
        (_("Reason for cancelling"), lambda row: row.cancel_reason),
    ]


class EventRegistrations(Panel):
    """Who is registered for the event; by default those with at least one seat (requirements B6)."""

    rows_of = EventRegistration
    key = "event_registrations"
    prefix = "regs"
    title = gettext_lazy("Registrations")
    empty = gettext_lazy("Nobody is registered yet.")
    view_permission = "registrations.view_eventregistration"
    verbs: ClassVar[Sequence[str]] = ("cancel", "resend", "export")
    tools: ClassVar[Sequence[str]] = ("add", "export_all")

    list_display = ["person", "sessions", "event_pass", "status_shown", "answers", "registered"]
    list_display_links = ["person"]
    list_filter = [EventSeatFilter]
    list_select_related = ["contact", "added_by"]
    search_fields = ["first_name", "last_name", "contact__email"]
    search_help_text = gettext_lazy("Name or e-mail")

    has_answers = True

    @cached_property
    def questions(self) -> list[CustomRegistrationField]:
        """What the event asks."""
        return list(self.event.custom_registration_fields.all())

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [*self.list_filter, *answer_filters(self.questions)] if self.list_filter else []

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        shown = super().get_list_display(request)
        if "answers" in shown and not self.questions:
            shown.remove("answers")
        if "event_pass" in shown and not self.has_passes:
            shown.remove("event_pass")
        return shown

    @cached_property
    def has_passes(self) -> bool:
        """True when the event offers, or ever offered, passes."""
        return self.event.passes.exists()

    def rows(self) -> QuerySet[EventRegistration]:
        return EventRegistration.objects.active().filter(event=self.event)

    def export_columns(self) -> list[tuple[Any, Any]]:
        return [
            (_("E-mail"), lambda row: row.contact.email),
            (_("First name"), lambda row: row.first_name),
            (_("Last name"), lambda row: row.last_name),
            (_("Status"), lambda row: row.get_status_display()),
            (_("Sessions"), lambda row: row.session_count),
            (_("Pass"), lambda row: row.pass_name),
            *_given_columns(self.zone),
        ]

    def summary(self) -> str:
        return words.summary_of(self.event.seats)

    def add_figures(self, rows: list[Any]) -> None:
        ids = [row.pk for row in rows]
        seats = SessionRegistration.objects.active().filter(event_registration__in=ids)
        counted = seats.values("event_registration").annotate(
            all=Count("pk"), past=Count("pk", filter=Q(is_past_capacity=True))
        )
        figures: dict[int, Any] = {row["event_registration"]: row for row in counted.order_by()}
        passes = AttendeePass.objects.filter(event_registration__in=ids, cancelled_at=None)
        names = dict(passes.values_list("event_registration", "event_pass__name"))
        answers = self._answers(ids)
        for row in rows:
            own = figures.get(row.pk, {})
            row.session_count, row.past_count = own.get("all", 0), own.get("past", 0)
            row.pass_name, row.answers_given = names.get(row.pk, ""), answers.get(row.pk, [])

    def _answers(self, ids: list[int]) -> dict[int, list[str]]:
        given: dict[int, list[str]] = defaultdict(list)
        responses = RegistrationResponse.objects.filter(event_registration__in=ids)
        for response in responses.select_related("field").order_by("field__position", "field"):
            given[response.event_registration_id].append(f"{response.field.label}: {response}")
        return given

    def name_of(self, row: Any) -> str:
        return row.full_name

    @admin.display(description=gettext_lazy("person"), ordering="last_name")
    def person(self, row: Any) -> SafeString:
        """Name over address."""
        return words.name_and_address(row.full_name, row.contact.email)

    @admin.display(description=gettext_lazy("sessions"))
    def sessions(self, row: Any) -> str:
        """How many seats in sessions."""
        return str(row.session_count) if row.session_count else _("no sessions")

    @admin.display(description=gettext_lazy("pass"))
    def event_pass(self, row: Any) -> str:
        """The pass in force."""
        return row.pass_name or "–"

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_shown(self, row: Any) -> SafeString:
        """Confirmed or waiting, and whether past capacity, with the reason."""
        waiting = row.status == EventRegistration.Status.WAITLISTED
        shown = [words.chip(row.get_status_display(), "waiting" if waiting else "free")]
        if row.is_past_capacity:
            shown += [words.chip(_("Past capacity"), "over"), words.lines(row.reason)]
        elif row.past_count:
            told = ngettext(
                "past capacity in %(n)d session", "past capacity in %(n)d sessions", row.past_count
            )
            shown.append(words.chip(told % {"n": row.past_count}, "over"))
        return words.together(*shown)

    @admin.display(description=gettext_lazy("answers"))
    def answers(self, row: Any) -> SafeString:
        """What was answered to the event's questions."""
        return words.lines(*row.answers_given) or SafeString("–")

    @admin.display(description=gettext_lazy("registered"), ordering="registered_at")
    def registered(self, row: Any) -> SafeString:
        """When, and by which door."""
        return words.lines(
            words.moment(row.registered_at, self.zone), row.added_by or row.get_source_display()
        )


class CancelledRegistrations(EventRegistrations):
    """Who gave up everything at this event."""

    key = "event_cancelled"
    prefix = "gone"
    title = gettext_lazy("Contacts who canceled")
    empty = gettext_lazy("Nobody has cancelled.")
    verbs: ClassVar[Sequence[str]] = ("export",)
    tools: ClassVar[Sequence[str]] = ()
    list_display = ["person", "cancelled", "cancel_reason", "registered"]
    list_filter = []
    ordering = ["-cancelled_at", "-id"]

    def rows(self) -> QuerySet[EventRegistration]:
        return EventRegistration.objects.filter(event=self.event, cancelled_at__isnull=False)

    def summary(self) -> str:
        return ""

    @admin.display(description=gettext_lazy("cancelled"), ordering="cancelled_at")
    def cancelled(self, row: Any) -> str:
        """When the seat was given back."""
        return words.moment(row.cancelled_at, self.zone)


class SessionRegistrations(Panel):
    """Who has a seat in the session."""

    rows_of = SessionRegistration
    key = "session_registrations"
    prefix = "regs"
    title = gettext_lazy("Session registrations")
    empty = gettext_lazy("Nobody has a seat in this session yet.")
    view_permission = "registrations.view_sessionregistration"
    verbs: ClassVar[Sequence[str]] = ("cancel", "move", "resend", "export")
    tools: ClassVar[Sequence[str]] = ("add", "export_all")

    list_display = ["person", "seat", "other_sessions", "registered"]
    list_display_links = ["person"]
    list_filter = [SessionSeatFilter]
    list_select_related = ["contact", "event_registration__contact", "added_by"]
    search_fields = ["event_registration__first_name", "event_registration__last_name", "contact__email"]
    search_help_text = gettext_lazy("Name or e-mail")

    has_answers = True

    def rows(self) -> QuerySet[SessionRegistration]:
        return SessionRegistration.objects.active().filter(session=self.own_session)

    def export_columns(self) -> list[tuple[Any, Any]]:
        return [
            (_("E-mail"), lambda row: row.contact.email),
            (_("First name"), lambda row: row.event_registration.first_name),
            (_("Last name"), lambda row: row.event_registration.last_name),
            (_("Clash accepted"), lambda row: words.yes_no(row.overlap_accepted)),
            *_given_columns(self.zone),
        ]

    def summary(self) -> str:
        return words.summary_of(self.target.seats)

    def add_figures(self, rows: list[Any]) -> None:
        registrations = [row.event_registration_id for row in rows]
        seats = SessionRegistration.objects.active().filter(event_registration__in=registrations)
        counted = Counter(seats.values_list("event_registration", flat=True))
        for row in rows:
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
        if row.overlap_accepted:
            shown.append(words.chip(_("Clash accepted"), "clash"))
        return words.together(*shown, words.lines(row.reason))

    @admin.display(description=gettext_lazy("other sessions"))
    def other_sessions(self, row: Any) -> str:
        """How many other seats the person holds at the event."""
        return str(row.others)

    @admin.display(description=gettext_lazy("registered"), ordering="registered_at")
    def registered(self, row: Any) -> SafeString:
        """When, and by which door."""
        return words.lines(
            words.moment(row.registered_at, self.zone), row.added_by or row.get_source_display()
        )


class CancelledSeats(SessionRegistrations):
    """Who gave up a seat in the session."""

    key = "session_cancelled"
    prefix = "gone"
    title = gettext_lazy("Contacts who canceled")
    empty = gettext_lazy("Nobody has cancelled.")
    verbs: ClassVar[Sequence[str]] = ("export",)
    tools: ClassVar[Sequence[str]] = ()
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
        """When the seat was given back."""
        return words.moment(row.cancelled_at, self.zone)


class ViaPass(Panel):
    """Who may attend the session because a pass includes it; they take none of its seats (requirements B3)."""

    rows_of = AttendeePass
    key = "session_via_pass"
    prefix = "via"
    title = gettext_lazy("Via pass")
    empty = gettext_lazy("Nobody holds a pass that includes this session.")
    view_permission = "registrations.view_attendeepass"
    verbs: ClassVar[Sequence[str]] = ("export",)
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

    def export_columns(self) -> list[tuple[Any, Any]]:
        return [
            (_("E-mail"), lambda row: row.event_registration.contact.email),
            (_("First name"), lambda row: row.event_registration.first_name),
            (_("Last name"), lambda row: row.event_registration.last_name),
            (_("Pass"), lambda row: row.event_pass.name),
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
