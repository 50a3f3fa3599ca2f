"""`/locations`: rooms with their building and layouts. Organizers share them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.filters import ApiFilterSet, NumberFilter
from events.api.mirrored import MirroredViewSet
from events.api.saving import hold, save_checked
from events.api.searching import Moment, Number, Text
from events.api.serializers import ApiSerializer, IdField, NumberField, TextField
from events.errors import Invalid, NotPermitted
from events.models import MAXIMUM_CAPACITY, Building, Event, Layout, Room
from sessions_app.models import Session

SEATS = {"min_value": 0, "max_value": MAXIMUM_CAPACITY, "required": False, "allow_null": True}


class BuildingSerializer(ApiSerializer):
    """The building a room is in."""

    id = IdField(required=False)
    name = TextField(max_length=120, required=True)
    address = TextField(required=False)
    capacity = NumberField(**SEATS)


class LayoutSerializer(ApiSerializer):
    """One way of seating the room: with an id an existing one, without an id a new one."""

    id = IdField(required=False)
    name = TextField(max_length=120, required=True)
    capacity = NumberField(**SEATS)


class LocationSerializer(ApiSerializer):
    """One room. Its building is named by `building_id`, or described in `building`."""

    id = serializers.IntegerField(read_only=True)
    name = TextField(max_length=120, required=True)
    building_id = IdField(required=False)
    building = BuildingSerializer(required=False)
    capacity = NumberField(**SEATS)
    directions = TextField(max_length=200, required=False)
    layouts = LayoutSerializer(many=True, required=False)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class LocationFilters(ApiFilterSet):
    """Rooms by building and size."""

    building_id = NumberFilter()
    capacity__gte = NumberFilter(field_name="capacity", lookup_expr="gte")
    capacity__lte = NumberFilter(field_name="capacity", lookup_expr="lte")


class LocationViewSet(MirroredViewSet):
    """Rooms, all of them: places are shared. Where somebody else's event is, a limited client only looks."""

    model = Room
    serializer_class = LocationSerializer
    filterset_class = LocationFilters
    search_fields = ["name", "building__name"]
    searchable = {
        **{name: Number(name) for name in ("id", "building_id", "capacity")},
        "name": Text("name"),
        **{name: Moment(name) for name in ("created_at", "updated_at")},
    }
    sort_fields = {
        "id": "id",
        "name": "name",
        "capacity": "capacity",
        "building": "building__name",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }

    def rows(self) -> QuerySet[Room]:
        """Every room."""
        return Room.objects.select_related("building").prefetch_related("layouts")

    def changed_since(self, rows: QuerySet[Room], since: datetime) -> QuerySet[Room]:
        """The rooms whose record changed: the room itself, its building, a layout."""
        layouts = Layout.objects.filter(room=OuterRef("pk"), updated_at__gte=since)
        changed = Q(updated_at__gte=since) | Q(building__updated_at__gte=since)
        return rows.filter(changed | Exists(layouts))

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a room, with its building where that is new."""
        values = self.read(LocationSerializer)
        if not {"building", "building_id"} & set(values):
            raise Invalid(fields={"building_id": [_("Name the building, or describe it in “building”.")]})
        return self.record(self._save(Room(), values), 201)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the room's named fields; the rest stays. Layouts that are not named stay too."""
        room = self.get_object()
        self._check_shared(room)
        return self.record(self._save(room, self.read(LocationSerializer, partial=True)))

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the room's named fields; the rest stays."""
        return self.update(request)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a room, for good, in which nothing is or was; else 409 `in_use`. Lists show a tombstone."""
        room = self.get_object()
        self._check_shared(room)
        with transaction.atomic():
            self.actor.ask_condition()
            room.layouts.all().delete()
            room.delete()
        return Response(status=204)

    def _check_shared(self, room: Room) -> None:
        """Raises NotPermitted where an event that this client does not see uses the room."""
        if self.limited_to is None:
            return
        here = Q(room=room) | Q(layout__room=room)
        foreign = Event.objects.not_archived().exclude(pk__in=self.limited_to)
        sessions = Session.objects.not_archived().filter(event__in=foreign)
        if foreign.filter(here).exists() or sessions.filter(here).exists():
            raise NotPermitted(_("Somebody else's event is in this room, so this client only looks."))

    def _save(self, room: Room, values: dict[str, Any]) -> int:
        layouts = values.pop("layouts", [])
        with transaction.atomic():
            self.actor.ask_condition()
            if {"building", "building_id"} & set(values):
                described, building_id = values.pop("building", None), values.pop("building_id", None)
                values["building_id"] = _building(described, building_id).pk
            if hold(room, values):
                save_checked(room)
            for number, layout in enumerate(layouts):
                _save_layout(room, layout, number)
        return room.pk


def _building(described: dict[str, Any] | None, building_id: int | None) -> Building:
    """The building that is meant; one that is described and not there yet is made. None is ever changed here."""
    named = (described or {}).get("id") or building_id
    if described and building_id and described.get("id", building_id) != building_id:
        raise Invalid(fields={"building_id": [_("“building” says another one.")]})
    if named:
        found = Building.objects.filter(pk=named).first()
        if found is None:
            raise Invalid(fields={"building_id": [_("There is no such building.")]})
        return found
    if not described or "name" not in described:
        raise Invalid(fields={"building.name": [_("Name the building.")]})
    found = Building.objects.filter(name=described["name"]).order_by("pk").first()
    if found is None:
        found = Building(**described)
        save_checked(found)
    return found


def _save_layout(room: Room, values: dict[str, Any], number: int) -> None:
    given = values.pop("id", None)
    layout = Layout(room=room) if given is None else Layout.objects.filter(room=room, pk=given).first()
    if layout is None:
        raise Invalid(fields={f"layouts.{number}.id": [_("This room has no such layout.")]})
    if hold(layout, values):
        save_checked(layout)
