"""Places in line, which are counted and never stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from registrations import sql
from waitlists.models import WaitlistItem

# So many are counted sooner than it takes to find out which end of the line is nearer.
NEAR = 1_000


def position(item: WaitlistItem) -> int | None:
    """The item's place in line, counting from 1; None for an item that is not in line."""
    if item.status != WaitlistItem.Status.WAITING:
        return None
    ahead = sql.ahead_of(item.pk, NEAR)
    if ahead is None or ahead < NEAR:
        return None if ahead is None else ahead + 1
    return positions([item]).get(item.pk)


def positions(items: Iterable[Any]) -> dict[int, int]:
    """The places in line by item id, in one query; items, or their `pk` and `status`, that are in none are left out."""
    ids = [item.pk for item in items if item.status == WaitlistItem.Status.WAITING]
    return sql.places_of(ids) if ids else {}


def length_of_line(seats_id: int) -> int:
    """The number of people who wait for this target, passed over or not."""
    return sql.length_of(seats_id)
