"""Buildings, rooms in them, layouts of rooms; and the choice of them in other forms."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from events.admin.answers import HonestAdmin
from events.forms.fields import PlaceSelect
from events.models import Building, Layout, Room


class LocatedAdmin(admin.ModelAdmin):
    """A ModelAdmin whose building, room and layout follow each other (requirements C4)."""

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


class RoomInline(admin.TabularInline):
    """The rooms of a building."""

    model = Room
    extra = 0
    show_change_link = True
    verbose_name_plural = _("Rooms")


class LayoutInline(admin.TabularInline):
    """The layouts of a room."""

    model = Layout
    extra = 0
    verbose_name_plural = _("Layouts")


@admin.register(Building)
class BuildingAdmin(HonestAdmin):
    """A building with its rooms."""

    list_display = ["name", "address", "capacity"]
    search_fields = ["name", "address", "rooms__name"]
    inlines = [RoomInline]


@admin.register(Room)
class RoomAdmin(HonestAdmin):
    """A room with its layouts."""

    list_display = ["name", "building", "capacity", "directions"]
    list_filter = ["building"]
    list_select_related = ["building"]
    search_fields = ["name", "building__name"]
    inlines = [LayoutInline]


@admin.register(Layout)
class LayoutAdmin(HonestAdmin):
    """One way of seating a room; kept off the index, reached from its room."""

    list_display = ["name", "room", "capacity"]
    list_select_related = ["room__building"]
    search_fields = ["name", "room__name"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False
