"""Models of floor 0: events, places, people, passes, seat counts, clients."""

from events.models.answers import IdempotencyKey
from events.models.clients import ApiClient
from events.models.contacts import Contact, CustomRegistrationField, normalise_email
from events.models.events import (
    LARGEST_BADGE_MM,
    MOST_PEOPLE_IN_ONE_GO,
    MOST_STANDBY_MINUTES,
    SMALLEST_BADGE_MM,
    Event,
)
from events.models.heartbeats import WorkerHeartbeat
from events.models.mirrored import Mirrored, Tombstone
from events.models.passes import Pass
from events.models.pictures import Picture, PictureFile, SharedPicture
from events.models.places import Building, Layout, Located, Room
from events.models.sales import Sale
from events.models.seats import MAXIMUM_CAPACITY, SeatCount
from events.models.shown import ShownRevision
from events.models.sources import Source
from events.models.sponsors import Sponsor
from events.models.teams import EventTeamMember
from events.models.users import User

__all__ = [
    "LARGEST_BADGE_MM",
    "MAXIMUM_CAPACITY",
    "MOST_PEOPLE_IN_ONE_GO",
    "MOST_STANDBY_MINUTES",
    "SMALLEST_BADGE_MM",
    "ApiClient",
    "Building",
    "Contact",
    "CustomRegistrationField",
    "Event",
    "EventTeamMember",
    "IdempotencyKey",
    "Layout",
    "Located",
    "Mirrored",
    "Pass",
    "Picture",
    "PictureFile",
    "Room",
    "Sale",
    "SeatCount",
    "SharedPicture",
    "ShownRevision",
    "Source",
    "Sponsor",
    "Tombstone",
    "User",
    "WorkerHeartbeat",
    "normalise_email",
]
