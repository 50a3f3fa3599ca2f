"""Places: buildings, rooms in them, layouts of rooms."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.mirrored import Mirrored
from events.models.names import TitleField
from events.models.seats import MAXIMUM_CAPACITY


class Place(Mirrored):
    """The base of building, room and layout: a name and how many people fit."""

    name = TitleField(_("name"), max_length=120)
    capacity = models.PositiveIntegerField(
        _("capacity"), null=True, blank=True, validators=[MaxValueValidator(MAXIMUM_CAPACITY)]
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Building(Place):
    """One building that can hold events."""

    address = models.TextField(_("address"), blank=True)
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text=_("Such as 51.9225. With both, the event's page links to a map."),
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("building")
        verbose_name_plural = _("buildings")

    @property
    def map_url(self) -> str:
        """Where OpenStreetMap shows it; empty where nobody said where it lies."""
        if self.latitude is None or self.longitude is None:
            return ""
        at = f"{self.latitude:f}/{self.longitude:f}"
        return f"https://www.openstreetmap.org/?mlat={self.latitude:f}&mlon={self.longitude:f}#map=17/{at}"


class Room(Place):
    """One room of a building."""

    building = models.ForeignKey(
        Building, on_delete=models.PROTECT, related_name="rooms", verbose_name=_("building")
    )
    directions = models.CharField(_("how to get there"), max_length=200, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints = [
            models.UniqueConstraint(fields=["building", "name"], name="room_name_once_per_building")
        ]


class Layout(Place):
    """One way of seating a room, such as rows or tables."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="layouts", verbose_name=_("room"))

    class Meta:
        ordering = ["name"]
        verbose_name = _("layout")
        verbose_name_plural = _("layouts")
        constraints = [models.UniqueConstraint(fields=["room", "name"], name="layout_name_once_per_room")]

    def shown_in(self) -> list[models.QuerySet[Any]]:
        """The room's record names its layouts."""
        return [Room.objects.filter(pk=self.room_id)]


class Located(models.Model):
    """Something that happens in a building, perhaps in a room of it, perhaps in a layout of that."""

    building = models.ForeignKey(
        Building,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("building"),
    )
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("room")
    )
    layout = models.ForeignKey(
        Layout, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("layout")
    )

    class Meta:
        abstract = True

    @property
    def most_specific_place(self) -> Building | Room | Layout | None:
        """The layout, else the room, else the building."""
        return self.layout or self.room or self.building

    def location_capacity(self) -> int | None:
        """Capacity of the most specific location that has one."""
        for place in (self.layout, self.room, self.building):
            if place is not None and place.capacity is not None:
                return place.capacity
        return None
