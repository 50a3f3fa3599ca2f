"""Text to rows: the delimiter is found, quotes may hold line breaks, and one that is lost swallows no other row."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_DELIMITERS = (";", ",", "\t", "|")
_SAID = re.compile(r"^sep=(.)$", re.IGNORECASE)
# More lines than a cell of an address book ever has: then its closing quote is lost.
MOST_LINES_A_ROW = 12
_LOOKED_AT = 40
# What spreadsheet programs write to keep a number's leading zeros.
_TEXT_FORMULA = re.compile(r'^="(.*)"$', re.DOTALL)


@dataclass
class Lines:
    """The rows of a text, each with the line on which it begins, counting from 1."""

    delimiter: str
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    # The lines on which a quote is never closed.
    lost_quotes: list[int] = field(default_factory=list)


def split(text: str) -> Lines:
    """The rows of the text; blank ones are left out."""
    lines = text.split("\n")
    said = _SAID.match(lines[0].strip("\ufeff \t")) if lines else None
    if said:
        lines[0] = ""
    found = Lines(said.group(1) if said else delimiter_of(lines))
    for number, row, is_lost in _records(lines, found.delimiter):
        cells = [_cleaned(cell) for cell in row]
        if any(cells):
            found.rows.append(cells)
            found.numbers.append(number)
            if is_lost:
                found.lost_quotes.append(number)
    return found


def _cleaned(cell: str) -> str:
    cell = cell.strip().strip("\ufeff\u200b").strip()
    formula = _TEXT_FORMULA.match(cell)
    return formula.group(1) if formula else cell


def delimiter_of(lines: list[str]) -> str:
    """The delimiter that gives most rows the same number of cells; a comma for a single column."""
    sample = [line for line in lines[: 4 * _LOOKED_AT] if line.strip()][:_LOOKED_AT]

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter) if len(row) > 1)
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return rows, width

    best = max(_DELIMITERS, key=agreement)
    return best if agreement(best)[0] else ","


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str], bool]]:
    """The rows with their first line and whether a quote is lost there."""
    place = 0
    while place < len(lines):
        end = _end_of(lines, place, delimiter)
        if end is None:
            # The line as it stands, without the quote that nothing closes; the next one is a row again.
            yield place + 1, _row(lines[place].replace('"', ""), delimiter), True
            place += 1
        else:
            yield place + 1, _row("\n".join(lines[place:end]), delimiter), False
            place = end


def _end_of(lines: list[str], place: int, delimiter: str) -> int | None:
    """The line behind the row that begins here; None where a quote is opened and never closed."""
    is_open = False
    for end in range(place, min(place + MOST_LINES_A_ROW, len(lines))):
        if end > place and is_open and _begins_like_a_row(lines[place], lines[end], delimiter):
            return None
        is_open ^= lines[end].count('"') % 2 == 1
        if not is_open:
            return end + 1
    return None


def _begins_like_a_row(first: str, line: str, delimiter: str) -> bool:
    """True for a whole row with an address of its own, inside what would be one cell of the row before."""
    return "@" in line and "@" in first and line.count(delimiter) >= max(1, first.count(delimiter))


def _row(text: str, delimiter: str) -> list[str]:
    return (
        next(csv.reader([text], delimiter=delimiter), []) if "\n" not in text else _rows_in(text, delimiter)
    )


def _rows_in(text: str, delimiter: str) -> list[str]:
    return next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), [])
