"""Search by words, the same at every door: API, desk and website find people and sessions by it.

Upper and lower case are one in every script, on both databases; SQLite by itself knows that of the letters a to z only.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db.models import Exists, Field, Q, QuerySet, UUIDField
from django.db.models.lookups import IContains, UUIDIContains

MOST_WORDS = 8
LOOKUP = "holds"
Rows = TypeVar("Rows", bound="QuerySet[Any]")


class Holds(IContains):
    """`name__holds="über"`: true where the text occurs in the column, written large or small."""

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The condition by `casefold`, which each connection brings along (see `config/databases.py`)."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"instr(casefold({column}), %s) > 0", [*parameters, str(self.rhs).casefold()]


Field.register_lookup(Holds, LOOKUP)
UUIDField.register_lookup(UUIDIContains, LOOKUP)


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
