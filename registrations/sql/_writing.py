"""Statements that write: all rows of one model in one statement, whatever their number."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from operator import itemgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState
from django.utils import timezone

from registrations.sql._reading import ids_value

M = TypeVar("M", bound=models.Model)

# The fewest parameters that both databases take in one statement.
MOST_PARAMETERS = 30_000
# More rows than these go quicker by columns.
MANY = 3


def new_row(model: type[M], **values: Any) -> M:
    """Return a new row of the model with these columns' values, to be written by `insert`.

    As `model(**values)`, by columns and in a fifth of the time: nobody listens to its making, nothing is derived.
    """
    constants, fresh = _defaults_of(model)
    row = model.__new__(model)
    row._state = ModelState()
    fields = row.__dict__
    fields.update(constants)
    for name, default in fresh:
        if name not in values:
            fields[name] = default()
    fields.update(values)
    return row


@cache
def _defaults_of(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """The defaults of a new row's columns: values alike for all rows, and values made anew for each."""
    fields = model._meta.concrete_fields
    fresh = [field for field in fields if callable(field.default) and field.has_default()]
    constants = {field.attname: field.get_default() for field in fields if field not in fresh}
    return {**constants, "id": None}, [(field.attname, field.default) for field in fresh]


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows, all of one model, in as few statements as may be; afterwards they have their ids."""
    if not rows:
        return
    plan = plan_of(type(rows[0]), connection.vendor)
    most = MOST_PARAMETERS // len(plan.names)
    for begin in range(0, len(rows), most):
        _insert(plan, rows[begin : begin + most])


def _insert(plan: Plan, rows: Sequence[models.Model]) -> None:
    written = _in_columns if len(rows) > MANY and connection.vendor == "postgresql" else _in_rows
    text, parameters = written(plan, [plan.parameters(row) for row in rows])
    with connection.cursor() as cursor:
        cursor.execute(f"{text} RETURNING id", parameters)
        # Sorted, since no database promises the order of RETURNING; both number the rows as they are given.
        ids = sorted(found for (found,) in cursor.fetchall())
    for row, pk in zip(rows, ids, strict=True):
        is_written(row, pk)


def _in_rows(plan: Plan, rows: list[list[Any]]) -> tuple[str, list[Any]]:
    return f"{plan.insert} {', '.join([plan.placeholders] * len(rows))}", [
        each for row in rows for each in row
    ]


def _in_columns(plan: Plan, rows: list[list[Any]]) -> tuple[str, list[Any]]:
    """One parameter a column instead of one a value: the driver takes longer over thousands than the server."""
    wanted, told, arrays, constants = [], [], [], []
    for name, kind, column in zip(plan.names, plan.kinds, map(list, zip(*rows, strict=True)), strict=True):
        if column.count(column[0]) == len(column):
            wanted.append(f"%s::{kind}")
            constants.append(column[0])
        else:
            wanted.append(f'each."{name}"')
            told.append((name, f"%s::{kind}[]"))
            arrays.append(_array(column))
    if not arrays:
        return _in_rows(plan, rows)
    # In quotes: a column may be called as a word of SQL.
    names, values = ", ".join(f'"{name}"' for name, _value in told), ", ".join(value for _name, value in told)
    source = f"SELECT {', '.join(wanted)} FROM unnest({values}) AS each({names})"  # nosec B608 # names are ours
    return f"{plan.insert.removesuffix(' VALUES')} {source}", [*constants, *arrays]


def _array(column: list[Any]) -> Any:
    """The column as one value: whole numbers in the server's own notation, the driver asks each for its kind."""
    is_plain = all(type(each) is int for each in column)
    return ids_value(column) if is_plain else column


def insert_if_missing(row: models.Model, unique: str) -> bool:
    """Write the row unless another has its value of `unique`; True when it was written, and has its id."""
    plan = plan_of(type(row), connection.vendor)
    text = f"{plan.insert} {plan.placeholders} ON CONFLICT ({unique}) DO NOTHING RETURNING id"
    with connection.cursor() as cursor:
        cursor.execute(text, plan.parameters(row))
        found = cursor.fetchone()
    if found is None:
        return False
    is_written(row, found[0])
    return True


def is_written(row: models.Model, pk: int) -> None:
    """Let the row in memory know that it is stored under this id."""
    row.__dict__["id"] = pk
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


class Plan:
    """The plan by which one model's rows are written."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
        self.insert = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES'
        self.placeholders = f"({', '.join(['%s'] * len(fields))})"
        self.names = [field.attname for field in fields]
        self.read = itemgetter(*self.names)
        self.converted = [
            (index, convert) for index, field in enumerate(fields) if (convert := _converter(field))
        ]
        self.kinds = [_kind_of(field) for field in fields]
        self.constants, _fresh = _defaults_of(model)
        self.literals = {
            name: f"{_LITERALS[self.constants[name]]}::{kind}"
            for name, kind in zip(self.names, self.kinds, strict=True)
            if self.constants.get(name, self) in _LITERALS
        }

    def parameters(self, row: models.Model) -> list[Any]:
        """The row's values as the database takes them."""
        values = list(self.read(row.__dict__))
        for index, convert in self.converted:
            values[index] = convert(values[index])
        return values


# How a default is written in a statement's text; 0 and False are one key, and either is right for both.
_LITERALS = {None: "NULL", "": "''", 0: "0"}


@cache
def plan_of(model: type[models.Model], vendor: str) -> Plan:
    """Return the plan by which the model's rows are written, made once."""
    return Plan(model)


def _kind_of(field: models.Field[Any, Any]) -> str:
    """The column's type, for a value whose type the database cannot guess; a cast to varchar(n) would cut it."""
    kind = field.db_type(connection) or ""
    return "text" if kind.startswith("varchar") else kind


def _converter(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """The conversion that the driver needs of the field's value; None where it takes the value as it is."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return lambda _value: _prepared(field, timezone.now())
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.DecimalField):
        # A default may be a whole number; the driver takes no column of both.
        return partial(_prepared, field)
    if connection.vendor == "postgresql" or not isinstance(field, (models.DateTimeField, models.UUIDField)):
        return None
    # The rows of one transaction name few moments, thousands of times.
    return lru_cache(maxsize=64)(partial(_prepared, field))


def _json(value: Any) -> str | None:
    # Mostly there is nothing to keep; even of that the encoder makes a function of its own.
    return "{}" if value == {} else None if value is None else json.dumps(value)


def _prepared(field: models.Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connection)
