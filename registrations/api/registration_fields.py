"""`/registration-fields`: what an event asks whoever registers. To be read only; organizers write them on the desk."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from events.api.filters import ApiFilterSet, NumberFilter
from events.api.searching import Flag, Number, Text, Word
from events.api.serializers import ApiSerializer
from events.api.views import ApiViewSet
from events.models import CustomRegistrationField


class RegistrationFieldSerializer(ApiSerializer):
    """One question of an event."""

    id = serializers.IntegerField()
    event_id = serializers.IntegerField()
    key = serializers.SerializerMethodField(help_text="Its name in `custom_fields` of a registrant.")
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=CustomRegistrationField.Kind.choices, source="kind")
    choices = serializers.ListField(child=serializers.CharField(), source="choice_list")
    required = serializers.BooleanField(  # type: ignore[assignment]
        source="is_required", help_text="Of whoever registers on the website."
    )

    def get_key(self, row: Any) -> str:
        """The key under which answers are sent and read."""
        return f"c_{row.pk}"


class RegistrationFieldFilters(ApiFilterSet):
    """Questions of one event."""

    event_id = NumberFilter()


class RegistrationFieldViewSet(ApiViewSet):
    """The questions of the events this client sees, in the order in which they are asked."""

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
        """The questions that the client may see."""
        return CustomRegistrationField.objects.filter(event__in=self.events)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The questions as they are asked, unless another order is wanted."""
        rows = super().filter_queryset(queryset)
        is_plain = self.action == "list" and "sort" not in self.request.query_params
        return rows.order_by("event_id", "position", "id") if is_plain else rows
