"""Capacities that an import is told: how many fit into which room."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from events.findings import Findings, Where
from sessions_app.schedule import values
from sessions_app.schedule.structure import ScheduleError

_MAXIMUM_BYTES = 1024 * 1024


def _key(room: str) -> str:
    return " ".join(room.split()).casefold()


@dataclass(frozen=True)
class Capacities:
    """Capacities by room, and one for every other session; None where nothing is said."""

    default: int | None = None
    by_room: dict[str, int] = field(default_factory=dict)

    def of_room(self, name: str) -> int | None:
        """Return what the list says about a room."""
        return self.by_room.get(_key(name))

    def rooms_not_in(self, names: Iterable[str]) -> list[str]:
        """Return the listed rooms that nobody uses; most often a slip in the name."""
        known = {_key(name) for name in names}
        return [room for room in self.by_room if room not in known]


def read_capacities(content: bytes, default: int | None = None) -> Capacities:
    """Return the capacities in a CSV file with the columns room and capacity.

    Raises ScheduleError with the line of each value that is no whole number from 0 to 50,000, each room without a
    name and each that is listed twice with different numbers.
    """
    found: dict[str, int] = {}
    bad = Findings()
    for where, row in csv_rows(content, ["room", "capacity"], found=bad):
        with bad.row():
            _note_capacity(row, where, found)
    bad.raise_refusals(ScheduleError)
    return Capacities(default, found)


def _note_capacity(row: dict[str, str], where: Where, found: dict[str, int]) -> None:
    room = values.required(_key(row["room"]), where, _("room"))
    number = values.capacity(row["capacity"], where)
    if number is None:
        raise ScheduleError(_("the capacity of “%s” is missing.") % row["room"], where)
    if found.setdefault(room, number) != number:
        raise ScheduleError(_("“%s” is listed twice with different capacities.") % row["room"], where)


def csv_rows(
    content: bytes, columns: list[str], optional: Iterable[str] = (), *, found: Findings
) -> Iterator[tuple[Where, dict[str, str]]]:
    """Yield the rows of a CSV file with the line of each; commas or semicolons, with a line of titles.

    Every column is in every row, as text without spaces around it. A line that is none is noted in `found`, for the
    caller to go on. Raises ScheduleError for a missing column, and for a file that is no CSV at all.
    """
    if len(content) > _MAXIMUM_BYTES:
        raise ScheduleError(_("this file is larger than 1 MB."))
    try:
        lines = content.decode("utf-8-sig").splitlines(keepends=True)
    except UnicodeDecodeError as error:
        raise ScheduleError(_("this file is not UTF-8; save it as UTF-8.")) from error
    title = next((line for line in lines if line.strip()), "")
    reader = csv.reader(io.StringIO("".join(lines)), delimiter=";" if ";" in title else ",", strict=True)
    try:
        yield from _rows(reader, columns, optional, found)
    except csv.Error as error:
        found.refuse(Where(line=reader.line_num), _("this is not a CSV file: %s.") % error)


def _rows(
    reader: Any, columns: list[str], optional: Iterable[str], found: Findings
) -> Iterator[tuple[Where, dict[str, str]]]:
    titles: list[str] = []
    for given in reader:
        where = Where(line=reader.line_num)
        cells = [values.clean(cell).strip() for cell in given]
        if not any(cells):
            continue
        if not titles:
            titles = [cell.lower() for cell in cells]
            _check_titles(titles, columns, where)
        elif len(cells) > len(titles):
            found.refuse(where, _("this line has more values than there are columns."))
        else:
            row = dict(zip(titles, cells + [""] * len(titles), strict=False))
            yield where, {name: row.get(name, "") for name in [*columns, *optional]}
    if not titles:
        raise ScheduleError(_("this file is empty."))


def _check_titles(titles: list[str], columns: list[str], where: Where) -> None:
    missing = [column for column in columns if column not in titles]
    if missing:
        raise ScheduleError(
            _("the first line names the columns; %(missing)s is missing (expected: %(columns)s).")
            % {"missing": ", ".join(missing), "columns": ", ".join(columns)},
            where,
        )
