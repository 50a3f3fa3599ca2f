"""The organizer's desk: events, places, passes, people."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

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

admin.site.site_title = _("Seatwise")
admin.site.site_header = _("Seatwise")
admin.site.index_title = _("Desk")
