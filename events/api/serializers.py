"""Records as they are written and read: strict about shapes and names, silent about rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from functools import cache, cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.api import tolerance
from events.api.said import instant, shape_of, written
from events.models import MAXIMUM_CAPACITY

LARGEST = 2**63 - 1


class TextField(serializers.CharField):
    """Text, and nothing that only could be made text."""

    default_error_messages = {"no_text": gettext_lazy("Give a text.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"trim_whitespace": True, "allow_blank": not kwargs.get("required", False), **kwargs}
        )

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("no_text")
        return super().to_internal_value(data)


class NumberField(serializers.IntegerField):
    """A whole number; in a form it comes as its digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": -LARGEST, "max_value": LARGEST, **kwargs})

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float):
            self.fail("invalid")
        return super().to_internal_value(data)


class CapacityField(NumberField):
    """A whole number of seats; null while nobody has said how many. An empty text says nothing at all."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": MAXIMUM_CAPACITY, "allow_null": True, **kwargs})

    def get_value(self, dictionary: Any) -> Any:
        """The value that was sent; a blank box was not."""
        blank = dictionary.get(self.field_name) == ""
        return serializers.empty if blank else super().get_value(dictionary)


class IdField(NumberField):
    """The number of another row; whether there is one is looked up where the row is written."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, **kwargs})


class FlagField(serializers.Field):
    """0 or 1 out; 0, 1, true, false or the same as text in."""

    default_empty_html = serializers.empty
    default_error_messages = {"invalid": gettext_lazy("Give 1 or 0.")}
    # Browsers send a box as 0 from a hidden field, and 1 behind it where it is ticked: the last one counts.
    is_flag = True

    def to_internal_value(self, data: Any) -> bool:
        if isinstance(data, str) and data.lower() in {"0", "1", "true", "false"}:
            return data.lower() in {"1", "true"}
        if isinstance(data, bool) or (isinstance(data, int) and data in (0, 1)):
            return bool(data)
        return self.fail("invalid")

    def to_representation(self, value: Any) -> int:
        return int(bool(value))


# JSON Schema's own format "time" has an offset, which clocks do not show.
@extend_schema_field(
    {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", "example": "10:00:00"}
)
class ClockField(serializers.TimeField):
    """A time as clocks show it, without a zone: 10:00:00."""

    def to_internal_value(self, value: Any) -> time:
        if not (isinstance(value, str) and re.fullmatch(r"\d\d:\d\d(:\d\d)?", value, re.ASCII)):
            self.fail("invalid", format="hh:mm:ss")
        return super().to_internal_value(value)


class DayField(serializers.DateField):
    """A day: 2026-11-20."""

    def to_internal_value(self, value: Any) -> Any:
        if not (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII)):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class ApiSerializer(serializers.Serializer):
    """One kind of record. Unknown names are refused; read-only ones are accepted when a record is sent back.

    `fields=` and `expand=` of the request come by the context. `expandable` maps a word of `expand=` to
    (serializer or field class, attribute, is it a list).
    """

    expandable: ClassVar[dict[str, tuple[Any, str, bool]]] = {}
    # Names that answers carry beside the record; accepted when one is sent back.
    also_sent: ClassVar[frozenset[str]] = frozenset()
    # Names that an answer has only where there is something to say; all others are always there.
    may_lack: ClassVar[frozenset[str]] = frozenset()
    # Names of what changes without the record being changed, such as counters: no part of its version.
    moved_by_others: ClassVar[frozenset[str]] = frozenset()

    def get_fields(self) -> dict[str, Any]:
        """The fields asked for; when something is written, all."""
        fields = super().get_fields()
        if "data_is_written" in self.context:
            return fields
        if not self._is_top:
            return fields
        for word in self.context.get("expand", ()):
            kind, attribute, is_many = self.expandable[word]
            # A field that is named like its source must not repeat it.
            source = None if attribute == word else attribute
            fields[word] = kind(source=source, read_only=True, **({"many": True} if is_many else {}))
        wanted = self.context.get("fields")
        return {name: field for name, field in fields.items() if name in wanted} if wanted else fields

    @property
    def _is_top(self) -> bool:
        """True for the record itself, False for one inside another."""
        parent = self.parent
        return parent is None or (isinstance(parent, serializers.ListSerializer) and parent.parent is None)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError(_("Send an object."))
        data = tolerance.understood(data, self.fields)
        unknown = {
            name: [_("There is no such field.")]
            for name in tolerance.unknown_names(data, self.fields)
            if name not in self.also_sent
        }
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**unknown, **dict(error.detail)}) from error  # type: ignore[arg-type]
        if unknown:
            raise serializers.ValidationError(unknown)
        return values

    def to_representation(self, instance: Any) -> Any:
        """The record; of a deleted row only that it was deleted, and when."""
        deleted_at = getattr(instance, "archived_at", None)
        if deleted_at is not None:
            return {"id": instance.pk, "deleted": True, "deleted_at": instant(deleted_at)}
        return self._say(instance)

    @cached_property
    def _say(self) -> Callable[[Any], Any]:
        """How this serializer says a row; put together once for all serializers with these fields."""
        asked = self.context if self._is_top else {}
        wanted, expand = asked.get("fields"), asked.get("expand", ())
        return shape_of(type(self), frozenset(wanted) if wanted else None, tuple(expand)).of(self)


@cache
def read_by(kind: type[serializers.Serializer]) -> serializers.Serializer:
    """The serializer by which bodies of this kind are checked: it keeps nothing of them, so one does for all."""
    return kind(context={"data_is_written": True})


class TombstoneSerializer(serializers.Serializer):
    """A deleted row, as lists with `updated_since` show it."""

    id = serializers.IntegerField()
    deleted = serializers.BooleanField()
    deleted_at = serializers.DateTimeField()


for each in (NumberField, CapacityField, IdField):
    written(each, None)
written(TextField, str)
written(FlagField, int)
written(DayField, date.isoformat)
written(ClockField, time.isoformat)
