"""Rows as other systems see them: ids and words as in the API, times in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from events.models import Contact, Event
from registrations.models import Activity, CheckIn, EventRegistration, SessionRegistration, WebhookEvent
from sessions_app.models import Session
from waitlists.models import WaitlistItem


def envelope(name: WebhookEvent, row: Activity, data: dict[str, Any]) -> dict[str, Any]:
    """Return the whole message: what, when, and the state."""
    return {"type": str(name), "timestamp": utc(row.at), "data": data}


def seat_data(seat: SessionRegistration, row: Activity, contact: Contact) -> dict[str, Any]:
    """A session registration as a message carries it."""
    return {
        "id": seat.pk,
        "event_id": row.event_id,
        "session_id": seat.session_id,
        "registrant_id": seat.event_registration_id,
        **_person(contact),
        "status": "cancelled" if seat.is_cancelled else "registered",
        "source": seat.source,
        "past_capacity": seat.is_past_capacity,
        "registered_at": utc(seat.registered_at),
        "cancelled_at": utc(seat.cancelled_at),
        "cause": row.verb,
    }


def registrant_data(registration: EventRegistration, row: Activity, contact: Contact) -> dict[str, Any]:
    """An event registration as a message carries it."""
    return {
        "id": registration.pk,
        "event_id": registration.event_id,
        **_person(contact, registration),
        "registration_status": registration.status,
        "source": registration.source,
        "past_capacity": registration.is_past_capacity,
        "registered_at": utc(registration.registered_at),
        "cancelled_at": utc(registration.cancelled_at),
        "cause": row.verb,
    }


def item_data(item: WaitlistItem, row: Activity, contact: Contact) -> dict[str, Any]:
    """A waitlist item as a message carries it."""
    return {
        "id": item.pk,
        "event_id": item.event_id,
        "session_id": item.session_id,
        **_person(contact),
        "status": item.status,
        "joined_at": utc(item.joined_at),
        "invitation_expires_at": utc(item.expires_at),
        "closed_at": utc(item.closed_at),
        "cause": row.verb,
    }


def session_data(session: Session, row: Activity) -> dict[str, Any]:
    """A session, as far as seats are concerned."""
    return {
        "id": session.pk,
        "event_id": session.event_id,
        "name": session.name,
        "session_status": session.session_status,
        "starts_at": utc(session.starts_at),
        "ends_at": utc(session.ends_at),
        "capacity": session.seats.capacity,
        "seats_taken": session.seats.taken,
        "cancelled_at": utc(session.cancelled_at),
        "cause": row.verb,
    }


def event_data(event: Event, row: Activity) -> dict[str, Any]:
    """An event, as far as seats are concerned."""
    return {
        "id": event.pk,
        "name": event.name,
        "slug": event.slug,
        "publish_status": event.publish_status,
        "starts_at": utc(event.starts_at),
        "ends_at": utc(event.ends_at),
        "capacity": event.seats.capacity,
        "seats_taken": event.seats.taken,
        "cancelled_at": utc(event.cancelled_at),
        "cause": row.verb,
    }


def entry_data(entry: CheckIn, row: Activity, contact: Contact) -> dict[str, Any]:
    """A check-in as a message carries it."""
    return {
        "id": entry.pk,
        "event_id": row.event_id,
        "session_id": entry.session_id,
        "registrant_id": entry.event_registration_id,
        **_person(contact, entry.event_registration),
        "checked_in_at": utc(entry.checked_in_at),
        "undone_at": utc(entry.undone_at),
        "override": entry.is_override,
    }


def _person(contact: Contact, registration: EventRegistration | None = None) -> dict[str, Any]:
    named = registration or contact
    return {
        "contact_id": contact.pk,
        "email": contact.email,
        "first_name": named.first_name,
        "last_name": named.last_name,
    }


def utc(at: datetime | None) -> str | None:
    """A moment as the API writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
