"""Seat counts, of an act or of many rows of a page, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from django.db import connection, router

from events.models import SeatCount
from registrations.sql._reading import Statement, among, ids_value, these, these_value


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


def seat_counts(ids: Iterable[int]) -> dict[int, Any]:
    """The seat counts of these ids as they are now, by id; from the replica where the page is read from it."""
    found = _seats(connection.vendor).rows([ids_value(ids)], router.db_for_read(SeatCount))
    return {seats.pk: seats for [seats] in found}
