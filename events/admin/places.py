"""Buildings, rooms in them, layouts of rooms; and the choice of them in other forms."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from events.admin.answers import HonestAdmin
from events.admin.scope import NamedInline
from events.forms.fields import PlaceSelect
from events.models import Building, Event, Layout, Room
from events.roles import sees_every_event
from sessions_app.models import Session


class LocatedAdmin(admin.ModelAdmin):
    """A ModelAdmin whose building, room and layout follow each other."""

    PLACES: ClassVar[dict[str, Any]] = {
        "building": Building.objects.order_by("name"),
        "room": Room.objects.select_related("building").order_by("building__name", "name"),
        "layout": Layout.objects.select_related("room__building").order_by(
            "room__building__name", "room__name", "name"
        ),
    }

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.PLACES:
            kwargs.update(queryset=self.PLACES[db_field.name].all(), widget=PlaceSelect(db_field.name))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    # For those who may only look: these fields of the form are none of the model's

    @admin.display(description=_("maximum capacity"))
    def capacity(self, obj: Any) -> str:
        """How many may come."""
        return "–" if obj.seats.capacity is None else str(obj.seats.capacity)

    @admin.display(description=_("hard limit"))
    def hard_limit(self, obj: Any) -> str:
        """How many may be in at most, past capacity too."""
        return "–" if obj.seats.hard_limit is None else str(obj.seats.hard_limit)


class RoomInline(NamedInline, admin.TabularInline):
    """The rooms of a building."""

    model = Room
    extra = 0
    show_change_link = True
    verbose_name_plural = _("Rooms")


class LayoutInline(NamedInline, admin.TabularInline):
    """The layouts of a room."""

    model = Layout
    extra = 0
    verbose_name_plural = _("Layouts")


class PlaceAdmin(HonestAdmin):
    """A place, which many organizers share: where somebody else's event is, one only looks.

    `used_as` are the ways from an event or a session to the place.
    """

    used_as: ClassVar[tuple[str, ...]]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not self._is_used_by_others(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not self._is_used_by_others(request.user, obj))

    def _is_used_by_others(self, user: Any, place: Any) -> bool:
        if sees_every_event(user):
            return False
        mine = Event.objects.visible_to(user).values("pk")
        here = reduce(or_, (Q(**{lookup: place}) for lookup in self.used_as))
        sessions = Session.objects.not_archived().exclude(event__in=mine)
        events = Event.objects.not_archived().exclude(pk__in=mine)
        return events.filter(here).exists() or sessions.filter(here).exists()


@admin.register(Building)
class BuildingAdmin(PlaceAdmin):
    """A building with its rooms."""

    used_as = ("building", "room__building", "layout__room__building")

    list_display = ["name", "address", "capacity"]
    search_fields = ["name", "address", "rooms__name"]
    inlines = [RoomInline]


@admin.register(Room)
class RoomAdmin(PlaceAdmin):
    """A room with its layouts."""

    used_as = ("room", "layout__room")

    list_display = ["name", "building", "capacity", "directions"]
    list_filter = ["building"]
    list_select_related = ["building"]
    search_fields = ["name", "building__name"]
    inlines = [LayoutInline]


@admin.register(Layout)
class LayoutAdmin(PlaceAdmin):
    """One way of seating a room; kept off the index, reached from its room."""

    used_as = ("layout",)

    list_display = ["name", "room", "capacity"]
    list_select_related = ["room__building"]
    search_fields = ["name", "room__name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Sessions that are in the layout are in its room."""
        return ["room"] if obj else []

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False
