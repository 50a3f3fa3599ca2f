"""`custom_fields` of a session: kept verbatim, as long as it is what the contract says."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.api.tolerance import read_json
from sessions_app.models.custom_fields import (
    LONGEST_LABEL,
    LONGEST_TEXT,
    MOST_CHOICES,
    MOST_FIELDS,
    is_text,
)

_TEXT = {"type": "string", "maxLength": LONGEST_TEXT}
_CHOICES = {
    "type": "array",
    "maxItems": MOST_CHOICES,
    "items": {
        "type": "object",
        "properties": {"id": {"type": "integer"}},
        "required": ["id"],
        "additionalProperties": False,
    },
}


@extend_schema_field({"type": "object", "additionalProperties": {"oneOf": [_TEXT, _CHOICES]}})
class CustomFieldsField(serializers.Field):
    """A flat object of texts, or of lists of `{"id"}`. In a form it comes as JSON."""

    default_error_messages = {
        "invalid": _(
            "Give an object whose values are texts, or lists of objects with an id and nothing else."
        ),
    }

    def get_value(self, dictionary: Any) -> Any:
        """The value that was sent: in JSON an object, in a form its JSON or its parts."""
        if not isinstance(dictionary, QueryDict):
            return dictionary.get("custom_fields", serializers.empty)
        if "custom_fields" not in dictionary:
            return serializers.empty
        return read_json(str(dictionary["custom_fields"]))

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict) or len(data) > MOST_FIELDS:
            self.fail("invalid")
        for name, value in data.items():
            is_choice = isinstance(value, list) and len(value) <= MOST_CHOICES and all(map(_is_choice, value))
            if not is_text(name, LONGEST_LABEL) or not (is_text(value, LONGEST_TEXT) or is_choice):
                self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


def _is_choice(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"id"}:
        return False
    number = value["id"]
    is_number = isinstance(number, int) and not isinstance(number, bool) and abs(number) < 2**63
    return is_number or is_text(number, LONGEST_LABEL)
