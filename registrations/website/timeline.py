"""The programme as a timeline: the sessions of each day by when they begin, in groups that can be drawn one by one.

A whole conference is one page: each group stands there with its time and its number, and as many are drawn as a first
look needs. Browsers ask for the others as they come into sight, and people without scripts by a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from itertools import groupby, islice
from typing import NamedTuple

from events.models import Event
from registrations.website.free_times import FreeTime, TimesOfDay
from sessions_app.models import Session
from sessions_app.models.sessions import SessionQuerySet

# So many rows are drawn at first, and at least one group.
ROWS_AT_FIRST = 50
# A shorter programme is drawn whole.
DRAWN_WHOLE = 60
MOST_IN_GROUP = 60
# A day with more beginnings than this is grouped by half hours, one with hardly two sessions each by hours.
MOST_BEGINNINGS = 24


class Entry(NamedTuple):
    """One session of the programme, as far as its place in the timeline goes; times by the event's clock."""

    pk: int
    begins: datetime | None
    ends: datetime | None
    day: date
    prevents_conflicts: bool


@dataclass
class Group:
    """The sessions of a day that begin together, or in the same half hour."""

    day: date
    begins: datetime | None
    entries: list[Entry]
    part: int = 1
    # Whether the page draws its rows, and whether it is now just before this group.
    is_drawn: bool = False
    is_after_now: bool = False

    @property
    def key(self) -> str:
        """By what the group is asked for: “2031-05-05T10:30”."""
        time = f"T{self.clock}" if self.clock else ""
        return f"{self.day:%Y-%m-%d}{time}" + (f"~{self.part}" if self.part > 1 else "")

    @property
    def anchor(self) -> str:
        """The group's name in its page."""
        return f"at-{self.key.replace(':', '').replace('~', '-')}"

    @property
    def clock(self) -> str:
        """What the event's clocks show when it begins; empty while that is not known."""
        return f"{self.begins:%H:%M}" if self.begins else ""

    @property
    def size(self) -> int:
        """The number of its sessions."""
        return len(self.entries)

    @property
    def keys(self) -> list[int]:
        """The ids of its sessions."""
        return [entry.pk for entry in self.entries]

    @cached_property
    def latest(self) -> datetime | None:
        """When the last of them begins; None while that is not known."""
        return max((entry.begins for entry in self.entries if entry.begins), default=None)


@dataclass
class TimelineDay:
    """One day of the timeline; `now` is the present moment where that is on this day."""

    day: date
    groups: list[Group]
    now: datetime | None = None

    @property
    def is_over(self) -> bool:
        """True when it is now, and nothing begins any more."""
        return self.now is not None and not any(group.is_after_now for group in self.groups)

    @property
    def clock(self) -> str:
        """What the event's clocks show now; empty on another day than the present one."""
        return f"{self.now:%H:%M}" if self.now else ""

    @cached_property
    def times(self) -> TimesOfDay:
        """The times of its sessions."""
        return TimesOfDay(entry for group in self.groups for entry in group.entries)

    @property
    def hours(self) -> list[tuple[int, str, bool]]:
        """The hours in which something begins, where to jump for each, and whether it is the present one."""
        found = {}
        for group in reversed(self.groups):
            if group.begins:
                found[group.begins.hour] = group.anchor
        current = max((hour for hour in found if self.now and hour <= self.now.hour), default=None)
        return [(hour, anchor, hour == current) for hour, anchor in reversed(found.items())]


def entries_of(rows: SessionQuerySet, event: Event) -> list[Entry]:
    """The sessions in the order of the programme, in one query however many there are."""
    columns = rows.in_programme_order().values_list(
        "pk", "starts_at", "ends_at", "date", "prevent_session_conflicts"
    )
    zone = event.zone

    # Many sessions share a beginning or an end.
    @cache
    def by_clock(moment: datetime) -> datetime:
        return moment.astimezone(zone)

    found = []
    for pk, starts_at, ends_at, day, prevents in columns:
        begins = starts_at and by_clock(starts_at)
        found.append(
            Entry(pk, begins, ends_at and by_clock(ends_at), begins.date() if begins else day, prevents)
        )
    return found


def timeline_of(entries: Iterable[Entry], now: datetime) -> list[TimelineDay]:
    """The days in their order, each with its groups."""
    by_day: dict[date, list[Entry]] = {}
    for entry in entries:
        by_day.setdefault(entry.day, []).append(entry)
    return [_day(day, of_day, now) for day, of_day in sorted(by_day.items())]


def free_before(
    days: Iterable[TimelineDay], now: datetime, mine: Sequence[Session]
) -> dict[str, list[tuple[date, FreeTime]]]:
    """The free times between the sessions that are `mine`, by the anchor of the group before which each stands."""
    found: dict[str, list[tuple[date, FreeTime]]] = {}
    for each in days if mine else ():
        for free in each.times.free(mine, now):
            first = (group for group in each.groups if group.latest and group.latest >= free.begins)
            for group in islice(first, 1):
                found.setdefault(group.anchor, []).append((each.day, free))
    return found


def key_of_now(days: Iterable[TimelineDay]) -> str:
    """The group that begins next, where it is the present day; empty on other days."""
    return next((group.key for day in days for group in day.groups if group.is_after_now), "")


def _day(day: date, entries: list[Entry], now: datetime) -> TimelineDay:
    found = TimelineDay(day, list(_groups(day, entries)))
    clock = next((entry.begins.tzinfo for entry in entries if entry.begins), None)
    if clock and now.astimezone(clock).date() == day:
        found.now = now.astimezone(clock)
        later = (group for group in found.groups if group.begins and group.begins > found.now)
        for group in list(later)[:1]:
            group.is_after_now = True
    return found


def _groups(day: date, entries: list[Entry]) -> Iterator[Group]:
    step = _step(entries)
    for begins, group in groupby(entries, lambda entry: _floor(entry.begins, step)):
        found = list(group)
        for part, first in enumerate(range(0, len(found), MOST_IN_GROUP), start=1):
            yield Group(day, begins, found[first : first + MOST_IN_GROUP], part)


def _step(entries: Sequence[Entry]) -> int:
    """The minutes that share a group: 1 where each beginning has its own, 30 for very many, 60 for a few sessions."""
    timed = [entry.begins for entry in entries if entry.begins]
    beginnings = len(set(timed))
    if beginnings > MOST_BEGINNINGS:
        return 30
    return 60 if 2 * beginnings > len(timed) else 1


def _floor(moment: datetime | None, minutes: int) -> datetime | None:
    return moment and moment.replace(minute=moment.minute // minutes * minutes, second=0, microsecond=0)
