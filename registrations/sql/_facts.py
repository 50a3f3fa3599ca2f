"""The facts of a claim: one person, one event and the sessions wished for, in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection

from events.models import Contact, Event, SeatCount
from registrations.models import EventRegistration, SessionRegistration
from registrations.rules.standing import ClaimFacts, Standing
from registrations.sql._events import REVISION_OF_E, revision_in
from registrations.sql._reading import IN_LINE, OPEN, Statement, among, attach, ids_value, key_of
from sessions_app.models import Session, SessionTrack
from waitlists.models import WaitlistItem

# What the rules look at, and what the answer to a claim shows: a page that asks for more reads it when it does.
_EVENT = (
    "seats slug name timezone ends_at publish_status cancelled_at archived_at registration_opens_at"
    " registration_closes_at allow_custom_agenda passes_with_agenda sessions_required most_sessions waitlist_enabled"
    " accent_colour contact_email language languages minutes_between_rooms walk_minutes"
)
SESSION = (
    "event seats uuid name date track starts_at ends_at format session_status selection_control locked_when_saved"
    " prevent_session_conflicts own_waitlist_enabled own_timezone sold_out_message cancelled_at archived_at"
    " building room"
)
TRACK = "event name most_sessions"
_REGISTRATION = "uuid event contact status first_name last_name link_version cancelled_at"
_CONTACT = "uuid email first_name last_name language revision"
_SEAT = "session contact event_registration cancelled_at"
# In the order in which `_facts_in` takes them out of a row, which ends with one more.
_SHAPES: dict[str, Any] = {
    "e": (Event, _EVENT),
    "s": (Session, SESSION),
    "sc": SeatCount,
    "t": (SessionTrack, TRACK),
    "r": (EventRegistration, _REGISTRATION),
    "w": (WaitlistItem, "session contact status invitation_slot"),
    "h": (SessionRegistration, _SEAT),
    "hs": (Session, SESSION),
}


@cache
def _contact() -> Statement:
    return Statement("FROM events_contact WHERE email = %s", events_contact=(Contact, _CONTACT))


@cache
def _revised_contact() -> Statement:
    text = "UPDATE events_contact SET revision = revision + 1 WHERE email = %s"
    return Statement(text, returns=True, events_contact=(Contact, _CONTACT))


def contact_of(email: str) -> Contact | None:
    """The contact with this address."""
    rows = _contact().rows([email])
    return rows[0][0] if rows else None


def revised_contact_of(email: str) -> Contact | None:
    """The contact with this address, given a new revision and so locked until the transaction ends."""
    rows = _revised_contact().rows([email])
    return rows[0][0] if rows else None


_FACTS = f"""
FROM events_event e
JOIN events_seatcount ec ON ec.id = e.seats_id
LEFT JOIN registrations_eventregistration r
    ON r.event_id = e.id AND r.contact_id = %s AND r.cancelled_at IS NULL
JOIN sessions_app_session s ON s.event_id = e.id
    AND (s.id IN ({{wished}}) OR (s.selection_control = 'included' AND r.id IS NULL))
JOIN events_seatcount sc ON sc.id = s.seats_id
LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
LEFT JOIN waitlists_waitlistitem w ON w.session_id = s.id AND w.contact_id = r.contact_id AND w.status IN ({OPEN})
LEFT JOIN registrations_sessionregistration h ON h.contact_id = %s AND h.cancelled_at IS NULL
LEFT JOIN sessions_app_session hs ON hs.id = h.session_id
WHERE e.id = %s
"""


@cache
def _facts(wished: int) -> Statement:
    return Statement(_FACTS.format(wished=", ".join(["%s"] * wished)), **_SHAPES, ec=SeatCount)


def facts_of_claim(event_id: int, contact: Contact, wished: Sequence[int]) -> ClaimFacts | None:
    """Everything that the rules look at when `contact` wishes for these sessions of the event.

    For somebody without a registration the event's included sessions come besides. None where the event has none of
    the sessions.
    """
    rows = _facts(len(wished)).rows([contact.pk, *wished, contact.pk, event_id])
    if not rows:
        return None
    facts = _facts_in(rows, contact)
    attach(facts.event, seats=rows[0][-1])
    return facts


def _facts_in(rows: Sequence[Sequence[Any]], contact: Contact, is_in_line: bool | None = None) -> ClaimFacts:
    event, registration, sessions = rows[0][0], rows[0][4], {}
    standing = Standing(registration)
    if registration is not None:
        attach(registration, event=event, contact=contact)
    for _event, session, seats, track, _registration, item, seat, held, *_more in rows:
        if session is not None:
            attach(session, event=event, seats=seats, track=track)
            sessions[session.pk] = session
        if item is not None:
            standing.items[session.pk] = item
        if seat is not None:
            attach(seat, session=held, contact=contact)
            standing.seats[seat.session_id] = seat
    return ClaimFacts(event, contact, standing, sessions, is_in_line)


_LINK = f"""
FROM registrations_eventregistration r
JOIN events_event e ON e.id = r.event_id
JOIN events_contact c ON c.id = r.contact_id
LEFT JOIN sessions_app_session s ON s.event_id = e.id AND s.uuid = %s AND s.archived_at IS NULL
LEFT JOIN events_seatcount sc ON sc.id = s.seats_id
LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
LEFT JOIN waitlists_waitlistitem w ON w.session_id = s.id AND w.contact_id = c.id AND w.status IN ({OPEN})
LEFT JOIN registrations_sessionregistration h ON h.contact_id = c.id AND h.cancelled_at IS NULL
LEFT JOIN sessions_app_session hs ON hs.id = h.session_id
WHERE r.uuid = %s
"""


@cache
def _link(is_shown: bool) -> Statement:
    besides = [IN_LINE, *(REVISION_OF_E if is_shown else ())]
    return Statement(_LINK, besides=besides, **_SHAPES, c=(Contact, _CONTACT))


def facts_of_link(identity: uuid.UUID, session: uuid.UUID, *, is_shown: bool = False) -> ClaimFacts | None:
    """Everything that the rules look at when the holder of this registration wishes for this session of its event.

    No session where the event has none with this identity. None where there is no such registration. The event's own
    seats are not among it: whoever has a registration takes none of them. Where rows are shown afterwards the event
    carries the revision of what its public pages show.
    """
    rows = _link(is_shown).rows([key_of(session), key_of(identity)])
    if not rows:
        return None
    contact, is_in_line, *revision = rows[0][len(_SHAPES) :]
    facts = _facts_in(rows, contact, bool(is_in_line))
    if revision:
        facts.event.shown_as = revision_in(*revision)
    return facts


@cache
def _named(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM sessions_app_session s JOIN events_seatcount sc ON sc.id = s.seats_id
        WHERE s.event_id = %s AND {among("s.id")} AND s.archived_at IS NULL
        """,
        s=(Session, SESSION),
        sc=SeatCount,
    )


def sessions_named(event: Event, ids: Iterable[int]) -> dict[int, Session]:
    """The event's sessions among these ids, but for deleted ones, each with what a claim looks at and its seats."""
    found = {}
    for session, seats in _named(connection.vendor).rows([event.pk, ids_value(ids)]):
        attach(session, event=event, seats=seats)
        found[session.pk] = session
    return found
