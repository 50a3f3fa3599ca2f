"""Queries that the ORM puts together once: asked again with other values, their text is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from registrations.sql._reading import ids_value

# In the place of what is different each time. No row has such an id, no event such a moment.
_ID, _AT = -9_007_199, datetime(1000, 2, 3, 4, 5, 6, 7, tzinfo=UTC)


class KeptQuery:
    """A query of values for some ids at some moment, as `make(ids, at)` puts it together; `ids` stand after `__in`."""

    def __init__(self, make: Callable[[Any, datetime], QuerySet[Any, Any]], vendor: str) -> None:
        text = "SELECT unnest(%s::bigint[])" if vendor == "postgresql" else "SELECT value FROM json_each(%s)"
        ids = ids_value([_ID])
        compiler = make(RawSQL(text, [ids]), _AT).query.get_compiler(connection=connection)  # nosec B611 # ours
        self._text, values = compiler.as_sql()
        self._values = list(values)
        moment = connection.ops.adapt_datetimefield_value(_AT)
        self._ids = [number for number, value in enumerate(values) if value == ids]
        self._moments = [number for number, value in enumerate(values) if value == moment]
        assert self._ids, "the query asks for no ids"
        assert compiler.select is not None
        expressions = [expression for expression, _sql, _alias in compiler.select]
        self._converted = [
            (number, partial(_convert, expression, converters))
            for number, (converters, expression) in compiler.get_converters(expressions).items()
        ]

    def rows(self, ids: Iterable[int], at: datetime) -> list[Sequence[Any]]:
        """The rows of these ids, with the values in the order in which the query names them."""
        values = list(self._values)
        for number in self._ids:
            values[number] = ids_value(ids)
        for number in self._moments:
            values[number] = connection.ops.adapt_datetimefield_value(at)
        with connection.cursor() as cursor:
            cursor.execute(self._text, values)
            found = cursor.fetchall()
        return [self._read(row) for row in found] if self._converted else found

    def _read(self, row: Sequence[Any]) -> Sequence[Any]:
        read = list(row)
        for number, convert in self._converted:
            read[number] = convert(read[number])
        return read


def _convert(expression: Any, converters: Sequence[Callable[..., Any]], value: Any) -> Any:
    for each in converters:
        value = each(value, expression, connection)
    return value
