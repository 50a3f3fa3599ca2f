"""A seat in a session, held or given back, as other systems read it. Values, since there may be very many."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, QuerySet, Value, When
from django.utils import timezone
from rest_framework import serializers

from events.api.serializers import ApiSerializer
from events.models import Source
from registrations import sql
from registrations.models import SessionRegistration

STATUSES = ("registered", "cancelled")


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


# What of a seat, its session and its person is read, by the names in the record.
_READ = {
    **{name: name for name in ("id", "session_id", "contact_id", "event_registration_id", "source")},
    **{name: name for name in ("is_past_capacity", "reason", "cancel_reason")},
    **{name: name for name in ("registered_at", "cancelled_at", "no_show_at")},
    "at_event_id": "session__event_id",
    "email": "contact__email",
    **{name: f"event_registration__{name}" for name in ("first_name", "last_name")},
}


class SeatRecord(SimpleNamespace):
    """A seat as its record reads it: values, since instances of models cost more than all that is said."""

    def __init__(self, values: Iterable[Any]) -> None:
        vars(self).update(zip(_READ, values, strict=True))
        self.pk = self.id
        self.status = "registered" if self.cancelled_at is None else "cancelled"
        self.no_show = self.no_show_at is not None


def seat_records(ids: Collection[int]) -> dict[int, SeatRecord]:
    """The records of these seats by id, with whoever gave them and took them back: two queries, however many."""
    found = _seats(connection.vendor).rows(ids, timezone.now()) if ids else []
    records = {record.pk: record for record in map(SeatRecord, found)}
    _say_by_whom(records.values())
    return records


@cache
def _seats(vendor: str) -> sql.KeptQuery:
    return sql.KeptQuery(values_of_seats, vendor)


def values_of_seats(ids: Any, _at: datetime) -> QuerySet[SessionRegistration, Any]:
    """What is read of these seats, whatever the moment."""
    return SessionRegistration.objects.filter(pk__in=ids).order_by().values_list(*_READ.values())


def _say_by_whom(records: Collection[Any]) -> None:
    """Let each record say who the ledger names: the moment of a seat is that of its line."""
    if not records:
        return
    lines = sql.moves_of(
        {row.contact_id for row in records},
        {row.at_event_id for row in records},
        {row.session_id for row in records},
    )
    named = {(line.contact_id, line.session_id, line.at, line.taken_change): line.actor for line in lines}
    for row in records:
        seat = row.contact_id, row.session_id
        row.registered_by = named.get((*seat, row.registered_at, 1), "")
        row.cancelled_by = named.get((*seat, row.cancelled_at, -1)) if row.cancelled_at else None
