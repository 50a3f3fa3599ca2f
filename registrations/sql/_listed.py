"""Fixed statements of the API's lists: what so many rows of a page show, read at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from events.models import Contact, Event, SeatCount
from registrations.models import Activity, EventRegistration, SessionRegistration
from registrations.sql._reading import OPEN, Statement, among, attach, ids_value
from sessions_app.models import Session
from waitlists.models import InvitationSlot, WaitlistItem
from waitlists.order import LINE

# What no record of a session says.
_UNSAID = {"external_id", "external_data", "calendar_sequence", "cancel_reason"}
_SESSION = " ".join(each.name for each in Session._meta.concrete_fields if each.name not in _UNSAID)


@cache
def _sessions(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM sessions_app_session s
        JOIN events_seatcount sc ON sc.id = s.seats_id
        WHERE {among("s.id")}
        """,
        s=(Session, _SESSION),
        sc=SeatCount,
    )


@cache
def _events(vendor: str) -> Statement:
    return Statement(
        f"FROM events_event e JOIN events_seatcount ec ON ec.id = e.seats_id WHERE {among('e.id')}",
        e=Event,
        ec=SeatCount,
    )


def sessions_listed(ids: Sequence[int]) -> list[Session]:
    """The sessions with these ids, in this order, each with its seats and its event, which is one for all of it."""
    if not ids:
        return []
    found = {}
    for session, seats in _sessions(connection.vendor).rows([ids_value(ids)]):
        attach(session, seats=seats)
        found[session.pk] = session
    events = events_listed({session.event_id for session in found.values()})
    for session in found.values():
        attach(session, event=events[session.event_id])
    return [found[pk] for pk in ids if pk in found]


def events_listed(ids: Collection[int]) -> dict[int, Event]:
    """The events with these ids, each with its seats."""
    found = {}
    for event, seats in _events(connection.vendor).rows([ids_value(ids)]):
        attach(event, seats=seats)
        found[event.pk] = event
    return found


class Linked(NamedTuple):
    """What is linked to one session: ids of speakers and of passes, ascending, and how many stand in its line."""

    speaker_ids: list[int]
    pass_ids: list[int]
    waiting: list[int]


def linked_to(session_ids: Collection[int]) -> dict[int, Linked]:
    """What is linked to each of these sessions. In its line are those who wait, are invited or on hold."""
    found = {pk: Linked([], [], []) for pk in session_ids}
    text = f"""
        SELECT 0, session_id, speaker_id FROM sessions_app_session_speakers WHERE {among("session_id")}
        UNION ALL
        SELECT 1, session_id, pass_id FROM sessions_app_session_passes WHERE {among("session_id")}
        UNION ALL
        SELECT 2, session_id, COUNT(*) FROM waitlists_waitlistitem
        WHERE {among("session_id")} AND status IN ({OPEN}) GROUP BY session_id
        ORDER BY 1, 2, 3
    """  # nosec B608 # names are ours
    with connection.cursor() as cursor:
        cursor.execute(text, [ids_value(session_ids)] * 3)
        for kind, session_id, value in cursor.fetchall():
            found[session_id][kind].append(value)
    return found


# Columns are named by the field; of the seat itself all that a record of it says.
_SEAT = (
    "session event_registration contact source is_past_capacity reason registered_at cancelled_at cancel_reason"
    " no_show_at"
)


@cache
def _seats(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM registrations_sessionregistration h
        JOIN sessions_app_session s ON s.id = h.session_id
        JOIN events_contact c ON c.id = h.contact_id
        JOIN registrations_eventregistration r ON r.id = h.event_registration_id
        WHERE {among("h.id")}
        """,
        h=(SessionRegistration, _SEAT),
        s=(Session, "event"),
        c=(Contact, "email"),
        r=(EventRegistration, "first_name last_name"),
    )


def seats_listed(ids: Collection[int]) -> list[SessionRegistration]:
    """The seats with these ids, held or given back, each with its session's event and its person's names."""
    found = []
    for seat, session, contact, registration in _seats(connection.vendor).rows([ids_value(ids)]):
        attach(seat, session=session, contact=contact, event_registration=registration)
        found.append(seat)
    return found


@cache
def _movers(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM registrations_activity a
        WHERE {among("a.contact_id")} AND {among("a.event_id")} AND {among("a.session_id")}
        AND a.taken_change IN (1, -1)
        """,
        a=(Activity, "contact session at taken_change actor"),
    )


def moves_of(contacts: Collection[int], events: Collection[int], sessions: Collection[int]) -> list[Activity]:
    """The lines of the ledger by which these people gained and lost seats in these sessions."""
    values = [ids_value(ids) for ids in (contacts, events, sessions)]
    return [line for (line,) in _movers(connection.vendor).rows(values)]


class SeatHeld(NamedTuple):
    """One seat of a registration."""

    session_id: int
    is_past_capacity: bool


class PassHeld(NamedTuple):
    """One pass of a registration."""

    event_pass_id: int


class AnswerGiven(NamedTuple):
    """One answer to a question."""

    field_id: int
    value: Any


class Had(NamedTuple):
    """What one registration has."""

    seats: list[SeatHeld]
    passes: list[PassHeld]
    answers: list[AnswerGiven]


_HAD = (
    """SELECT event_registration_id, session_id, is_past_capacity FROM registrations_sessionregistration
       WHERE {} AND cancelled_at IS NULL ORDER BY registered_at, id""",
    """SELECT event_registration_id, event_pass_id FROM registrations_attendeepass
       WHERE {} AND cancelled_at IS NULL ORDER BY issued_at DESC, id DESC""",
    "SELECT event_registration_id, field_id, value FROM registrations_registrationresponse WHERE {} ORDER BY id",
)


def had_by(registration_ids: Collection[int]) -> dict[int, Had]:
    """What each of these registrations has: seats in the order of registering, the newest pass first, answers."""
    found = {pk: Had([], [], []) for pk in registration_ids}
    which, value = among("event_registration_id"), ids_value(registration_ids)
    with connection.cursor() as cursor:
        for part, text in enumerate(_HAD):
            cursor.execute(text.format(which), [value])
            for pk, *said in cursor.fetchall():
                found[pk][part].append(_READ[part](*said))
    return found


# The database's own words for true and false, and for JSON, are another matter on each.
_READ: tuple[Callable[..., Any], ...] = (
    lambda session_id, is_past: SeatHeld(session_id, bool(is_past)),
    PassHeld,
    lambda field_id, text: AnswerGiven(field_id, json.loads(text)),
)


@cache
def _waits(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM waitlists_waitlistitem w LEFT JOIN waitlists_invitationslot i ON i.id = w.invitation_slot_id
        WHERE {among("w.contact_id")} AND {among("w.event_id")} AND w.status IN ({OPEN})
        ORDER BY {LINE.by("w.")}
        """,
        w=(WaitlistItem, "contact event session status"),
        i=(InvitationSlot, "expires_at"),
    )


def waits_of(contacts: Collection[int], events: Collection[int]) -> list[WaitlistItem]:
    """What these people wait for at these events, in the order of joining, each with its invitation."""
    found = []
    for item, slot in _waits(connection.vendor).rows([ids_value(contacts), ids_value(events)]):
        attach(item, invitation_slot=slot)
        found.append(item)
    return found
