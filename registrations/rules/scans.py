"""Scans as phones at doors send them, and what each of them is answered."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Event
from registrations.models import DoorScan, EventRegistration
from registrations.rules.check_ins import BEFORE_THE_EVENT, CLOCKS_DIFFER, LATEST
from sessions_app.models import Session

MOST_AT_ONCE = 500
# Less than this is the way through the network, not the clock.
NO_OTHER_CLOCK = timedelta(seconds=5)
Kind = DoorScan.Kind
Look = DoorScan.Look


class Answer(TextChoices):
    """What a door answers to one scan; what the rules refuse has the refusal's own code."""

    ADMITTED = "admitted", _("Admitted")
    ALREADY_IN = "already_in", _("Already in")
    NOT_REGISTERED = "not_registered", _("Not registered here")
    ANOTHER_SESSION = "another_session", _("Expected in another session now")
    CANCELLED = "cancelled", pgettext_lazy("registration", "Cancelled")
    STANDBY = "standby", _("Waits in line")
    UNKNOWN_CODE = "unknown_code", _("Nobody has this code")
    ANOTHER_EVENT = "another_event", _("Belongs to another event")
    NOT_LIVE = "not_live", _("This was cancelled: there is no door to pass")
    FULL_HOUSE = "full_house", _("Everybody who fits is inside")
    NOT_NEXT_IN_LINE = "not_next_in_line", _("Somebody else is next in line")
    STANDBY_NOT_OPEN = "standby_not_open", _("No seat is given at this door now")
    CONFLICT = "conflict", _("Has a seat elsewhere at this time")
    HARD_LIMIT = "hard_limit", _("The room's hard limit is reached")
    OUT = "out", _("Left")
    NOT_INSIDE = "not_inside", _("Was not inside")
    UNDONE = "undone", _("Taken back")
    NOT_UNDONE = "not_undone", _("There is nothing to take back")
    TURNED_AWAY = "turned_away", _("Was sent away, but may come in")
    NOT_THIS_DOOR = "not_this_door", _("This phone does not stand at that door")
    UNREADABLE = "unreadable", _("This scan cannot be read")


# Why somebody of the desk should look at a person whom a phone let in although the door says this.
LOOK_AT: dict[str, Look] = {
    Answer.CANCELLED: Look.LET_IN_CANCELLED,
    Answer.NOT_REGISTERED: Look.LET_IN_NOT_REGISTERED,
    Answer.ANOTHER_SESSION: Look.LET_IN_ANOTHER_SESSION,
    Answer.NOT_LIVE: Look.LET_IN_NOT_LIVE,
    Answer.UNKNOWN_CODE: Look.LET_IN_UNKNOWN,
    Answer.ANOTHER_EVENT: Look.LET_IN_UNKNOWN,
    Answer.NOT_THIS_DOOR: Look.LET_IN_ELSEWHERE,
    Answer.STANDBY: Look.LET_IN_NOT_REGISTERED,
}


@dataclass(frozen=True)
class Scan:
    """One scan as a phone tells it: of whom, at which door (None: the event's), and what its screen said.

    `scanned_at` is by the phone's clock. `of` names the scan that an undo takes back.
    """

    nonce: uuid.UUID
    scanned_at: datetime
    kind: Kind = Kind.IN
    door: uuid.UUID | None = None
    code: str = ""
    registration: uuid.UUID | None = None
    of: uuid.UUID | None = None
    offline: bool = False
    admitted: bool = False
    override: bool = False
    reason: str = ""
    standby: bool = False
    # Who stands before them in line, was called, and did not answer.
    not_here: tuple[uuid.UUID, ...] = ()


@dataclass
class Verdict:
    """What one scan is answered: since when and where, or in which sessions, the person is said to be instead."""

    nonce: uuid.UUID
    outcome: str
    registration: EventRegistration | None = None
    since: datetime | None = None
    session: Session | None = None
    elsewhere: list[Session] = field(default_factory=list)
    # What a refusal that is not the door's own says.
    said: str = ""
    to_look_at: str = ""


def moment_of(scanned_at: datetime, ahead: timedelta, event: Event, at: datetime) -> tuple[datetime, bool]:
    """Return when something was scanned, told at `at` by a clock that is so far ahead, and whether it cannot be known.

    A time that cannot be, in the future or long before the event, gives way to that of the telling.
    """
    try:
        moment = scanned_at if abs(ahead) < NO_OTHER_CLOCK else scanned_at - ahead
    except OverflowError:
        return at, True
    earliest = min(event.starts_at - BEFORE_THE_EVENT, at - LATEST)
    if not earliest <= moment <= at + CLOCKS_DIFFER:
        return at, True
    return min(moment, at), False
