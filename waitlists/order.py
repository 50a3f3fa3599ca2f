"""The order in which a line is served, said once: for the ORM, and as text for fixed statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q


@dataclass
class Order:
    """Some columns of a waitlist item by which one stands before another; a "-" before each turns the line round.

    All go one way, so that a database compares whole rows by one index. The first one is the key, by which
    stretches of a line are counted: that is quick where nearly every row has another, as with a moment. The
    moment, wherever it stands, changes when staff move somebody. The last one is unique.
    """

    columns: tuple[str, ...]
    moment: str = "joined_at"

    @property
    def fields(self) -> list[str]:
        """The order as the ORM takes it."""
        return list(self.columns)

    @property
    def names(self) -> list[str]:
        """The columns alone, for an index, which is read from either end."""
        return [column.removeprefix("-") for column in self.columns]

    @property
    def key(self) -> str:
        """The first column."""
        return self.names[0]

    @property
    def is_descending(self) -> bool:
        """True where the largest stands first."""
        directions = {column.startswith("-") for column in self.columns}
        assert len(directions) == 1, f"{self.columns} go both ways"
        return directions.pop()

    @property
    def step(self) -> timedelta:
        """By so much the moment of one right behind another differs from it."""
        return timedelta(microseconds=-1 if self.is_descending else 1)

    # As text. `alias` is the row's, with its dot.

    def by(self, alias: str = "") -> str:
        """The order from the head of the line, for ORDER BY."""
        way = "DESC" if self.is_descending else "ASC"
        return ", ".join(f"{alias}{name} {way}" for name in self.names)

    def from_the_end(self, alias: str = "") -> str:
        """The order from the end of the line, for ORDER BY."""
        way = "ASC" if self.is_descending else "DESC"
        return ", ".join(f"{alias}{name} {way}" for name in self.names)

    @property
    def ahead(self) -> str:
        """What stands between two rows, or their keys, of which the left one is served earlier."""
        return ">" if self.is_descending else "<"

    @property
    def not_ahead(self) -> str:
        """What stands between two keys of which the left one is served no earlier."""
        return "<=" if self.is_descending else ">="

    def row(self, alias: str) -> str:
        """The row's columns, to be compared with another's."""
        return f"({', '.join(f'{alias}{name}' for name in self.names)})"

    # For the ORM.

    def put_before(self, mine: Any, other: Any) -> list[str]:
        """Give `mine` the place right before `other`, unsaved; return the columns to be saved.

        It is a place there only once nobody else stands between the two.
        """
        until = self.names.index(self.moment)
        for name in self.names[:until]:
            setattr(mine, name, getattr(other, name))
        setattr(mine, self.moment, getattr(other, self.moment) - self.step)
        return self.names[: until + 1]

    def is_ahead_of(self, item: Any) -> Q:
        """The condition that a row stands before `item`."""
        lookup, found, same = "gt" if self.is_descending else "lt", Q(pk__in=[]), Q()
        for name in self.names:
            found |= same & Q(**{f"{name}__{lookup}": getattr(item, name)})
            same &= Q(**{name: getattr(item, name)})
        return found


LINE = Order(("joined_at", "id"))
