"""Statements that read: a SELECT put together once, over several models, answering with their instances."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache, partial
from itertools import accumulate
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.base import ModelState

from waitlists.models import WaitlistItem

OPEN = ", ".join(f"'{status}'" for status in WaitlistItem.OPEN)

# Whether the holder of the registration `r` waits for anything at its event. Mostly not: then it need not be read.
IN_LINE = f"""EXISTS (
    SELECT 1 FROM waitlists_waitlistitem w
    WHERE w.contact_id = r.contact_id AND w.event_id = r.event_id AND w.status IN ({OPEN})
)"""  # nosec B608 # ours


class Shape:
    """Some columns of one model, and how an instance is made of them."""

    def __init__(self, model: type[models.Model], alias: str, only: str) -> None:
        wanted = {"id", *only.split()}
        fields = [each for each in model._meta.concrete_fields if not only or each.name in wanted]
        assert not only or len(fields) == len(wanted), wanted
        self.model, self.names = model, [field.attname for field in fields]
        assert fields[0].primary_key, f"{model} must begin with its id"
        self.columns = ", ".join(
            f"{alias}.{connection.ops.quote_name(str(field.column))}" for field in fields
        )
        self.converted = [(field.attname, convert) for field in fields for convert in _converters(field)]

    def read(self, values: Sequence[Any]) -> Any:
        """Return the instance, as `Model.from_db` makes it but in a fifth of the time: nobody listens to its making.

        Columns that were not read are read when somebody asks for them.
        """
        instance = self.model.__new__(self.model)
        instance._state = state = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        fields = instance.__dict__
        fields.update(zip(self.names, values, strict=True))
        for name, convert in self.converted:
            fields[name] = convert(fields[name])
        return instance


def _converters(field: models.Field[Any, Any]) -> list[Callable[[Any], Any]]:
    """The converters of the driver's value into the field's, as the ORM does it."""
    column = field.get_col(field.model._meta.db_table)
    found = [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]
    return [partial(_convert, one, column) for one in found]


def _convert(converter: Callable[..., Any], column: Any, value: Any) -> Any:
    return converter(value, column, connection)


class Statement:
    """One SELECT over several models (or an UPDATE that `returns`), answering with rows of their instances.

    Each alias of `text` stands for a model, or for some fields of one; others are read when somebody asks for them.
    `besides` are columns of none of them, whose values each row ends with.
    """

    def __init__(
        self,
        text: str,
        *,
        returns: bool = False,
        besides: Sequence[str] = (),
        **shapes: type[models.Model] | tuple[type[models.Model], str],
    ) -> None:
        named = {alias: each if isinstance(each, tuple) else (each, "") for alias, each in shapes.items()}
        read = [Shape(model, alias, only) for alias, (model, only) in named.items()]
        ends = list(accumulate(len(shape.names) for shape in read))
        self.parts = list(zip([0, *ends], ends, read, strict=False))
        self.end = ends[-1]
        columns = ", ".join([*(shape.columns for shape in read), *besides])
        self.text = f"{text} RETURNING {columns}" if returns else f"SELECT {columns} {text}"

    def rows(self, parameters: Sequence[Any], using: str = DEFAULT_DB_ALIAS) -> list[list[Any]]:
        """Return one list per row: an instance for each alias, None where an outer join found nothing.

        What stands in several rows is one instance.
        """
        found = self.found(parameters, using)
        known: dict[tuple[int, Any], Any] = {(begin, None): None for begin, _end, _shape in self.parts}
        return [self._read(row, known) for row in found]

    def found(self, parameters: Sequence[Any], using: str = DEFAULT_DB_ALIAS) -> list[tuple[Any, ...]]:
        """Return the rows as the driver gives them."""
        with connections[using].cursor() as cursor:
            cursor.execute(self.text, parameters)
            return cursor.fetchall()

    def _read(self, row: Sequence[Any], known: dict[tuple[int, Any], Any]) -> list[Any]:
        instances: list[Any] = []
        for begin, end, shape in self.parts:
            key = (begin, row[begin])
            if key not in known:
                known[key] = shape.read(row[begin:end])
            instances.append(known[key])
        instances += row[self.end :]
        return instances


def copied(row: models.Model) -> Any:
    """Return another instance of the same row, as `copy.copy` does in ten times the time."""
    other = type(row).__new__(type(row))
    other.__dict__.update(row.__dict__)
    other._state = ModelState()
    other._state.adding, other._state.db = False, DEFAULT_DB_ALIAS
    return other


@cache
def is_postgresql() -> bool:
    """True on PostgreSQL. A process has one kind of database; Django's `connection` looks for its own each time."""
    return connection.vendor == "postgresql"


def key_of(identity: uuid.UUID) -> uuid.UUID | str:
    """The identity as the database keeps it."""
    return identity if is_postgresql() else identity.hex


def attach(row: models.Model, **related: models.Model | None) -> None:
    """Let the row carry these instances, whose ids it has; an assignment would ask a dozen questions for each."""
    row._state.fields_cache.update(related)


def among(column: str, kind: str = "bigint") -> str:
    """The condition that the column has one of many ids, given as one value: the text is the same for any number."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::{kind}[])"
    return f"{column} IN (SELECT value FROM json_each(%s))"  # nosec B608 # names are ours


def these(column: str, *, is_one: bool) -> str:
    """The condition that the column has one of some ids; a single one is looked up, many are joined with the rest.

    For any number the planner supposes ten, and read all the event's sessions to join them with one person's seats.
    """
    return f"{column} = %s" if is_one else among(column)


def these_value(ids: Collection[int]) -> int | str:
    """The value for `these`."""
    return next(iter(ids)) if len(ids) == 1 else ids_value(ids)


def ids_value(ids: Iterable[int]) -> str:
    """The value for `among`."""
    begin, end = "{}" if connection.vendor == "postgresql" else "[]"
    return f"{begin}{','.join(map(str, ids))}{end}"


def keys_value(identities: Iterable[uuid.UUID]) -> str:
    """The value for `among` identities."""
    if connection.vendor == "postgresql":
        return f"{{{','.join(map(str, identities))}}}"
    return json.dumps([key_of(identity) for identity in identities])
