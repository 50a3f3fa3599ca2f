"""The hours of a day's grid: each with its cells, drawn or still to be asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from registrations.website.grid import STEP, Cell, Grid
from sessions_app.models import Session

ROWS_OF_AN_HOUR = 12
# So many cells are drawn at first, and at least one hour; a smaller grid is drawn whole.
CELLS_AT_FIRST, DRAWN_WHOLE = 100, 120


@dataclass(frozen=True)
class Placed:
    """One session that has its place in the grid, and no button yet."""

    session: Session


@dataclass
class GridHour:
    """One hour down the side with what begins in it."""

    clock: str
    row: int
    cells: list[Cell[Placed]] = field(default_factory=list)
    # Whether the page draws its cells.
    is_drawn: bool = False

    @property
    def key(self) -> str:
        """By what the hour is asked for: “13:00”."""
        return self.clock

    @property
    def size(self) -> int:
        """The number of its sessions."""
        return len(self.cells)

    @property
    def anchor(self) -> str:
        """The hour's name in its page."""
        return self.clock.replace(":", "")

    @property
    def keys(self) -> list[int]:
        """The ids of its sessions."""
        return [cell.seat.session.pk for cell in self.cells]


def hours_of(grid: Grid[Placed]) -> list[GridHour]:
    """The hours of the grid, from its first to its last."""
    hours = [GridHour(clock, row) for clock, row in grid.hours]
    for cell in grid.cells:
        hours[min((cell.row - 1) // ROWS_OF_AN_HOUR, len(hours) - 1)].cells.append(cell)
    return hours


def row_of_now(grid: Grid[Placed], now: datetime) -> int | None:
    """The row in which the present moment lies; None on another day, and before and after all sessions."""
    if grid.first is None:
        return None
    row = 1 + (now - grid.first) // STEP
    return row if 1 <= row <= ROWS_OF_AN_HOUR * len(grid.hours) else None
