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
from events.api.saving import event_to_write, hold, save_checked
from events.api.searching import Address, Moment, Number, Text
from events.api.serializers import ApiSerializer, IdField, NumberField, TextField
from events.models import Tombstone
from sessions_app.api.speaker_names import columns_of
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


class SpeakerNameField(TextField):
    """One part of a speaker's name: the first (0) or the last (1)."""

    def __init__(self, part: int) -> None:
        super().__init__(max_length=100, required=False)
        self.part = part

    def get_attribute(self, instance: Any) -> str:
        """The part as it is read."""
        return instance.names[self.part]


class BiographyField(TextField):
    """The biography by the word that other systems have for it."""

    def get_attribute(self, instance: Any) -> str:
        """The biography."""
        return instance.biography


class SpeakerSerializer(ApiSerializer):
    """One person who speaks at sessions of an event."""

    id = serializers.IntegerField(read_only=True)
    event_id = IdField()
    name = TextField(
        max_length=200,
        required=False,
        help_text="In one; or give `first_name`, `last_name`. One name is enough.",
    )
    first_name = SpeakerNameField(0)
    last_name = SpeakerNameField(1)
    email = TextField(max_length=254, required=False, help_text="Not shown on the website.")
    company = TextField(max_length=200, required=False)
    job_title = TextField(max_length=200, required=False)
    biography = TextField(required=False, help_text="Markdown.")
    bio = BiographyField(required=False, help_text="The same as biography.")
    links = TextField(
        required=False,
        help_text="One in a line: what it is called, then its address, which begins with https://. At most ten.",
    )
    position = NumberField(
        min_value=0,
        max_value=32767,
        required=False,
        allow_null=True,
        help_text="Those with a number come first on the event's page; null: after them, by name.",
    )
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
        row = self.get_object()
        with transaction.atomic():
            self.actor.ask_condition()
            row.delete()
        return Response(status=204)

    def columns_of(self, row: Any, values: dict[str, Any]) -> dict[str, Any]:
        """The columns that the request's values mean. Raises Invalid."""
        return values

    def _save(self, row: Any, values: dict[str, Any]) -> int:
        with transaction.atomic():
            self.actor.ask_condition()
            if hold(row, self.columns_of(row, values)):
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
    search_fields = ["name", "company"]
    searchable = {
        **ProgrammeViewSet.searchable,
        "email": Address("email"),
        **{name: Text(name) for name in ("company", "job_title")},
    }

    def columns_of(self, row: Speaker, values: dict[str, Any]) -> dict[str, Any]:
        """The columns that are meant, by whichever words. Raises Invalid."""
        return columns_of(row, values)
