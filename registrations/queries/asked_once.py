"""Questions put into SQL once: to do that anew takes Django many times as long as most databases take to answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet

Rows = QuerySet[Any, Any]
# Stands in the text for the event that is asked about; no row has such a number.
_SOME_EVENT = -1_029_384_756


@dataclass(frozen=True)
class Within:
    """What a question is about: one event, or all."""

    event_id: int | None

    def narrow(self, rows: Rows, path: str = "event") -> Rows:
        """Return those rows that belong to the event, all when it is about all events."""
        return rows if self.event_id is None else rows.filter(**{path: self.event_id})


@dataclass(frozen=True)
class Question:
    """One question about one event or all; `ask` is called once for each of the two, and names plain values.

    The rows are as the database gives them: numbers and texts, no dates and no True or False.
    """

    ask: Callable[[Within], Rows]
    texts: dict[tuple[str, bool], tuple[str, tuple[Any, ...]]] = field(default_factory=dict, compare=False)

    def rows(self, event_id: int | None) -> list[tuple[Any, ...]]:
        """Return the answer, about that event or about all."""
        text, values = self._text(is_of_one=event_id is not None)
        with connection.cursor() as cursor:
            cursor.execute(text, [event_id if value == _SOME_EVENT else value for value in values])
            return cursor.fetchall()

    def _text(self, *, is_of_one: bool) -> tuple[str, tuple[Any, ...]]:
        key = (connection.vendor, is_of_one)
        if key not in self.texts:
            asked = self.ask(Within(_SOME_EVENT if is_of_one else None))
            self.texts[key] = asked.query.get_compiler(connection=connection).as_sql()
        return self.texts[key]
