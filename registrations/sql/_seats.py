"""Seat counts, of an act or of many rows of a page, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from django.db import connection, router

from events.models import SeatCount
from registrations.sql._reading import Statement, among, ids_value, these, these_value

# All columns of a seat count, its id first, as the driver gives them.
Figures = tuple[Any, ...]


@cache
def _seats(vendor: str) -> Statement:
    return Statement(f"FROM events_seatcount c WHERE {among('c.id')}", c=SeatCount)


@cache
def _some(lock: str, vendor: str, is_one: bool) -> Statement:
    # SQLite knows no row locks: the transaction that reads is the only one that writes.
    lock = lock if vendor == "postgresql" else ""
    return Statement(
        f'FROM "events_seatcount" c WHERE {these("c.id", is_one=is_one)} ORDER BY c."id" ASC {lock}',
        c=SeatCount,
    )


def seats_with(ids: Collection[int], lock: str) -> dict[int, SeatCount]:
    """The seat counts by id, in ascending order, their rows locked as `lock` says."""
    if not ids:
        return {}
    rows = _some(lock, connection.vendor, len(ids) == 1).rows([these_value(ids)])
    return {seats.pk: seats for (seats,) in rows}


def seat_figures(ids: Iterable[int]) -> dict[int, Figures]:
    """The figures of the seat counts of these ids as they are now, by id; read from the replica where the page is."""
    found = _seats(connection.vendor).found([ids_value(ids)], router.db_for_read(SeatCount))
    return {row[0]: row for row in found}


def seats_of(figures: Figures) -> SeatCount:
    """The seat count with these figures."""
    [(_begin, _end, shape)] = _seats(connection.vendor).parts
    seats: SeatCount = shape.read(figures)
    return seats


def is_for_a_draw(figures: Figures) -> bool:
    """Whether a draw gives these seats, or will."""
    return figures[_place_of("draw_opens_at")] is not None


@cache
def _place_of(column: str) -> int:
    [(_begin, _end, shape)] = _seats(connection.vendor).parts
    return shape.names.index(column)
