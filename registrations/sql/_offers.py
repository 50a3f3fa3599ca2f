"""Sessions to be offered instead of another: the order in which they are asked, and which of them have a seat now.

The order is the programme's alone, so it is kept by the revision of what the event's pages show. Whether a session is
on the programme, when it begins and whether it has a seat is read by each request.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from events.models import Room, SeatCount
from registrations.sql._events import REVISION_OF_E, revision_in
from registrations.sql._facts import SESSION, TRACK
from registrations.sql._reading import Statement, attach, ids_value
from sessions_app.models import Session, SessionTrack

# Asked so many at a time: mostly three of the first have a seat and fit.
_FIRST = slice(8)
_REST = (slice(8, 80), slice(80, None))
# Programmes of which one process knows the order, and ids in the orders of one programme (8 bytes each).
MOST_KEPT = 16
MOST_ORDERED = 200_000

_LIVE = "s.session_status = 'live' AND s.cancelled_at IS NULL AND s.archived_at IS NULL"
_LAST = datetime.max.replace(tzinfo=UTC)


class _Row(NamedTuple):
    """A session as far as its place in an order goes."""

    pk: int
    name: str
    track_id: int | None
    starts_at: datetime | None
    date: Any


@dataclass
class _Programme:
    """The live sessions of one event, and the orders in which they were asked."""

    revision: Any
    rows: list[_Row]
    orders: dict[Any, Sequence[int]] = field(default_factory=dict)

    def order(self, session: Session, near: timedelta) -> Sequence[int]:
        """The ids of all others: a repeat by its name first, then the same track; then by how near it begins."""
        zone = session.event.timezone
        key = (session.pk, session.name, session.track_id, session.starts_at, session.day, zone, near)
        found = self.orders.get(key)
        if found is None:
            if (len(self.orders) + 1) * len(self.rows) > MOST_ORDERED:
                self.orders.clear()
            found = self.orders[key] = _ordered(self.rows, session, near)
        return found


def _ordered(rows: Sequence[_Row], session: Session, near: timedelta) -> Sequence[int]:
    starts_at, day = session.starts_at, session.day
    midnight, next_midnight = (
        datetime.combine(day + timedelta(days=days), time(), session.event.zone) for days in (0, 1)
    )

    def is_same_day(row: _Row) -> bool:
        return midnight <= row.starts_at < next_midnight if row.starts_at else row.date == day

    def place(row: _Row) -> tuple[int, int, bool, datetime, int]:
        is_of_track = row.track_id is not None and row.track_id == session.track_id
        alike = 0 if row.name == session.name else 1 if is_of_track else 2
        is_near = starts_at and row.starts_at and abs(row.starts_at - starts_at) <= near
        when = 0 if is_near else 1 if is_same_day(row) else 2
        return alike, when, row.starts_at is None, row.starts_at or _LAST, row.pk

    return tuple([row.pk for row in sorted(rows, key=place) if row.pk != session.pk])


_kept: OrderedDict[int, _Programme] = OrderedDict()
_lock = Lock()


def _programme_of(event_id: int) -> _Programme:
    if settings.FRAGMENTS_KEPT:
        with _lock:
            found = _kept.get(event_id)
            if found is not None:
                _kept.move_to_end(event_id)
                return found
    return _read(event_id)


@cache
def _rows(vendor: str) -> Statement:
    text = f"FROM events_event e LEFT JOIN sessions_app_session s ON s.event_id = e.id AND {_LIVE} WHERE e.id = %s"
    return Statement(text, besides=REVISION_OF_E, s=(Session, "name track starts_at date"))


def _read(event_id: int) -> _Programme:
    found = _rows(connection.vendor).rows([event_id])
    revision = revision_in(*found[0][-2:]) if found else None
    there = [session for session, *_revision in found if session is not None]
    rows = [_Row(one.pk, one.name, one.track_id, one.starts_at, one.date) for one in there]
    programme = _Programme(revision, rows)
    if revision is not None and settings.FRAGMENTS_KEPT:
        with _lock:
            _kept[event_id] = programme
            _kept.move_to_end(event_id)
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return programme


@cache
def _free(vendor: str) -> Statement:
    wanted, pk, place = "json_each(%s) w", "w.value", "w.key"
    if vendor == "postgresql":
        wanted, pk, place = "unnest(%s::bigint[]) WITH ORDINALITY AS w(id, place)", "w.id", "w.place"
    # One row at least, which tells the revision.
    return Statement(
        f"""
        FROM events_event e
        LEFT JOIN (
            {wanted}
            JOIN sessions_app_session s ON s.id = {pk} AND {_LIVE} AND (s.starts_at IS NULL OR s.starts_at > %s)
            JOIN events_seatcount sc ON sc.id = s.seats_id AND (
                sc.capacity > sc.taken + sc.held + sc.waiting OR (sc.capacity IS NULL AND s.format = 'webinar')
            )
            LEFT JOIN events_room o ON o.id = s.room_id
            LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
        ) ON 1 = 1
        WHERE e.id = %s
        ORDER BY {place} LIMIT %s
        """,
        besides=REVISION_OF_E,
        s=(Session, SESSION),
        sc=SeatCount,
        o=(Room, "name"),
        t=(SessionTrack, TRACK),
    )


def _asked(session: Session, order: Sequence[int], at: datetime, most: int) -> tuple[list[Session], Any]:
    """The first of these that have a seat, and the revision by which the order is true."""
    moment = connection.ops.adapt_datetimefield_value(at)
    found = _free(connection.vendor).rows([ids_value(order), moment, session.event_id, most])
    there = []
    for other, seats, room, track, *_revision in found:
        if other is not None:
            attach(other, event=session.event, seats=seats, room=room, track=track)
            there.append(other)
    return there, revision_in(*found[0][-2:]) if found else None


def offers_instead_of(session: Session, *, at: datetime, near: timedelta, most: int) -> Iterator[Session]:
    """Live sessions of the same event that start after `at` and have a seat for a newcomer, `most` of them at most.

    A repeat by its name comes first, then the same track; then what starts within `near`, then the same day by the
    event's clock. Whoever needs only the first few costs one short look at those.
    """
    programme = _programme_of(session.event_id)
    order = programme.order(session, near)
    found, revision = _asked(session, order[_FIRST], at, most)
    if revision != programme.revision:
        order = _read(session.event_id).order(session, near)
        found, _revision = _asked(session, order[_FIRST], at, most)
    yield from found
    for part in _REST:
        most -= len(found)
        if most <= 0 or not order[part]:
            return
        found, _revision = _asked(session, order[part], at, most)
        yield from found
