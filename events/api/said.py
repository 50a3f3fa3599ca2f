"""How a record is said: put together once for each choice of fields, and used for every row of every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from rest_framework import serializers

# Clients choose fields as they like; what is seldom chosen is put together again.
MOST_KEPT = 256

Say = Callable[[Any], Any]


def instant(moment: datetime | None) -> str | None:
    """A moment as UTC: 2026-11-20T09:00:00Z."""
    if moment is None:
        return None
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return f"{moment.isoformat()[:-6]}Z"


class Shape:
    """The names of a record's fields in their order, and how each is said of a row.

    A field is read from the row and written for JSON; one that a method of the serializer says is said by it.
    """

    def __init__(self, fields: Mapping[str, Any]) -> None:
        shown = {name: field for name, field in fields.items() if not field.write_only}
        self._names = tuple(shown)
        self._writes: list[tuple[int, Say]] = []
        self._own: list[tuple[int, Say]] = []
        self._methods: list[tuple[int, str]] = []
        paths = [self._path(number, field) for number, field in enumerate(shown.values())]
        # Of one name alone it would answer with its value.
        self._read = attrgetter(*paths, "__class__")

    def _path(self, number: int, field: Any) -> str:
        """Where the field is read, after noting how it is written; its own class where it is not read like others."""
        if isinstance(field, serializers.SerializerMethodField):
            self._methods.append((number, str(field.method_name)))
            return "__class__"
        path = ".".join(field.source_attrs)
        if type(field).get_attribute is not serializers.Field.get_attribute:
            self._own.append((number, field.get_attribute))
            path = "__class__"
        elif field.source_attrs[-1].startswith("get_"):
            # A method of the row, such as Django's own for the words of a choice.
            self._own.append((number, _called(attrgetter(path))))
            path = "__class__"
        write = _WRITTEN.get(type(field), field.to_representation)
        if write is not None:
            self._writes.append((number, write))
        return path

    def of(self, serializer: Any) -> Say:
        """How this serializer says one row: a record as JSON has it."""
        names, read, writes = self._names, self._read, self._writes
        own = [*self._own, *((number, getattr(serializer, name)) for number, name in self._methods)]

        def say(row: Any) -> dict[str, Any]:
            values = list(read(row))
            for number, get in own:
                values[number] = get(row)
            for number, write in writes:
                value = values[number]
                if value is not None:
                    values[number] = write(value)
            return dict(zip(names, values, strict=False))

        return say


@lru_cache(MOST_KEPT)
def shape_of(kind: type, fields: frozenset[str] | None, expand: tuple[str, ...]) -> Shape:
    """The shape of this serializer's records with these fields, None for all, and what is expanded."""
    return Shape(kind(context={"fields": fields, "expand": expand}).fields)


def _called(read: Say) -> Say:
    return lambda row: read(row)()


def _as_they_are(kinds: Iterable[type]) -> dict[type, Say | None]:
    return dict.fromkeys(kinds)


# How values of these kinds are written: columns hold what the fields say, but for what JSON has no word for.
_WRITTEN: dict[type, Say | None] = {
    **_as_they_are([serializers.IntegerField, serializers.BooleanField]),
    **dict.fromkeys(
        [serializers.CharField, serializers.EmailField, serializers.UUIDField, serializers.ChoiceField], str
    ),
    serializers.DateTimeField: instant,
}


def written(kind: type, write: Say | None) -> None:
    """Let fields of this kind be written so; None: as they are."""
    _WRITTEN[kind] = write
