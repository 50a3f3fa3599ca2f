"""Fixed statements of a press of a seat's button: the draft that it changes, and the rows that change with it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from events.models import Event, SeatCount
from registrations.models import AgendaDraft, AgendaDraftLine
from registrations.sql._facts import SESSION, TRACK
from registrations.sql._one_statement import can_write_in_one_statement
from registrations.sql._reading import Statement, among, attach, ids_value, key_of, keys_value
from sessions_app.models import Session, SessionTrack


@cache
def _pressed(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM sessions_app_session s
        JOIN events_seatcount sc ON sc.id = s.seats_id
        LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
        LEFT JOIN registrations_agendadraft d ON d.event_id = s.event_id AND d.uuid = %s
        WHERE s.event_id = %s AND {among("s.uuid", "uuid")} AND s.archived_at IS NULL
        ORDER BY s.starts_at, s.name, s.id
        """,
        s=(Session, SESSION),
        sc=SeatCount,
        t=(SessionTrack, TRACK),
        d=AgendaDraft,
    )


def draft_and_sessions(
    event: Event, draft: uuid.UUID | None, identities: Collection[uuid.UUID]
) -> tuple[AgendaDraft | None, list[Session]]:
    """The event's draft and sessions with these identities, but for deleted ones; no draft without any session."""
    key = key_of(draft) if draft else None
    rows = _pressed(connection.vendor).rows([key, event.pk, keys_value(identities)])
    found = next((row[-1] for row in rows), None)
    if found is not None:
        attach(found, event=event)
    return found, [_at(event, *row[:3]) for row in rows]


def _at(event: Event, session: Session, seats: SeatCount, track: SessionTrack | None) -> Session:
    attach(session, event=event, seats=seats, track=track)
    return session


@dataclass(frozen=True)
class Nearby:
    """Rows of a page whose button may change with those of some sessions: rather too many of them than too few."""

    shown: Collection[uuid.UUID]
    # Where one limit counts all of the event's sessions, each may change with each.
    is_any: bool
    # Tracks with a limit of their own.
    tracks: Collection[int]
    sessions: Collection[int]
    # While the sessions last; with the longest way to and from them their neighbours count too.
    begin: datetime | None
    end: datetime | None
    longest_walk: timedelta

    def parameters(self, event: Event) -> Sequence[Any]:
        """The values of `_NEARBY`."""
        moment = connection.ops.adapt_datetimefield_value
        return [
            event.pk,
            keys_value(self.shown),
            int(self.is_any),
            ids_value(self.tracks),
            ids_value(self.sessions),
            moment(self.end and self.end + self.longest_walk),
            moment(self.begin and self.begin - self.longest_walk),
        ]


def _nearby(alias: str) -> str:
    return f"""
        {alias}.event_id = %s AND {among(f"{alias}.uuid", "uuid")} AND {alias}.session_status = 'live'
        AND {alias}.cancelled_at IS NULL AND {alias}.archived_at IS NULL
        AND (
            %s = 1 OR {among(f"{alias}.track_id")} OR {among(f"{alias}.id")}
            OR ({alias}.starts_at < %s AND {alias}.ends_at > %s)
        )
    """


@cache
def _rows(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM sessions_app_session s
        JOIN events_seatcount sc ON sc.id = s.seats_id
        LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
        WHERE {_nearby("s")}
        ORDER BY s.starts_at, s.name, s.id
        """,
        s=(Session, SESSION),
        sc=SeatCount,
        t=(SessionTrack, TRACK),
    )


def rows_nearby(event: Event, nearby: Nearby) -> list[Session]:
    """The live sessions among those shown whose button may change, by time."""
    rows = _rows(connection.vendor).rows(nearby.parameters(event)) if nearby.shown else []
    return [_at(event, *row) for row in rows]


@cache
def _agenda(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM sessions_app_session s
        JOIN events_seatcount sc ON sc.id = s.seats_id
        LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
        LEFT JOIN registrations_agendadraftline l ON l.session_id = s.id AND l.draft_id = %s
        WHERE s.archived_at IS NULL AND s.id IN (
            SELECT mine.session_id FROM registrations_agendadraftline mine WHERE mine.draft_id = %s
            UNION
            SELECT o.id FROM sessions_app_session o WHERE {_nearby("o")}
        )
        ORDER BY s.starts_at, s.name, s.id
        """,  # nosec B608 # names are ours
        s=(Session, SESSION),
        sc=SeatCount,
        t=(SessionTrack, TRACK),
        l=AgendaDraftLine,
    )


