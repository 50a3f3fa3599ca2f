"""`custom_fields` of a session: kept verbatim, as long as it is what the contract says."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.api.tolerance import read_json
from sessions_app.models.custom_fields import (
    LONGEST_TEXT,
    MOST_CHOICES,
    are_custom_fields,
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
        if not are_custom_fields(data):
            self.fail("invalid")
        return dict(data)

    def to_representation(self, value: Any) -> Any:
        return value
