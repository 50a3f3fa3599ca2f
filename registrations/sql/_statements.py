"""What a claim reads, and what the website finds by an address."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from django.db import connection

from events.models import Building, Contact, Event, Room, SeatCount
from registrations.models import EventRegistration, SessionRegistration
from registrations.sql._reading import Statement
from registrations.standing import Standing
from sessions_app.models import Session, SessionTrack
from waitlists.models import WaitlistItem

# What the rules look at, and what a plain yes is told with.
_EVENT = (
    "seats slug name timezone ends_at publish_status cancelled_at archived_at registration_opens_at"
    " registration_closes_at allow_custom_agenda passes_with_agenda sessions_required waitlist_enabled"
)
_SESSION = (
    "event seats uuid name date track starts_at ends_at format session_status selection_control locked_when_saved"
    " prevent_session_conflicts own_waitlist_enabled cancelled_at archived_at"
)
_REGISTRATION = "uuid event contact status first_name last_name link_version cancelled_at"
_SEAT = "session contact event_registration cancelled_at"


@cache
def _contact(lock: str, vendor: str) -> Statement:
    # SQLite knows no row locks: the transaction that reads is the only one that writes.
    lock = lock if vendor == "postgresql" else ""
    return Statement(
        f'FROM "events_contact" c WHERE c.email = %s {lock}',
        c=(Contact, "uuid email first_name last_name language"),
    )


def contact_of(email: str, lock: str) -> Contact | None:
    """The contact with this address, its row locked as `lock` says."""
    rows = _contact(lock, connection.vendor).rows([email])
    return rows[0][0] if rows else None


_OPEN = ", ".join(f"'{status}'" for status in WaitlistItem.OPEN)
_FACTS = f"""
FROM events_event e
JOIN events_seatcount ec ON ec.id = e.seats_id
JOIN sessions_app_session s ON s.event_id = e.id AND (s.id IN ({{wished}}) OR s.selection_control = 'included')
JOIN events_seatcount sc ON sc.id = s.seats_id
LEFT JOIN registrations_eventregistration r
    ON r.event_id = e.id AND r.contact_id = %s AND r.cancelled_at IS NULL
LEFT JOIN waitlists_waitlistitem w ON w.session_id = s.id AND w.contact_id = r.contact_id AND w.status IN ({_OPEN})
LEFT JOIN registrations_sessionregistration h ON h.contact_id = %s AND h.cancelled_at IS NULL
LEFT JOIN sessions_app_session hs ON hs.id = h.session_id
WHERE e.id = %s
"""


@cache
def _facts(wished: int, vendor: str) -> Statement:
    return Statement(
        _FACTS.format(wished=", ".join(["%s"] * wished)),
        e=(Event, _EVENT),
        ec=SeatCount,
        s=(Session, _SESSION),
        sc=SeatCount,
        r=(EventRegistration, _REGISTRATION),
        w=(WaitlistItem, "session contact status invitation_slot"),
        h=(SessionRegistration, _SEAT),
        hs=(Session, _SESSION),
    )


def facts_of_claim(
    event_id: int, contact: Contact, wished: Sequence[int]
) -> tuple[Event, Standing, dict[int, Session]] | None:
    """Everything that the rules look at when `contact` wishes for these sessions of the event, in one statement.

    The sessions come by id, each with its seat count, the event's included ones besides. The standing names items
    for these sessions only, and no pass. None where the event has none of the sessions.
    """
    rows = _facts(len(wished), connection.vendor).rows([*wished, contact.pk, contact.pk, event_id])
    if not rows:
        return None
    event, standing, sessions = rows[0][0], Standing(rows[0][4]), {}
    event.seats = rows[0][1]
    for _event, _seats, session, seats, _registration, item, seat, held in rows:
        if session.pk not in sessions:
            session.event, session.seats = event, seats
            sessions[session.pk] = session
        if item is not None:
            standing.items[session.pk] = item
        if seat is not None and seat.session_id not in standing.seats:
            seat.session, seat.contact = held, contact
            standing.seats[seat.session_id] = seat
    if standing.registration is not None:
        standing.registration.event, standing.registration.contact = event, contact
    return event, standing, sessions


@cache
def _registration(vendor: str) -> Statement:
    return Statement(
        """
        FROM registrations_eventregistration r
        JOIN events_event e ON e.id = r.event_id
        JOIN events_seatcount ec ON ec.id = e.seats_id
        JOIN events_contact c ON c.id = r.contact_id
        WHERE r.uuid = %s
        """,
        r=EventRegistration,
        e=Event,
        ec=SeatCount,
        c=Contact,
    )


def registration_with(identity: uuid.UUID) -> EventRegistration | None:
    """The registration with this identity, with its event, the event's seats and its contact."""
    rows = _registration(connection.vendor).rows([_identity(identity)])
    if not rows:
        return None
    registration, event, seats, contact = rows[0]
    event.seats = seats
    registration.event, registration.contact = event, contact
    return registration


