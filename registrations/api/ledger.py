"""The ledger of one registrant: what happened to their seats, when, by whom and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from rest_framework import serializers
from rest_framework.generics import get_object_or_404

from events.api.filters import ApiFilterSet, NumberFilter
from events.api.filters import ChoiceFilter as OneOf
from events.api.serializers import ApiSerializer
from events.api.views import ApiViewSet
from registrations.models import Activity, EventRegistration


class LedgerLineSerializer(ApiSerializer):
    """One movement of a seat, or one decision about it; never changed, never deleted."""

    id = serializers.IntegerField()
    seq = serializers.IntegerField(
        allow_null=True,
        help_text="Its number in the feed and in messages; null for the moment until it has one.",
    )
    at = serializers.DateTimeField()
    verb = serializers.ChoiceField(choices=Activity.Verb.choices)
    detail = serializers.CharField(source="get_verb_display", help_text="The same in words.")
    event_id = serializers.IntegerField()
    session_id = serializers.IntegerField(allow_null=True, help_text="null: the event itself.")
    by = serializers.CharField(
        source="actor", help_text="Attendee, a member of staff's address, another system's name, or Seatwise."
    )
    reason = serializers.CharField()
    seats_taken = serializers.IntegerField(source="taken_change", help_text="By how many this changed them.")
    seats_held = serializers.IntegerField(source="held_change", help_text="By how many this changed them.")
    waiting = serializers.IntegerField(source="waiting_change", help_text="By how many this changed them.")


class LedgerFilters(ApiFilterSet):
    """Narrow a ledger."""

    session_id = NumberFilter(field_name="session_id")
    verb = OneOf(choices=Activity.Verb.choices)

    class Meta:
        model = Activity
        fields: list[str] = []


class LedgerViewSet(ApiViewSet):
    """The lines of one registrant at their event, the first one first."""

    http_method_names = ["get", "head"]
    # Read by the description of the API alone.
    queryset = Activity.objects.none()
    serializer_class = LedgerLineSerializer
    filterset_class = LedgerFilters
    sort_fields = {"id": "id", "at": "at"}
    has_changes = True

    def rows(self) -> QuerySet[Activity]:
        """The lines of the registrant in the address, who has to be at an event that the client sees."""
        mine = EventRegistration.objects.filter(event__in=self.events.values("pk"))
        registration = get_object_or_404(mine, pk=self.kwargs["registrant_id"])
        rows = Activity.objects.filter(event_id=registration.event_id, contact_id=registration.contact_id)
        return rows.annotate(seq=F("feed_entry__seq")).order_by("id")

    def changed_since(self, rows: QuerySet[Any], since: datetime) -> QuerySet[Any]:
        """The lines written since then."""
        return rows.filter(at__gte=since)
