"""Tracks and speakers of an event."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.filters import ApiFilterSet, NumberFilter
from events.api.mirrored import MirroredViewSet
from events.api.saving import event_to_write, save_checked
from events.api.searching import Moment, Number, Text
from events.api.serializers import ApiSerializer, IdField, NumberField, TextField
from events.models import Tombstone
from sessions_app.models import SessionTrack, Speaker


class TrackSerializer(ApiSerializer):
    """One thread of an event's programme."""

    id = serializers.IntegerField(read_only=True)
    event_id = IdField()
    name = TextField(max_length=120, required=True)
    colour = TextField(max_length=7, required=False, help_text="Such as #0f766e.")
    description = TextField(required=False)
    position = NumberField(min_value=0, max_value=32767, required=False)
    most_sessions = NumberField(
        min_value=0,
        max_value=32767,
        required=False,
        allow_null=True,
        help_text="For each person; null: no limit.",
    )
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class SpeakerSerializer(ApiSerializer):
    """One person who speaks at sessions of an event."""

    id = serializers.IntegerField(read_only=True)
    event_id = IdField()
    name = TextField(max_length=200, required=True)
    biography = TextField(required=False, help_text="Markdown.")
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class OfEvent(ApiFilterSet):
    """A record that belongs to one event."""

    event_id = NumberFilter()


class ProgrammeViewSet(MirroredViewSet):
    """The base of tracks and speakers, which belong to an event for good."""

    filterset_class = OfEvent
    search_fields = ["name"]
    searchable = {
        **{name: Number(name) for name in ("id", "event_id")},
        "name": Text("name"),
        **{name: Moment(name) for name in ("created_at", "updated_at")},
    }
    sort_fields = {"id": "id", "name": "name", "created_at": "created_at", "updated_at": "updated_at"}

    def rows(self) -> QuerySet[Any]:
        """The rows of the events this client sees."""
        return self.model.objects.filter(event__in=self.events)

    def gone(self, tombstones: QuerySet[Tombstone]) -> QuerySet[Tombstone]:
        """The tombstones of the events this client sees; of what is gone nothing else can be asked."""
        return OfEvent(self.request.query_params, tombstones.filter(event__in=self.events)).qs

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a track or a speaker."""
        values = self.read(self.get_serializer_class())
        row = self.model(event=event_to_write(self.events, values.pop("event_id")))
        return self.record(self._save(row, values), 201)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the named fields; the rest stays."""
        row = self.get_object()
        values = self.read(self.get_serializer_class(), partial=True)
        event_to_write(self.events, values.pop("event_id", row.event_id), row)
        return self.record(self._save(row, values))

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the named fields; the rest stays."""
        return self.update(request)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a track or speaker out of the programme for good; its sessions stay, a tombstone is left in lists."""
        self.get_object().delete()
        return Response(status=204)

    def _save(self, row: Any, values: dict[str, Any]) -> int:
        for name, value in values.items():
            setattr(row, name, value)
        with transaction.atomic():
            save_checked(row)
        return row.pk


class TrackViewSet(ProgrammeViewSet):
    """`/tracks`"""

    model = SessionTrack
    serializer_class = TrackSerializer
    sort_fields = {**ProgrammeViewSet.sort_fields, "position": "position"}


class SpeakerViewSet(ProgrammeViewSet):
    """`/speakers`"""

    model = Speaker
    serializer_class = SpeakerSerializer
