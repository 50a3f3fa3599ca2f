"""The free times of somebody's day: before, between and after the sessions of the agenda, and how many fit there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from events.zones import left_to_right
from sessions_app.models import Session

# A shorter time is a way from one room to another, no time to fill.
SHORTEST = timedelta(minutes=15)


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


def free_times(entries: Sequence[Timed], mine: Iterable[Session], now: datetime) -> list[FreeTime]:
    """The free times of the day of these sessions, between those that are `mine`; none on a day without any.

    Only what is still to come, and in which something fits.
    """
    mine = list(mine)
    timed = [entry for entry in entries if entry.begins and entry.ends] if mine else []
    if not timed:
        return []
    zone = timed[0].begins.tzinfo  # type: ignore[union-attr]
    first = min(entry.begins for entry in timed if entry.begins)
    last = max(entry.ends for entry in timed if entry.ends)
    last = min(last, (first + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0))
    taken = sorted(
        (each.starts_at.astimezone(zone), each.ends_at.astimezone(zone), each.prevent_session_conflicts)
        for each in mine
        if each.starts_at and each.ends_at and first < each.ends_at and each.starts_at < last
    )
    found = []
    # What has begun is no longer free: so the time begins with the next minute.
    soon = now.astimezone(zone).replace(second=0, microsecond=0) + timedelta(minutes=1)
    for began, ends in _between(first, last, taken) if taken else ():
        begins = max(began, soon)
        fitting = sum(_fits(entry, begins, ends, taken) for entry in timed)
        if fitting and ends - begins >= SHORTEST:
            found.append(FreeTime(begins, ends, fitting))
    return found


Taken = tuple[datetime, datetime, bool]


def _between(first: datetime, last: datetime, taken: Iterable[Taken]) -> Iterator[tuple[datetime, datetime]]:
    for begins, ends, _prevents in taken:
        if first < begins:
            yield first, begins
        first = max(first, ends)
    if first < last:
        yield first, last


def _fits(entry: Timed, begins: datetime, ends: datetime, taken: Iterable[Taken]) -> bool:
    """True where it begins in this time and blocks nothing of what is taken: what both filters together leave."""
    if entry.begins is None or entry.ends is None or not begins <= entry.begins < ends:
        return False
    return not any(
        entry.begins < ended and began < entry.ends and (prevents or entry.prevents_conflicts)
        for began, ended, prevents in taken
    )
