"""Fixed statements of a press of a seat's button: the draft that it changes, and the rows that change with it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from events.models import Event, SeatCount
from registrations.models import AgendaDraft, AgendaDraftLine
from registrations.sql._agendas import HAS_STARS
from registrations.sql._facts import SESSION, TRACK
from registrations.sql._one_statement import can_write_in_one_statement
from registrations.sql._reading import Shape, Statement, among, attach, ids_value, key_of, keys_value
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
            SELECT o.id FROM sessions_app_session o WHERE o.event_id = %s AND {among("o.uuid", "uuid")}
        )
        ORDER BY s.starts_at, s.name, s.id
        """,  # nosec B608 # names are ours
        s=(Session, SESSION),
        sc=SeatCount,
        t=(SessionTrack, TRACK),
        l=AgendaDraftLine,
    )


def agenda_and_sessions(
    event: Event, draft_id: int | None, identities: Collection[uuid.UUID]
) -> tuple[list[Session], list[Session]]:
    """The draft's sessions in the order chosen, and the event's with these identities by time; no deleted ones."""
    values = [draft_id, draft_id, event.pk, keys_value(identities)]
    rows = _agenda(connection.vendor).rows(values) if draft_id or identities else []
    sessions = [_at(event, *row[:3]) for row in rows]
    chosen = sorted((row[-1].pk, row[0]) for row in rows if row[-1] is not None)
    return [session for _line, session in chosen], [each for each in sessions if each.uuid in identities]


class Drafted(NamedTuple):
    """A draft, the ids of its sessions in the order chosen, and the seats of these and of others by their own ids."""

    draft: AgendaDraft | None
    session_ids: list[int]
    seats: dict[int, SeatCount]


@cache
def _drafted(vendor: str) -> Statement:
    draft, seats = Shape(AgendaDraft, "d", ""), Shape(SeatCount, "c", "")
    # Of as many columns, and no row of any table.
    nothing = ", ".join(["NULL"] * len(draft.names))
    return Statement(
        f"""
        FROM registrations_agendadraft d
        LEFT JOIN (
            registrations_agendadraftline l
            JOIN sessions_app_session s ON s.id = l.session_id AND s.archived_at IS NULL
            JOIN events_seatcount c ON c.id = s.seats_id
        ) ON l.draft_id = d.id
        WHERE d.event_id = %s AND d.uuid = %s
        UNION ALL
        SELECT {nothing}, {seats.columns}, NULL, NULL, NULL FROM events_seatcount c WHERE {among("c.id")}
        """,  # nosec B608 # names are ours
        d=AgendaDraft,
        c=SeatCount,
        besides=["l.id", "l.session_id", HAS_STARS],
    )


def drafted(event: Event, identity: uuid.UUID | None, seats_ids: Iterable[int] = ()) -> Drafted:
    """The event's draft with this identity and what it holds but for deleted sessions; and the seats of these ids."""
    key = key_of(identity) if identity else None
    rows = _drafted(connection.vendor).rows([event.pk, key, ids_value(seats_ids)])
    draft, is_interested = next(((row[0], row[-1]) for row in rows if row[0] is not None), (None, None))
    if draft is not None:
        draft.is_interested = bool(is_interested)
        attach(draft, event=event)
    lines = sorted((line, session_id) for _draft, _seats, line, session_id, _star in rows if line is not None)
    seats = {each.pk: each for _draft, each, *_more in rows if each is not None}
    return Drafted(draft, [session_id for _line, session_id in lines], seats)


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
