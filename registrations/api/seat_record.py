"""A seat in a session, held or given back, as other systems read it. Values, since there may be very many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

from django.db.models import Case, CharField, F, QuerySet, Value, When
from rest_framework import serializers

from events.api.serializers import ApiSerializer
from events.models import Source
from registrations.models import Activity, SessionRegistration

STATUSES = ("registered", "cancelled")
_BESIDE = {
    "at_event_id": F("session__event_id"),
    "email": F("contact__email"),
    "first_name": F("event_registration__first_name"),
    "last_name": F("event_registration__last_name"),
}
_COLUMNS = (
    *("id", "session_id", "event_registration_id", "contact_id", "source", "is_past_capacity", "reason"),
    *("registered_at", "cancelled_at", "cancel_reason", "no_show_at"),
)


class SessionRegistrationSerializer(ApiSerializer):
    """One person's seat in one session, held or given back; of `seat_records`."""

    id = serializers.IntegerField()
    event_id = serializers.IntegerField(source="at_event_id")
    session_id = serializers.IntegerField()
    registrant_id = serializers.IntegerField(source="event_registration_id")
    contact_id = serializers.IntegerField()
    email = serializers.EmailField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    status = serializers.ChoiceField(choices=[(word, word) for word in STATUSES])
    source = serializers.ChoiceField(choices=Source.choices, help_text="By which door they came.")  # type: ignore[assignment]
    registered_by = serializers.CharField(
        help_text="Attendee, a member of staff's address, another system's name, or Seatwise."
    )
    past_capacity = serializers.BooleanField(source="is_past_capacity")
    reason = serializers.CharField(help_text="Why they were added past capacity, or past another rule.")
    registered_at = serializers.DateTimeField()
    cancelled_at = serializers.DateTimeField(allow_null=True)
    cancelled_by = serializers.CharField(allow_null=True)
    cancel_reason = serializers.CharField()
    no_show = serializers.BooleanField(
        help_text="They did not come: the session ended without them, or their seat was freed for that."
    )
    no_show_at = serializers.DateTimeField(allow_null=True, help_text="Since when that is known.")


def with_status(seats: QuerySet[SessionRegistration]) -> QuerySet[SessionRegistration]:
    """The seats, to be narrowed by the word for what each is: registered, or cancelled."""
    held = When(cancelled_at=None, then=Value("registered"))
    return seats.alias(status=Case(held, default=Value("cancelled"), output_field=CharField()))


def seat_records(ids: Sequence[int]) -> dict[int, Any]:
    """The records of these seats by id, with whoever gave them and took them back: two queries, however many."""
    status = Case(When(cancelled_at=None, then=Value("registered")), default=Value("cancelled"))
    rows = (
        SessionRegistration.objects.filter(pk__in=ids).order_by().values(*_COLUMNS, **_BESIDE, status=status)
    )
    records = {
        row["id"]: SimpleNamespace(pk=row["id"], no_show=row["no_show_at"] is not None, **row) for row in rows
    }
    _say_by_whom(records.values())
    return records


def _say_by_whom(records: Iterable[Any]) -> None:
    """Let each record say who the ledger names: the moment of a seat is that of its line."""
    records = list(records)
    lines = Activity.objects.filter(
        contact_id__in={row.contact_id for row in records},
        event_id__in={row.at_event_id for row in records},
        session_id__in={row.session_id for row in records},
        taken_change__in=(1, -1),
    )
    named = {
        (contact, session, at, change): actor
        for contact, session, at, change, actor in lines.order_by().values_list(
            "contact_id", "session_id", "at", "taken_change", "actor"
        )
    }
    for row in records:
        seat = row.contact_id, row.session_id
        row.registered_by = named.get((*seat, row.registered_at, 1), "")
        row.cancelled_by = named.get((*seat, row.cancelled_at, -1)) if row.cancelled_at else None