@cache
def _session(vendor: str) -> Statement:
    return Statement(
        """
        FROM sessions_app_session s
        JOIN events_seatcount sc ON sc.id = s.seats_id
        LEFT JOIN events_building b ON b.id = s.building_id
        LEFT JOIN events_room o ON o.id = s.room_id
        LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
        WHERE s.event_id = %s AND s.uuid = %s AND s.archived_at IS NULL
        """,
        s=Session,
        sc=SeatCount,
        b=Building,
        o=Room,
        t=SessionTrack,
    )


def session_with(event: Event, identity: uuid.UUID) -> Session | None:
    """The event's session with this identity, unless it was deleted, with all that its row on a page shows."""
    rows = _session(connection.vendor).rows([event.pk, _identity(identity)])
    if not rows:
        return None
    session, session.seats, session.building, session.room, session.track = (rows[0][0], *rows[0][1:])
    session.event = event
    return session


def _identity(identity: uuid.UUID) -> uuid.UUID | str:
    return identity if connection.vendor == "postgresql" else identity.hex


@cache
def _offers(vendor: str) -> Statement:
    return Statement(
        """
        FROM sessions_app_session s
        JOIN events_seatcount sc ON sc.id = s.seats_id
        LEFT JOIN events_room o ON o.id = s.room_id
        LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
        WHERE s.event_id = %s AND s.id <> %s
        AND s.session_status = 'live' AND s.cancelled_at IS NULL AND s.archived_at IS NULL
        AND (sc.capacity > sc.taken + sc.held + sc.waiting OR (sc.capacity IS NULL AND s.format = 'webinar'))
        AND (s.starts_at IS NULL OR s.starts_at > %s)
        ORDER BY
            CASE WHEN s.name = %s THEN 0 WHEN s.track_id = %s THEN 1 ELSE 2 END,
            CASE WHEN s.starts_at BETWEEN %s AND %s THEN 0 WHEN s.date = %s THEN 1 ELSE 2 END,
            CASE WHEN s.starts_at IS NULL THEN 1 ELSE 0 END, s.starts_at, s.id
        LIMIT %s
        """,
        s=Session,
        sc=SeatCount,
        o=Room,
        t=SessionTrack,
    )


def offers_instead_of(session: Session, *, at: datetime, near: timedelta, most: int) -> list[Session]:
    """Live sessions of the same event that start after `at` and have a seat for a newcomer.

    A repeat by its name comes first, then the same track; then what starts within `near`, then the same day.
    """
    moment = connection.ops.adapt_datetimefield_value
    begin, end = (session.starts_at - near, session.starts_at + near) if session.starts_at else (None, None)
    values = [
        session.event_id,
        session.pk,
        moment(at),
        session.name,
        session.track_id,
        moment(begin),
        moment(end),
    ]
    found = _offers(connection.vendor).rows(
        [*values, connection.ops.adapt_datefield_value(session.date), most]
    )
    for other, seats, room, track in found:
        other.seats, other.room, other.track = seats, room, track
    return [other for other, *_more in found]
