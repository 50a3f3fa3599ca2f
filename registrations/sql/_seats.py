"""Seat counts of many rows of a page, in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import connection, router

from events.models import SeatCount
from registrations.sql._reading import Statement, among, ids_value


@cache
def _seats(vendor: str) -> Statement:
    return Statement(f"FROM events_seatcount c WHERE {among('c.id')}", c=SeatCount)


def seat_counts(ids: Iterable[int]) -> dict[int, Any]:
    """The seat counts of these ids as they are now, by id; from the replica where the page is read from it."""
    found = _seats(connection.vendor).rows([ids_value(ids)], router.db_for_read(SeatCount))
    return {seats.pk: seats for [seats] in found}
