"""A seat in a session, held or given back, as other systems read it. Values, since there may be very many."""

from __future__ import annotations

from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

from django.db.models import Case, CharField, QuerySet, Value, When
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


def seat_records(ids: Collection[int]) -> dict[int, Any]:
    """The records of these seats by id, with whoever gave them and took them back: two queries, however many."""
    records = {seat.pk: _record(seat) for seat in sql.seats_listed(ids)} if ids else {}
    _say_by_whom(records.values())
    return records


def _record(seat: SessionRegistration) -> SimpleNamespace:
    registration = seat.event_registration
    return SimpleNamespace(
        **vars(seat),
        pk=seat.id,
        at_event_id=seat.session.event_id,
        email=seat.contact.email,
        first_name=registration.first_name,
        last_name=registration.last_name,
        status="registered" if seat.cancelled_at is None else "cancelled",
        no_show=seat.no_show_at is not None,
    )


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
