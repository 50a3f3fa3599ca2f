"""Fixed statements of pages, and of what the website finds by an address."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from functools import cache
from typing import Any

from django.db import connection

from events.models import Building, Contact, Event, Room, SeatCount
from registrations.models import EventRegistration, SessionRegistration
from registrations.sql._events import REVISION_OF_E, revision_in
from registrations.sql._reading import IN_LINE, Statement, among, attach, key_of, keys_value
from sessions_app.models import Session, SessionTrack

# Mostly there are none: then they need not be read.
_BESIDES = [
    IN_LINE,
    """EXISTS (
        SELECT 1 FROM registrations_star x JOIN registrations_agendadraft d ON d.id = x.draft_id
        WHERE d.registration_id = r.id
    )""",
]


def _note(registration: EventRegistration, is_in_line: Any, is_interested: Any) -> None:
    registration.is_in_line, registration.is_interested = bool(is_in_line), bool(is_interested)


@cache
def _registration(vendor: str, column: str) -> Statement:
    return Statement(
        f"""
        FROM registrations_eventregistration r
        JOIN events_event e ON e.id = r.event_id
        JOIN events_seatcount ec ON ec.id = e.seats_id
        JOIN events_contact c ON c.id = r.contact_id
        WHERE r.{column} = %s
        """,
        besides=[*_BESIDES, *REVISION_OF_E],
        r=EventRegistration,
        e=Event,
        ec=SeatCount,
        c=Contact,
    )


def registration_with(identity: uuid.UUID) -> EventRegistration | None:
    """The registration with this identity, with its event, the event's seats and its contact.

    The event carries the revision of what its public pages show.
    """
    return _with_event("uuid", key_of(identity))


def registration_numbered(pk: int) -> EventRegistration | None:
    """The registration with this id, cancelled or not, with its event, the event's seats and its contact."""
    return _with_event("id", pk)


def _with_event(column: str, value: Any) -> EventRegistration | None:
    rows = _registration(connection.vendor, column).rows([value])
    if not rows:
        return None
    registration, event, seats, contact, is_in_line, is_interested, *revision = rows[0]
    _note(registration, is_in_line, is_interested)
    attach(event, seats=seats)
    event.shown_as = revision_in(*revision)
    attach(registration, event=event, contact=contact)
    found: EventRegistration = registration
    return found


@cache
def _registration_and_seats(vendor: str) -> Statement:
    return Statement(
        """
        FROM registrations_eventregistration r
        JOIN events_contact c ON c.id = r.contact_id
        LEFT JOIN registrations_sessionregistration h ON h.contact_id = r.contact_id AND h.cancelled_at IS NULL
        LEFT JOIN sessions_app_session s ON s.id = h.session_id AND s.event_id <> r.event_id
        WHERE r.uuid = %s AND r.event_id = %s
        """,
        besides=_BESIDES,
        r=EventRegistration,
        c=Contact,
        h=SessionRegistration,
        s=Session,
    )


def registration_and_seats(
    event: Event, identity: uuid.UUID
) -> tuple[EventRegistration | None, list[SessionRegistration]]:
    """The event's registration with this identity, and its holder's live seats at all events.

    Seats elsewhere carry their session; those of this event do not.
    """
    rows = _registration_and_seats(connection.vendor).rows([key_of(identity), event.pk])
    if not rows:
        return None, []
    registration, contact, _seat, _session, *besides = rows[0]
    _note(registration, *besides)
    attach(registration, event=event, contact=contact)
    seats = []
    for _registration, _contact, seat, session, *_besides in rows:
        if seat is not None:
            attach(seat, contact=contact, **({"session": session} if session else {}))
            seats.append(seat)
    return registration, seats


@cache
def _session(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM sessions_app_session s
        JOIN events_seatcount sc ON sc.id = s.seats_id
        LEFT JOIN events_building b ON b.id = s.building_id
        LEFT JOIN events_room o ON o.id = s.room_id
        LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
        WHERE s.event_id = %s AND {among("s.uuid", "uuid")} AND s.archived_at IS NULL
        ORDER BY s.starts_at, s.name, s.id
        """,
        s=Session,
        sc=SeatCount,
        b=Building,
        o=Room,
        t=SessionTrack,
    )


def sessions_with(event: Event, identities: Collection[uuid.UUID]) -> list[Session]:
    """The event's sessions with these identities, but for deleted ones, with all that their rows on a page show."""
    if not identities:
        return []
    found = []
    for session, seats, building, room, track in _session(connection.vendor).rows(
        [event.pk, keys_value(identities)]
    ):
        attach(session, event=event, seats=seats, building=building, room=room, track=track)
        found.append(session)
    return found
