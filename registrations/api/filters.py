"""Filters of the lists of registrations."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from events.api.filters import ApiFilterSet, FlagFilter, NumberFilter
from events.api.searching import fields_named
from events.models import Event, normalise_email
from registrations.api.reading import REGISTRATION_STATUSES
from registrations.models import CheckIn, EventRegistration, SessionRegistration
from waitlists.models import WaitlistItem


class RegistrantFilters(ApiFilterSet):
    """Narrow a list of registrants."""

    event_id = NumberFilter(field_name="event_id")
    email = django_filters.CharFilter(method="of_address")
    secure_id = django_filters.UUIDFilter(field_name="uuid")
    registration_status = django_filters.ChoiceFilter(
        choices=[(word, word) for word in REGISTRATION_STATUSES]
    )
    session_id = NumberFilter(method="with_seat_in")
    waitlisted_session_id = NumberFilter(method="waiting_for")
    pass_id = NumberFilter(method="with_pass")
    no_sessions = FlagFilter(
        method="without_sessions", help_text="Registered, and with no seat in a session."
    )

    class Meta:
        model = EventRegistration
        fields: list[str] = []

    def of_address(self, rows: QuerySet[EventRegistration], name: str, value: str) -> Any:
        """The person with this address, however it is written."""
        return rows.filter(contact__email=normalise_email(value))

    def with_seat_in(self, rows: QuerySet[EventRegistration], name: str, value: Any) -> Any:
        """The registrants who have a seat in this session."""
        seats = SessionRegistration.objects.active().filter(session_id=value)
        return rows.filter(pk__in=seats.values("event_registration_id"))

    def waiting_for(self, rows: QuerySet[EventRegistration], name: str, value: Any) -> Any:
        """The registrants who wait for, or are invited to, this session and no other."""
        items = WaitlistItem.objects.open().filter(session_id=value)
        return rows.filter(cancelled_at=None, contact_id__in=items.values("contact_id"))

    def without_sessions(self, rows: QuerySet[EventRegistration], name: str, value: Any) -> Any:
        """The registrants who hold a seat in a session, or those who choose sessions and hold none."""
        seats = Exists(SessionRegistration.objects.active().filter(event_registration=OuterRef("pk")))
        if value not in {"1", "true"}:
            return rows.filter(seats)
        choosers = Event.objects.filter(pk=OuterRef("event_id"), allow_custom_agenda=True)
        return rows.filter(
            ~seats, Exists(choosers), cancelled_at=None, status=EventRegistration.Status.CONFIRMED
        )

    def with_pass(self, rows: QuerySet[EventRegistration], name: str, value: Any) -> Any:
        """The registrants who hold this pass."""
        held = Q(attendee_passes__event_pass_id=value, attendee_passes__cancelled_at=None)
        return rows.filter(held)


class WaitlistItemFilters(ApiFilterSet):
    """Narrow a list of places in line: a session's line and the event's own never mix."""

    session_id = NumberFilter(field_name="session_id", help_text="That session's line only.")
    event_id = NumberFilter(method="of_event_itself", help_text="The event's own line only.")
    registrant_id = NumberFilter(field_name="registrant_id")
    email = django_filters.CharFilter(method="of_address")
    status = django_filters.ChoiceFilter(
        choices=WaitlistItem.Status.choices, help_text="Default: the open ones."
    )

    class Meta:
        model = WaitlistItem
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        """Without a status only those who wait, are invited or are on hold; of changes the closed ones too."""
        rows = super().filter_queryset(queryset)
        is_said = self.form.cleaned_data.get("status") or "updated_since" in self.data
        is_searched = "status" in fields_named(self.data.get("search", ""))
        return rows if is_said or is_searched else rows.filter(status__in=WaitlistItem.OPEN)

    def of_event_itself(self, rows: QuerySet[WaitlistItem], name: str, value: Any) -> Any:
        """The event's own line, not those of its sessions."""
        return rows.filter(event_id=value, session=None)

    def of_address(self, rows: QuerySet[WaitlistItem], name: str, value: str) -> Any:
        """The person with this address, however it is written."""
        return rows.filter(contact__email=normalise_email(value))


class CheckInFilters(ApiFilterSet):
    """Narrow a list of entries."""

    event_id = NumberFilter(field_name="event_registration__event_id")
    session_id = NumberFilter(field_name="session_id")
    registrant_id = NumberFilter(field_name="event_registration_id")
    inside = FlagFilter(method="of_people_inside", help_text="1: neither left nor undone.")
    checked_in_since = django_filters.IsoDateTimeFilter(field_name="checked_in_at", lookup_expr="gte")

    class Meta:
        model = CheckIn
        fields: list[str] = []

    def of_people_inside(self, rows: QuerySet[CheckIn], name: str, value: Any) -> Any:
        """The entries of people who are inside, or of those who are not."""
        is_inside = Q(undone_at=None, left_at=None)
        return rows.filter(is_inside if value in {"1", "true"} else ~is_inside)
