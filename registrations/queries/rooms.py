"""How full each room of an event is, hour by hour of the event's clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from events.models import Event
from registrations.queries.overview import SeatsOfSession

HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Cell:
    """One room during one hour: the seats of the sessions that run in it then."""

    taken: int = 0
    capacity: int = 0

    @property
    def fill(self) -> float | None:
        """The share that is taken; None where the capacity is missing."""
        return self.taken / self.capacity if self.capacity else None


Grid = dict[str, dict[datetime, Cell]]


def fill_by_room_and_hour(event: Event, sessions: Iterable[SeatsOfSession]) -> dict[date, Grid]:
    """Each day's rooms by name, each with the hours by the event's clock in which something runs there."""
    days: dict[date, Grid] = {}
    for row in sessions:
        for hour in _hours(event, row) if row.room_id else ():
            cell = days.setdefault(hour.date(), {}).setdefault(row.room, {}).setdefault(hour, Cell())
            cell.taken += row.taken
            cell.capacity += row.capacity or 0
    return dict(sorted(days.items()))


def _hours(event: Event, row: SeatsOfSession) -> Iterator[datetime]:
    """The hours of the event's clock that a session touches, a day's worth at most."""
    if row.starts_at is None or row.ends_at is None:
        return
    begins = row.starts_at.astimezone(event.zone)
    hour = begins.replace(minute=0, second=0, microsecond=0)
    for _number in range(24):
        if hour.astimezone(row.ends_at.tzinfo) >= row.ends_at:
            return
        yield hour
        hour += HOUR
