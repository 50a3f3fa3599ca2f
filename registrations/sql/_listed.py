"""Fixed statements of the API's lists: what so many rows of a page show, read at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from events.models import Event, SeatCount
from registrations.models import Activity
from registrations.sql._reading import OPEN, Statement, among, attach, ids_value
from sessions_app.models import Session
from waitlists.models import InvitationSlot
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


_SEATS, _PASSES, _ANSWERS = range(3)
_HAD = f"""
    SELECT kind, registration, number, is_past, answer FROM (
        SELECT {_SEATS} AS kind, event_registration_id AS registration, session_id AS number,
            CASE WHEN is_past_capacity THEN 1 ELSE 0 END AS is_past, CAST(NULL AS text) AS answer,
            registered_at AS at, id
        FROM registrations_sessionregistration WHERE {{which}} AND cancelled_at IS NULL
        UNION ALL
        SELECT {_PASSES}, event_registration_id, event_pass_id, 0, NULL, issued_at, id
        FROM registrations_attendeepass WHERE {{which}} AND cancelled_at IS NULL
        UNION ALL
        SELECT {_ANSWERS}, event_registration_id, field_id, 0, CAST(value AS text), NULL, id
        FROM registrations_registrationresponse WHERE {{which}}
    ) had ORDER BY kind, at, id
"""  # nosec B608 # names are ours


def had_by(registration_ids: Collection[int]) -> dict[int, Had]:
    """What each of these registrations has: seats in the order of registering, the newest pass first, answers."""
    found = {pk: Had([], [], []) for pk in registration_ids}
    text = _HAD.format(which=among("event_registration_id"))
    with connection.cursor() as cursor:
        cursor.execute(text, [ids_value(registration_ids)] * 3)
        for kind, pk, number, is_past, answer in cursor.fetchall():
            had = found[pk]
            if kind == _SEATS:
                had.seats.append(SeatHeld(number, bool(is_past)))
            elif kind == _PASSES:
                had.passes.insert(0, PassHeld(number))
            else:
                # The databases' own words for JSON are another matter on each.
                had.answers.append(AnswerGiven(number, json.loads(answer)))
    return found


@cache
def _waits(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM waitlists_waitlistitem w LEFT JOIN waitlists_invitationslot i ON i.id = w.invitation_slot_id
        WHERE {among("w.contact_id")} AND {among("w.event_id")} AND w.status IN ({OPEN})
        ORDER BY {LINE.by("w.")}
        """,
        i=(InvitationSlot, "expires_at"),
        besides=["w.id", "w.contact_id", "w.event_id", "w.session_id", "w.status"],
    )


@dataclass(slots=True)
class OpenWait:
    """What somebody waits for: a session, or the event itself; invited ones have until when the seat is held."""

    pk: int
    contact_id: int
    event_id: int
    session_id: int | None
    status: str
    expires_at: datetime | None
    place: int | None = None


def waits_of(contacts: Collection[int], events: Collection[int]) -> list[OpenWait]:
    """What these people wait for at these events, in the order of joining; their places are not counted here."""
    found = _waits(connection.vendor).rows([ids_value(contacts), ids_value(events)])
    return [
        OpenWait(pk, contact, event, session, status, slot and slot.expires_at)
        for slot, pk, contact, event, session, status in found
    ]
