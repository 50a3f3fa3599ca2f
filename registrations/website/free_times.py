"""The free times of somebody's day: before, between and after the sessions of the agenda, and how many fit there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Protocol

from events.zones import left_to_right
from sessions_app.models import Session

# A shorter time is a way from one room to another, no time to fill.
SHORTEST = timedelta(minutes=15)
_BEGINS, _ENDS = attrgetter("begins"), attrgetter("ends")


class Timed(Protocol):
    """A session of the programme, as far as it matters whether it fits."""

    @property
    def begins(self) -> datetime | None:
        """The moment at which it begins."""

    @property
    def ends(self) -> datetime | None:
        """The moment at which it ends."""

    @property
    def prevents_conflicts(self) -> bool:
        """Whether nobody may attend another at the same time."""


@dataclass(frozen=True)
class FreeTime:
    """One free time by the event's clock, and how many sessions begin in it that block nothing of the agenda."""

    begins: datetime
    ends: datetime
    fitting: int

    @property
    def span(self) -> str:
        """The time as the filter takes it: “11:30-13:45”."""
        ends = "24:00" if self.ends.date() > self.begins.date() else f"{self.ends:%H:%M}"
        return f"{self.begins:%H:%M}-{ends}"

    @property
    def words(self) -> str:
        """The time as people read it: “11:30–13:45”."""
        return left_to_right(self.span.replace("-", "–"))


Taken = tuple[datetime, datetime, bool]


class TimesOfDay:
    """The sessions of one day that have a beginning and an end, put in order once for everybody who asks."""

    def __init__(self, entries: Iterable[Timed]) -> None:
        self._timed = sorted((entry for entry in entries if entry.begins and entry.ends), key=_BEGINS)
        self._begins: list[datetime] = [_BEGINS(entry) for entry in self._timed]

    def free(self, mine: Iterable[Session], now: datetime) -> list[FreeTime]:
        """The free times of the day, between those sessions that are `mine`; none on a day without any.

        Only what is still to come, and in which something fits.
        """
        if not self._timed:
            return []
        zone, first = self._begins[0].tzinfo, self._begins[0]
        taken = sorted(
            (each.starts_at.astimezone(zone), each.ends_at.astimezone(zone), each.prevent_session_conflicts)
            for each in mine
            if each.starts_at and each.ends_at and first < each.ends_at and each.starts_at < self._last
        )
        found = []
        # What has begun is no longer free: so the time begins with the next minute.
        soon = now.astimezone(zone).replace(second=0, microsecond=0) + timedelta(minutes=1)
        for began, ends in _between(first, self._last, taken) if taken else ():
            begins = max(began, soon)
            fitting = self._fitting(begins, ends, taken)
            if fitting and ends - begins >= SHORTEST:
                found.append(FreeTime(begins, ends, fitting))
        return found

    @cached_property
    def _last(self) -> datetime:
        """When the last of them ends, or the day."""
        midnight = (self._begins[0] + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return min(max(map(_ENDS, self._timed)), midnight)

    def _fitting(self, begins: datetime, ends: datetime, taken: Collection[Taken]) -> int:
        """How many begin in this free time and block nothing of what is taken: what both filters together leave."""
        inside = self._timed[bisect_left(self._begins, begins) : bisect_left(self._begins, ends)]
        # Nothing is taken before it ends: only what goes on afterwards can be in the way.
        return sum([_ENDS(entry) <= ends or not _blocks(entry, taken) for entry in inside])


def _between(first: datetime, last: datetime, taken: Iterable[Taken]) -> Iterator[tuple[datetime, datetime]]:
    for begins, ends, _prevents in taken:
        if first < begins:
            yield first, begins
        first = max(first, ends)
    if first < last:
        yield first, last


def _blocks(entry: Timed, taken: Iterable[Taken]) -> bool:
    """True where nobody may attend it together with what is taken."""
    begins, ends = _BEGINS(entry), _ENDS(entry)
    return any(
        begins < ended and began < ends and (prevents or entry.prevents_conflicts)
        for began, ended, prevents in taken
    )
