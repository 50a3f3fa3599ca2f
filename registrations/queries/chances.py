"""What past lines say to somebody who waits: how many of those who joined at about their place got a seat."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from registrations import sql
from waitlists.models import WaitlistItem

# Fewer are no experience, and could be known by name.
LEAST_CASES = 20
KEPT_FOR = timedelta(minutes=10).total_seconds()
# A place is like another if the same of these parts of the capacity, in percent, lie before it.
PARTS = (5, 10, 20, 40, 80, 160)
RECENTLY = timedelta(days=1)

# Whether the line is an event's, and how many of PARTS lie before the place.
Kind = tuple[bool, int]


@dataclass(frozen=True)
class Chance:
    """How many of so many past cases got a seat."""

    seated: int
    cases: int

    @property
    def of_ten(self) -> int:
        """The chance as so many people of ten who were seated: a whole number from 0 to 10."""
        return (self.seated * 20 + self.cases) // (2 * self.cases)


@dataclass
class _Known:
    """What this process has read, until when it may be said."""

    chances: Mapping[Kind, Chance]
    until: float


_known = _Known({}, 0.0)


def chances_of(items: Iterable[WaitlistItem], places: Mapping[int, int], at: datetime) -> dict[int, Chance]:
    """The chance of each item in line whose place is known, by item id; left out where there are too few cases.

    A case is somebody who once joined, at about such a place in relation to the capacity, a line of this
    installation that ended because its session (for an event's line: the event) began, and who stayed until they
    were seated, in whatever way, or until it began. Whoever left before (also at the hour they had chosen), was
    removed by staff, or let an offered seat go is no case, and nobody at a cancelled session is. Nobody is named, and
    fewer than 20 cases say nothing. Lines of events are compared with those of events only. One query, whatever
    the number of items; its answer is kept for ten minutes.
    """
    waiting = [item for item in items if item.pk in places and item.target.seats.capacity is not None]
    if not waiting:
        return {}
    known = _chances(at)
    found = {item.pk: known.get(_kind_of(item, places[item.pk])) for item in waiting}
    return {pk: chance for pk, chance in found.items() if chance and chance.cases >= LEAST_CASES}


def moved_up_lately(items: Iterable[WaitlistItem], at: datetime) -> dict[int, int]:
    """By how many places each item has moved up within a day, by item id, in one query; only those that did."""
    ids = [item.pk for item in items if item.session_id and item.status == WaitlistItem.Status.WAITING]
    return sql.moved_up(ids, at - RECENTLY) if ids else {}


def forget() -> None:
    """Read past lines anew when somebody next asks."""
    _known.until = 0.0


def _kind_of(item: WaitlistItem, place: int) -> Kind:
    return item.session_id is None, _part(place, item.target.seats.capacity or 0)


def _part(place: int, capacity: int) -> int:
    return sum(place * 100 > capacity * part for part in PARTS)


def _chances(at: datetime) -> Mapping[Kind, Chance]:
    now = time.monotonic()
    if _known.until <= now:
        # Whoever asks meanwhile is told what was known before.
        _known.until = now + KEPT_FOR
        _known.chances = _read(at)
    return _known.chances


def _read(at: datetime) -> Mapping[Kind, Chance]:
    seated: dict[Kind, int] = defaultdict(int)
    cases: dict[Kind, int] = defaultdict(int)
    for of_event, place, capacity, got_one, number in sql.ended_waits(at):
        kind = (bool(of_event), _part(place, capacity))
        seated[kind] += got_one
        cases[kind] += number
    return {kind: Chance(seated[kind], number) for kind, number in cases.items()}
