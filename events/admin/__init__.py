"""The organizer's desk: events, places, passes, people."""

from events.admin.events import EventAdmin
from events.admin.passes import PassAdmin
from events.admin.people import ContactAdmin, UserAdmin
from events.admin.places import BuildingAdmin, LayoutAdmin, RoomAdmin

__all__ = [
    "BuildingAdmin",
    "ContactAdmin",
    "EventAdmin",
    "LayoutAdmin",
    "PassAdmin",
    "RoomAdmin",
    "UserAdmin",
]
