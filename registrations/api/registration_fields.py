"""What an event asks whoever registers: question by question, and as a JSON Schema of the body that registers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.filters import ApiFilterSet, NumberFilter
from events.api.searching import Flag, Number, Text, Word
from events.api.serializers import ApiSerializer
from events.api.views import ApiView, ApiViewSet
from events.languages import codes
from events.models import CustomRegistrationField, Event
from registrations.api.requests import LONGEST_REASON, MOST_SESSIONS
from registrations.forms import LONG, SHORT

Kind = CustomRegistrationField.Kind
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: dict[str, dict[str, Any]] = {
    Kind.TEXT: {"type": "string", "maxLength": SHORT},
    Kind.LONG_TEXT: {"type": "string", "maxLength": LONG},
    Kind.YES_NO: {"type": "boolean"},
    Kind.SINGLE: {"type": "string"},
    Kind.MULTIPLE: {"type": "array", "uniqueItems": True},
    Kind.NUMBER: {"type": "number"},
    Kind.DATE: {"type": "string", "format": "date"},
}
_NAME = {"type": "string", "maxLength": 100}
_DETAILS = {
    name: {"type": "string", "maxLength": most}
    for name, most in (("company", 200), ("job_title", 200), ("phone", 50))
}


class RegistrationFieldSerializer(ApiSerializer):
    """One question that an event asks; `key` is its name in `custom_fields` of a registrant."""

    id = serializers.IntegerField()
    event_id = serializers.IntegerField()
    key = serializers.SerializerMethodField(help_text="`c_<id>`: its name in `custom_fields`.")
    label = serializers.CharField()  # type: ignore[assignment]
    help = serializers.CharField(source="help_text")
    type = serializers.ChoiceField(Kind.choices, source="kind")
    choices = serializers.ListField(child=serializers.CharField(), source="choice_list")
    required = serializers.BooleanField(  # type: ignore[assignment]
        source="is_required", help_text="On the website; other systems may leave it unanswered."
    )
    position = serializers.IntegerField()

    def get_key(self, row: CustomRegistrationField) -> str:
        """The question's name in `custom_fields`."""
        return key_of(row)


class RegistrationFieldFilters(ApiFilterSet):
    """Questions by event."""

    event_id = NumberFilter()


class RegistrationFieldViewSet(ApiViewSet):
    """To be read only: questions are written on the desk, where their answers are seen."""

    http_method_names = ["get", "head"]
    serializer_class = RegistrationFieldSerializer
    filterset_class = RegistrationFieldFilters
    search_fields = ["label"]
    searchable = {
        **{name: Number(name) for name in ("id", "event_id")},
        "label": Text("label"),
        "type": Word("kind", CustomRegistrationField.Kind.values),
        "required": Flag("is_required"),
    }
    sort_fields = {"id": "id", "position": "position", "label": "label"}

    def rows(self) -> QuerySet[CustomRegistrationField]:
        """The questions of the events that the client sees."""
        return CustomRegistrationField.objects.filter(event__in=self.events)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The questions in the order in which they are asked, unless another order is asked for."""
        rows = super().filter_queryset(queryset)
        is_as_asked = self.action == "list" and "sort" not in self.request.query_params
        return rows.order_by("event_id", "position", "id") if is_as_asked else rows


class RegistrationSchema(serializers.Serializer):
    """A JSON Schema (draft 2020-12) of the body that registers somebody at one event."""

    says_more = True

    type = serializers.CharField()
    title = serializers.CharField()
    properties = serializers.DictField()
    required = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]


class RegistrationSchemaView(ApiView):
    """One event's own form of POST /registrants."""

    def get(self, request: Request, id: int) -> Response:
        """A JSON Schema of what may be sent to register somebody at this event."""
        return Response(schema_of(get_object_or_404(self.events, pk=id)))


def key_of(question: CustomRegistrationField) -> str:
    """The question's name in `custom_fields`."""
    return f"c_{question.pk}"


def schema_of(event: Event) -> dict[str, Any]:
    """Return the JSON Schema of the body that registers somebody at this event: what it accepts, the API accepts."""
    questions = list(event.custom_registration_fields.all())
    passes = list(event.passes.offered().order_by("position", "id").values_list("id", flat=True))
    answers = {key_of(question): _schema_of(question) for question in questions}
    properties = {
        "event_id": {"const": event.pk},
        "email": {"type": "string", "format": "email", "maxLength": 254},
        "first_name": _NAME,
        "last_name": _NAME,
        **_DETAILS,
        "language": {"enum": ["", *codes()]},
        "session_ids": {
            "type": "array",
            "items": {"type": "integer", "minimum": 1},
            "maxItems": MOST_SESSIONS,
        },
        "custom_fields": {"type": "object", "properties": answers, "additionalProperties": False},
    }
    if passes:
        properties["pass_id"] = {"enum": [*passes, None]}
        properties["complimentary_reason"] = {"type": "string", "maxLength": LONGEST_REASON}
    named = [
        {"required": [name], "properties": {name: {"minLength": 1}}} for name in ("first_name", "last_name")
    ]
    return {
        "$schema": DIALECT,
        "title": event.name,
        "type": "object",
        "properties": properties,
        "required": ["event_id", "email"],
        "anyOf": named,
    }


def _schema_of(question: CustomRegistrationField) -> dict[str, Any]:
    said = {"title": question.label, **_TYPES[question.kind]}
    if question.help_text:
        said["description"] = question.help_text
    if question.kind == Kind.SINGLE:
        said["enum"] = question.choice_list
    if question.kind == Kind.MULTIPLE:
        said["items"] = {"type": "string", "enum": question.choice_list}
    return said
