"""The grid of a day: the column and the rows that each session takes. Numbers only; the style sheet has the classes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from django.utils.translation import gettext as _

from events.models import Event, Room
from sessions_app.models import Session

STEP = timedelta(minutes=5)
ROWS_AT_MOST = 288

ROWS_OF_ONE_LINE = 4


class Shown(Protocol):
    """A session as some page shows it."""

    @property
    def session(self) -> Session:
        """The session."""


S = TypeVar("S", bound=Shown)


@dataclass(frozen=True)
class Cell(Generic[S]):
    """One session: its seat, its first row, how many rows it takes, and its column. All count from 1."""

    seat: S
    row: int
    rows: int
    column: int

    @property
    def is_short(self) -> bool:
        """True when the cell has room for one line only."""
        return self.rows <= ROWS_OF_ONE_LINE


@dataclass(frozen=True)
class Column:
    """One room's heading; a room with sessions side by side takes several columns."""

    name: str
    building: str
    column: int
    columns: int
    room_id: int | None = None


@dataclass(frozen=True)
class Grid(Generic[S]):
    """The grid of a whole day; its first row begins at `first`."""

    columns: list[Column]
    cells: list[Cell[S]]
    hours: list[tuple[str, int]]
    untimed: list[S]
    width: int
    first: datetime | None = None


def grid_of(
    seats: list[S], rooms: Iterable[Room] = (), event: Event | None = None, *, spare_hours: int = 0
) -> Grid[S]:
    """Place the seats of one day; those without a time stand apart.

    The event's other `rooms` stand there empty, and so do so many hours of the day before the first and after the last.
    """
    timed = [seat for seat in seats if seat.session.starts_at and seat.session.ends_at]
    untimed = [seat for seat in seats if not (seat.session.starts_at and seat.session.ends_at)]
    if not timed:
        return Grid([], [], [], untimed, 0)
    first = _whole_hour(min(_begin(seat) for seat in timed))
    first -= timedelta(hours=min(first.hour, spare_hours))
    columns: list[Column] = []
    cells: list[Cell[S]] = []
    empty = {_named(room, event): room.pk for room in rooms if event is not None}
    by_room: dict[tuple[str, str], list[S]] = {}
    for seat in timed:
        by_room.setdefault(_room(seat), []).append(seat)
    for name, building in sorted({*empty, *by_room}, key=_by_building):
        here = by_room.get((name, building), [])
        lanes = _lanes(here) or [[]]
        column = 1 + sum(each.columns for each in columns)
        room_id = here[0].session.room_id if here else empty[name, building]
        columns.append(Column(name, building, column, len(lanes), room_id))
        cells += [_cell(seat, first, column + index) for index, lane in enumerate(lanes) for seat in lane]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    last = min(max(cell.row + cell.rows for cell in cells) + 12 * spare_hours, ROWS_AT_MOST)
    return Grid(columns, cells, _hours(first, last), untimed, sum(each.columns for each in columns), first)


def _named(room: Room, event: Event) -> tuple[str, str]:
    return room.name, room.building.name if room.building_id != event.building_id else ""


def _room(seat: Shown) -> tuple[str, str]:
    session = seat.session
    is_elsewhere = session.building_id != session.event.building_id
    building = session.building.name if session.building and is_elsewhere else ""
    if session.room:
        return session.room.name, building
    return (_("Online") if session.format == session.Format.WEBINAR else _("Elsewhere")), building


def _by_building(room: tuple[str, str]) -> tuple[str, str]:
    """The event's own building first, then the others."""
    name, building = room
    return building, name


def _lanes(seats: list[S]) -> list[list[S]]:
    """Split a room's sessions so that none in one lane overlap."""
    lanes: list[list[S]] = []
    for seat in sorted(seats, key=_begin):
        for lane in lanes:
            if not lane[-1].session.overlaps(seat.session):
                lane.append(seat)
                break
        else:
            lanes.append([seat])
    return lanes


def _begin(seat: Shown) -> datetime:
    begin = seat.session.starts_at
    assert begin is not None
    return begin.astimezone(seat.session.event.zone)


def _whole_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _cell(seat: S, first: datetime, column: int) -> Cell[S]:
    length = (seat.session.ends_at or first) - (seat.session.starts_at or first)
    row = 1 + (_begin(seat) - first) // STEP
    rows = max(1, -(-length // STEP))
    return Cell(seat, min(row, ROWS_AT_MOST), min(rows, ROWS_AT_MOST), column)


def _hours(first: datetime, last_row: int) -> list[tuple[str, int]]:
    """The hour labels down the side, with their rows."""
    count = -(-(last_row - 1) // 12)
    return [(f"{first + timedelta(hours=number):%H:%M}", 1 + 12 * number) for number in range(count)]
