"""Put rows of a listing on paper: badges, or a list by name; those ticked, or all that match its search and filters.

Both need the permission to let people in at that event and no other: door staff print them in the morning, and the
door's own device names the same people to them. As with a file, the ledger keeps who took how many along.
"""

from __future__ import annotations

from typing import ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy

from registrations.admin.verbs import access
from registrations.admin.verbs.base import PanelListing, PanelVerb
from registrations.admin.verbs.doors import MAY_LET_IN


class Printed(PanelVerb):
    """A verb that puts the chosen rows on paper; nothing is changed."""

    # Which paper.
    paper: ClassVar[str]
    permissions = {"event": MAY_LET_IN, "session": MAY_LET_IN}


class Badges(Printed):
    """Badges of the chosen people, each on a page of the event's size."""

    key = paper = "badges"
    label = gettext_lazy("Badges")
    title = gettext_lazy("Print badges")


class DoorList(Printed):
    """The chosen people by name, with a box to tick."""

    key = paper = "door_list"
    label = gettext_lazy("Door list")
    title = gettext_lazy("Print a door list")


class PrintedForAll(Printed):
    """All that match; a link beside the search."""

    carries_list = True

    def url(self, listing: PanelListing) -> str:
        kind = access.kind_of(listing.target)
        return reverse("admin:panel_print", args=[kind, listing.target.pk, listing.key, self.paper])


class BadgesForAll(PrintedForAll, Badges):
    """Badges of all that match."""

    key = "badges_all"


class DoorListForAll(PrintedForAll, DoorList):
    """All that match by name."""

    key = "door_list_all"
