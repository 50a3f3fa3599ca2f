"""Rows as other systems are told of them: in the API's own shape, as they were when it happened; times in UTC.

A place in line is not told: it changes whenever somebody else moves.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from events.api.event_record import EventRecord, EventSerializer
from events.api.serializers import instant
from events.models import Contact, Event
from registrations.actions.people.erasing import BLANK
from registrations.api.reading import Registrant
from registrations.api.shapes import CheckInSerializer, RegistrantSerializer, WaitlistItemSerializer
from registrations.models import Activity, CheckIn, EventRegistration, SessionRegistration, WebhookEvent
from registrations.queries.as_it_was import TargetThen
from registrations.queries.feed import number_of
from registrations.rules.availability import availability_of
from sessions_app.api.session_record import SessionRecord, SessionSerializer
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Json = dict[str, Any]


def envelope(name: WebhookEvent, row: Activity, data: Json) -> Json:
    """Return the whole message: what, when, its number in the feed, and the record.

    Of two messages about one object the one with the higher number tells of the later moment.
    """
    return {"type": str(name), "timestamp": instant(row.at), "seq": number_of(row), "data": data}


def seat_data(
    seat: SessionRegistration,
    row: Activity,
    contact: Contact,
    *,
    cancelled_at: datetime | None,
    is_no_show: bool = False,
) -> Json:
    """A session registration as it was when it was made, ended, or its person was said to have come or not."""
    return {
        "id": seat.pk,
        "event_id": row.event_id,
        "session_id": seat.session_id,
        "registrant_id": seat.event_registration_id,
        **_person(contact),
        "status": "cancelled" if cancelled_at else "registered",
        "source": seat.source,
        "past_capacity": seat.is_past_capacity,
        "registered_at": instant(seat.registered_at),
        "cancelled_at": cancelled_at and instant(cancelled_at),
        "no_show": is_no_show,
        "cause": row.verb,
    }


def registrant_data(registrant: Registrant, row: Activity) -> Json:
    """An event registration, as it was."""
    return _shaped(RegistrantSerializer(registrant).data, row, without=("lines", "position"))


def item_data(item: WaitlistItem, row: Activity) -> Json:
    """A waitlist item, as it was."""
    return _shaped(WaitlistItemSerializer(item).data, row, without=("position",)) | {
        "contact_id": item.contact_id
    }


def entry_data(entry: CheckIn, row: Activity, contact: Contact) -> Json:
    """A check-in, as it was."""
    return {**_person(contact, entry.event_registration), **_shaped(CheckInSerializer(entry).data, row)}


def target_data(then: TargetThen, row: Activity) -> Json:
    """A session or event, as it was; of a deleted one only that it was deleted, and when."""
    if isinstance(then.row, Event):
        record: Any = EventRecord(then.row)
        serializer: Any = EventSerializer
    else:
        record, serializer = _SessionThen(then, row.at), SessionSerializer
    record.waitlist_count = then.waitlist_count
    return {"event_id": row.event_id, **_shaped(serializer(record).data, row)}


def erased_data(row: Activity, contact: Contact, registrations: list[EventRegistration]) -> Json:
    """A person erased, at one event: whose copies are to be forgotten."""
    return {
        "contact_id": contact.pk,
        "event_id": row.event_id,
        "registrant_ids": [registration.pk for registration in registrations],
        "erased_at": instant(row.at),
        "cause": row.verb,
    }


def tombstone(data: Json, erased_at: datetime) -> Json:
    """A record in its own shape without anything that says who it is about."""
    return {name: BLANK.get(name, value) for name, value in data.items()} | {"erased_at": instant(erased_at)}


class _SessionThen(SessionRecord):
    """A session as it was, with the speakers and passes that it had."""

    speaker_ids = property(lambda self: self.then.speaker_ids)
    pass_ids = property(lambda self: self.then.pass_ids)

    def __init__(self, then: TargetThen, at: datetime) -> None:
        assert isinstance(then.row, Session)
        super().__init__(then.row)
        self.then = then
        self.availability = str(availability_of(then.row, at))


def _shaped(said: Any, row: Activity, without: tuple[str, ...] = ()) -> Json:
    return {name: value for name, value in said.items() if name not in without} | {"cause": row.verb}


def _person(contact: Contact, registration: EventRegistration | None = None) -> Json:
    named = registration or contact
    return {
        "contact_id": contact.pk,
        "email": contact.email,
        "first_name": named.first_name,
        "last_name": named.last_name,
    }
