"""One uploaded file as a table: its headings, its rows, and where each row stands in the file."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from registrations.imports import delimited, workbooks
from registrations.imports.columns import Role, role_of
from registrations.imports.decoding import decode, refused

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 200
LONGEST_CELL = 2_000
# Somewhere above the rows of people: titles, a date, who exported it.
_MOST_PREAMBLE = 30


@dataclass
class Table:
    """The headings and rows of a file; `places` are the rows' own lines, counting from 1."""

    headings: list[str]
    rows: list[list[str]]
    places: list[int]
    encoding: str
    delimiter: str = ""
    # Lines on which a quote is never closed, and lines with more cells than there are headings.
    lost_quotes: list[int] = field(default_factory=list)
    too_wide: list[int] = field(default_factory=list)


def read_table(content: bytes) -> Table:
    """The table in a file, CSV or workbook. Raises Invalid, with what to do instead, for a file that holds none."""
    if len(content) > MOST_BYTES:
        raise too_large()
    if not content.strip():
        raise refused(_("This file is empty."))
    if workbooks.is_workbook(content):
        every = workbooks.read(content)
        kept = [(place, row) for place, row in enumerate(every, start=1) if any(cell.strip() for cell in row)]
        table = _table([row for _place, row in kept], [place for place, _row in kept], "XLSX")
    else:
        text, encoding = decode(content)
        try:
            lines = delimited.split(text)
        except csv.Error as error:
            words = _(
                "A cell of this file is longer than 130,000 characters. Shorten it, and upload the file again."
            )
            raise refused(words) from error
        table = _table(lines.rows, lines.numbers, encoding)
        table.delimiter, table.lost_quotes = lines.delimiter, lines.lost_quotes
    return table


def too_large() -> Exception:
    """The refusal of a file that is not even read."""
    return refused(
        _("This file is larger than 20 MB. 20,000 people need far less: leave out what is not about them.")
    )


def _table(rows: list[list[str]], places: list[int], encoding: str) -> Table:
    if not rows:
        raise refused(_("This file is empty."))
    header = _header_in(rows)
    if header is None:
        headings = [_("Column %(n)d") % {"n": n} for n in range(1, max(map(len, rows)) + 1)]
        table = Table(headings, rows, places, encoding)
    else:
        headings = _trimmed(rows[header])
        table = Table(headings, rows[header + 1 :], places[header + 1 :], encoding)
    _check(table)
    width = len(table.headings)
    table.too_wide = [place for place, row in zip(table.places, table.rows, strict=True) if any(row[width:])]
    table.rows = [
        [cell[:LONGEST_CELL] for cell in row[:width]] + [""] * (width - len(row)) for row in table.rows
    ]
    return table


def _check(table: Table) -> None:
    if not table.rows:
        raise refused(_("There are only headings in this file, and no row below them."))
    if len(table.rows) > MOST_ROWS:
        words = _("This file has %(n)d rows; at most 20,000 are taken at once. Split it.")
        raise refused(words % {"n": len(table.rows)})
    if len(table.headings) > MOST_COLUMNS:
        raise refused(_("This file has more than 200 columns. Leave out what is not about people."))


def _trimmed(cells: Sequence[str]) -> list[str]:
    """The headings without blank ones behind the last."""
    headings = [" ".join(cell.split()) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    return headings


def _header_in(rows: Sequence[Sequence[str]]) -> int | None:
    """The row of the headings: that of the first ones with most that are known. None where rows begin at once."""
    scores = [_score(row) for row in rows[:_MOST_PREAMBLE]]
    best = max(scores)
    if best > 0:
        return scores.index(best)
    if any("@" in cell for cell in rows[0]):
        return None
    # Nothing is known of these headings: the first row that is as wide as the rest.
    width, _count = Counter(len(row) for row in rows).most_common(1)[0]
    return next((place for place, row in enumerate(rows[:_MOST_PREAMBLE]) if len(row) >= width), 0)


def _score(row: Sequence[str]) -> int:
    """How many cells are headings that are known; an address among them shows that it is a row of people."""
    if any("@" in cell for cell in row):
        return 0
    roles = {role for cell in row if (role := role_of(cell)) is not None}
    return len(roles) + 3 * (Role.EMAIL in roles)