def agenda_and_rows_nearby(
    event: Event, draft: AgendaDraft, nearby: Nearby
) -> tuple[list[Session], list[Session]]:
    """The draft's sessions but for deleted ones, in the order chosen; and as `rows_nearby`."""
    rows = _agenda(connection.vendor).rows([draft.pk, draft.pk, *nearby.parameters(event)])
    shown = set(nearby.shown)
    sessions = [_at(event, *row[:3]) for row in rows]
    chosen = sorted((row[-1].pk, row[0]) for row in rows if row[-1] is not None)
    return [session for _line, session in chosen], [each for each in sessions if each.uuid in shown]


def put_into_draft(draft_id: int, session_id: int, most: int) -> bool:
    """Put the session at the draft's end; False where it is there by now, or where the draft holds `most` sessions."""
    text = """
        INSERT INTO registrations_agendadraftline (draft_id, session_id)
        SELECT %s, %s WHERE (SELECT COUNT(*) FROM registrations_agendadraftline WHERE draft_id = %s) < %s
        ON CONFLICT (draft_id, session_id) DO NOTHING
    """
    with connection.cursor() as cursor:
        cursor.execute(text, [draft_id, session_id, draft_id, most])
        return cursor.rowcount == 1


def take_out_of_draft(draft_id: int, session_ids: Collection[int]) -> None:
    """Take the sessions out of the draft."""
    text = f"DELETE FROM registrations_agendadraftline WHERE draft_id = %s AND {among('session_id')}"  # nosec B608
    with connection.cursor() as cursor:
        cursor.execute(text, [draft_id, ids_value(session_ids)])


_FINISH = """
    INSERT INTO registrations_agendadraft AS d (uuid, event_id, registration_id, "group", updated_at)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (uuid) DO UPDATE SET
        registration_id = excluded.registration_id, "group" = excluded."group", updated_at = excluded.updated_at
    WHERE d.event_id = excluded.event_id
    RETURNING id
"""
_EMPTY = "DELETE FROM registrations_agendadraftline WHERE draft_id IN"


def finish_draft(
    event_id: int, draft: uuid.UUID, registration_id: int | None, group: dict[str, Any] | None
) -> None:
    """Note what the draft became, made now where there is none; it is emptied where that is one registration.

    Another event's draft stays as it is.
    """
    at = connection.ops.adapt_datetimefield_value(timezone.now())
    said = None if group is None else json.dumps(group)
    values: list[Any] = [key_of(draft), event_id, registration_id, said, at]
    if can_write_in_one_statement() and registration_id is not None:
        with connection.cursor() as cursor:
            cursor.execute(f"WITH finished AS ({_FINISH}) {_EMPTY} (SELECT id FROM finished)", values)  # nosec B608
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FINISH, values)
        found = cursor.fetchone()
        if found is not None and registration_id is not None:
            cursor.execute(f"{_EMPTY} (%s)", found)  # nosec B608


def is_registered(event_id: int, email: str) -> bool | None:
    """True where a live registration at the event has this address; None where nobody is known by it at all."""
    text = """
        SELECT EXISTS (
            SELECT 1 FROM registrations_eventregistration r
            WHERE r.event_id = %s AND r.contact_id = c.id AND r.cancelled_at IS NULL
        ) FROM events_contact c WHERE c.email = %s
    """
    with connection.cursor() as cursor:
        cursor.execute(text, [event_id, email])
        found = cursor.fetchone()
    return None if found is None else bool(found[0])
