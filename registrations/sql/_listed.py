"""Fixed statements of the API's lists: what so many rows of a page show, read at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from django.db import connection

from events.models import Event, SeatCount
from registrations.sql._reading import OPEN, Statement, among, attach, ids_value
from sessions_app.models import Session

# Not what is kept of a file, nor of how people wait.
_SESSION = (
    "uuid event seats building room layout track kind level secure_id name admin_short_name badge_name description date"
    " starts_at ends_at own_timezone format webinar_url sold_out_message session_status locked_when_saved"
    " selection_control selected_by_default prevent_session_conflicts validate_registrants own_standby_minutes"
    " custom_fields own_waitlist_enabled cancelled_at archived_at created_at updated_at"
)


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


_LINKS = {"speakers": ("sessions_app_session_speakers", "speaker_id")}
_LINKS["passes"] = ("sessions_app_session_passes", "pass_id")


def linked_to(name: str, session_ids: Collection[int]) -> list[tuple[int, int]]:
    """Session and speaker, or session and pass, of these sessions; by the session's id and then the other's."""
    table, column = _LINKS[name]
    text = f"SELECT session_id, {column} FROM {table} WHERE {among('session_id')} ORDER BY 1, 2"  # nosec B608 # names are ours
    return _all(text, [ids_value(session_ids)])


def waiting_for(session_ids: Collection[int]) -> dict[int, int]:
    """How many wait for each of these sessions, are invited to it or on hold; none for one without a line."""
    text = f"""
        SELECT session_id, COUNT(*) FROM waitlists_waitlistitem
        WHERE {among("session_id")} AND status IN ({OPEN}) GROUP BY session_id
    """  # nosec B608 # names are ours
    return dict(_all(text, [ids_value(session_ids)]))


def _all(text: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()
