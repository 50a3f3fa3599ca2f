"""Search by words, the same at every door: API, desk and website find people and sessions by it.

Upper and lower case are one in every script, on both databases; SQLite by itself knows that of the letters a to z only.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from django.db.models import Aggregate, Exists, F, Field, Q, QuerySet, TextField, UUIDField
from django.db.models.functions import Collate, Lower
from django.db.models.indexes import IndexExpression
from django.db.models.lookups import IContains, StartsWith, UUIDIContains

MOST_WORDS = 8
LOOKUP = "holds"
LAST_CHARACTER = "\U0010ffff"
Rows = TypeVar("Rows", bound="QuerySet[Any]")


class Holds(IContains):
    """`name__holds="über"`: true where the text occurs in the column, written large or small."""

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The condition by `casefold`, which each connection brings along (see `config/databases.py`)."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"instr(casefold({column}), %s) > 0", [*parameters, str(self.rhs).casefold()]


class InByteOrder(Collate):
    """A text compared byte by byte, on both databases: so an index finds what begins with something."""

    def __init__(self, expression: Any) -> None:
        super().__init__(expression, "C")

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        """The comparison by the name that SQLite has for it."""
        return self.as_sql(compiler, connection, collation="BINARY", **context)


# An index knows by its class what stands around an expression and not inside it.
IndexExpression.register_wrappers(*IndexExpression.wrapper_classes, InByteOrder)


class Begins(StartsWith):
    """True where the text begins with a word; found by the index of the very expression that is asked about."""

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The condition as a range, for which SQLite has use of an index; for LIKE it has none."""
        return self._as_range(compiler, connection)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The condition as a range where bytes are compared: so a plan kept for every word uses the index too."""
        if isinstance(self.lhs, InByteOrder):
            return self._as_range(compiler, connection)
        text, parameters = self.as_sql(compiler, connection)
        return text, list(parameters)

    def _as_range(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        text, parameters = self.process_lhs(compiler, connection)
        word = str(self.rhs)
        return f"({text} >= %s AND {text} < %s)", [*parameters, word, *parameters, word + LAST_CHARACTER]


Field.register_lookup(Holds, LOOKUP)
UUIDField.register_lookup(UUIDIContains, LOOKUP)


class Fingerprint(Aggregate):
    """A number for the values of all rows, in whatever order: another one once a single letter is another.

    So one row of an answer says whether texts are still those that were read before. It is to be compared within one
    process only: databases and processes count in their own ways. None or 0 where there are no rows.
    """

    function = "fingerprint"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        """The sum of a hash of each row's values, set apart by a character that no text has."""
        summed = "SUM(HASHTEXTEXTENDED(CONCAT(%(expressions)s), 0))"
        return self.as_sql(compiler, connection, template=summed, arg_joiner=", CHR(31), ", **context)


def with_words(
    rows: Rows, text: str, columns: Iterable[str], *, or_where: Callable[[str], Exists] | None = None
) -> Rows:
    """The rows in which every word of the text (of the first eight) occurs in one of the columns.

    `or_where` says by which other condition a word may be found.
    """
    searched = [holding(column) for column in columns]
    for word in text.split()[:MOST_WORDS]:
        found: Any = functools.reduce(operator.or_, (Q(**{column: word}) for column in searched))
        rows = rows.filter(found | or_where(word) if or_where else found)
    return rows


def holding(column: str) -> str:
    """The condition by which a column is searched."""
    return f"{column}__{LOOKUP}"


def by_beginning(column: str) -> InByteOrder:
    """What an index must be about for `beginning_with` to find texts of this column by it."""
    return InByteOrder(Lower(column))


def beginning_with(rows: Rows, text: str, columns: Iterable[str], lower_columns: Iterable[str] = ()) -> Rows:
    """The rows in which each word of the text (of the first eight) begins one of the columns.

    Found by their indexes (`by_beginning`), however many rows there are; `lower_columns` hold small letters only, and
    are found by an index of their own. SQLite makes small only the letters from a to z: other letters are looked for
    as they were typed, large, small, and small after a large one.
    """
    for word in text.split()[:MOST_WORDS]:
        ranges = (begins for begins, _text in _ranges(word, columns, lower_columns))
        rows = rows.filter(functools.reduce(operator.or_, map(Q, ranges)))
    return rows


def some_beginning_with(
    rows: Rows, text: str, columns: Iterable[str], lower_columns: Iterable[str] = (), *, most: int
) -> list[Any]:
    """As many of the rows of `beginning_with` as are asked for, in no order that means anything.

    Each index is read from where the word begins, and no further than that many rows: so a letter with which
    everybody begins costs no more than a rare one. One query for each column, and for each way to write its letters.
    """
    words = sorted(text.split()[:MOST_WORDS], key=len)
    if not words:
        return []
    # The longest word leaves the fewest rows for the others to be looked for in.
    others = beginning_with(rows, " ".join(words[:-1]), columns, lower_columns)
    found: dict[Any, Any] = {}
    for begins, order in _ranges(words[-1], columns, lower_columns):
        if len(found) < most:
            some = others.filter(begins).order_by(*order)[:most]
            found |= {row.pk: row for row in some}
    return list(found.values())[:most]


def _ranges(
    word: str, columns: Iterable[str], lower_columns: Iterable[str]
) -> Iterator[tuple[Begins, list[InByteOrder]]]:
    """The stretch of each index in which the word may begin, with the order in which that index is read."""
    written = {_small(each) for each in (word, word.lower(), word.upper(), word.capitalize())}
    for text in map(by_beginning, columns):
        yield from ((Begins(text, each), [text]) for each in sorted(written))
    # Their index has another order than their text.
    yield from ((Begins(F(column), word.lower()), []) for column in lower_columns)


def _small(word: str) -> str:
    """The word with the letters from A to Z made small."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in word)
