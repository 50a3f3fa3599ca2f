"""Fixed statements of a draw that is frozen or published: thousands of people in sets, each read and marked at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from registrations.models import EventRegistration, Ticket, TicketHolder
from registrations.sql._reading import Statement, among, attach, ids_value
from sessions_app.models import Session, SessionTrack


class Decided(NamedTuple):
    """One decision of a draw, with the rank and the place that the ticket's wish says by now, where there is one."""

    ticket_id: int
    session_id: int
    round: int
    drawn_rank: int
    verdict: str
    rank: int
    wait_at_most: int | None


@cache
def _holders(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM registrations_ticketholder h
        JOIN registrations_ticket t ON t.id = h.ticket_id
        JOIN registrations_eventregistration r ON r.id = h.registration_id
        WHERE {among("h.id")} ORDER BY t.place, h.number
        """,
        h=TicketHolder,
        t=(Ticket, "code place"),
        r=(EventRegistration, "event contact status cancelled_at"),
    )


def holders_with(holder_ids: Collection[int]) -> list[TicketHolder]:
    """The holders with these ids by their tickets' places, then their own, with ticket and registration in short."""
    found = []
    for holder, ticket, registration in _holders(connection.vendor).rows([ids_value(holder_ids)]):
        attach(holder, ticket=ticket, registration=registration)
        found.append(holder)
    return found


def decided_for(ticket_ids: Collection[int]) -> list[Decided]:
    """What the draw decided for these tickets, of each by rank."""
    text = f"""
        SELECT d.ticket_id, d.session_id, d.round, d.rank, d.verdict, COALESCE(w.rank, d.rank), w.wait_at_most
        FROM registrations_drawdecision d
        LEFT JOIN registrations_wish w ON w.ticket_id = d.ticket_id AND w.session_id = d.session_id
        WHERE {among("d.ticket_id")} ORDER BY d.ticket_id, d.rank
    """  # nosec B608 # names are ours
    with connection.cursor() as cursor:
        cursor.execute(text, [ids_value(ticket_ids)])
        return [Decided(*row) for row in cursor.fetchall()]


def seat_counts_of(session_ids: Collection[int]) -> set[int]:
    """The ids of these sessions' seat counts."""
    text = f"SELECT seats_id FROM sessions_app_session WHERE {among('id')}"  # nosec B608 # names are ours
    with connection.cursor() as cursor:
        cursor.execute(text, [ids_value(session_ids)])
        return {seats_id for (seats_id,) in cursor.fetchall()}


# What the rules look at.
_RULED = (
    "uuid event name seats track format session_status cancelled_at archived_at starts_at ends_at"
    " prevent_session_conflicts selection_control own_waitlist_enabled"
)


@cache
def _ruled(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM sessions_app_session s LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
        WHERE {among("s.id")}
        """,
        s=(Session, _RULED),
        t=SessionTrack,
    )


def sessions_ruled(session_ids: Collection[int]) -> list[Session]:
    """The sessions with these ids and their tracks, and of each what decides who may have a seat or wait."""
    found = []
    for session, track in _ruled(connection.vendor).rows([ids_value(session_ids)]):
        attach(session, track=track)
        found.append(session)
    return found


def freeze_holders(outcomes: Mapping[int, list[dict[str, Any]]]) -> None:
    """Let these holders be in the draw's file, each with what became of their wishes so far."""
    _mark("is_frozen", True, outcomes)


def mark_holders(column: str, at: datetime, outcomes: Mapping[int, list[dict[str, Any]]]) -> None:
    """Let these holders have been seated (`seated_at`), or told (`told_at`), each with what became of their wishes."""
    assert column in {"seated_at", "told_at"}, column
    _mark(column, connection.ops.adapt_datetimefield_value(at), outcomes)


def _mark(column: str, value: Any, outcomes: Mapping[int, list[dict[str, Any]]]) -> None:
    said = {pk: json.dumps(outcome) for pk, outcome in outcomes.items()}
    update = f"UPDATE registrations_ticketholder SET {column} = %s, outcome ="  # nosec B608 # names are ours
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(f"{update} %s WHERE id = %s", [[value, text, pk] for pk, text in said.items()])
        elif said:
            source = "unnest(%s::bigint[], %s::text[]) AS each(holder_id, said)"
            text = f"{update} each.said::jsonb FROM {source} WHERE id = each.holder_id"
            cursor.execute(text, [value, ids_value(said), list(said.values())])


def has_draws(event_id: int) -> bool:
    """True where the event has a draw, in whatever state: most have none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM registrations_draw WHERE event_id = %s)", [event_id])
        return bool(cursor.fetchone()[0])
