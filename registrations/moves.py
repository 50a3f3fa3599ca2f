"""The consequences of moving or renaming a session, for the people in it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime

from events.models import Contact
from registrations.models import SessionRegistration
from registrations.rules import clashes
from sessions_app.models import Session
from waitlists.models import WaitlistItem


def place_of(session: Session) -> str:
    """“Room 2”, with its building where that is not the event's: “Room 2 · Harbour Hall”; empty where there is none."""
    is_elsewhere = session.building_id != session.event.building_id
    parts = (session.room, session.building if is_elsewhere or not session.room else None)
    return " · ".join(str(part) for part in parts if part)


@dataclass(frozen=True)
class TimeAndPlace:
    """The time, place and name of a session, as its people were told."""

    starts_at: datetime | None
    ends_at: datetime | None
    building_id: int | None
    room_id: int | None
    layout_id: int | None
    name: str
    place: str = ""
    prevents_conflicts: bool = True

    @classmethod
    def of(cls, session: Session) -> TimeAndPlace:
        """Return the time, place and name of a session as it is now."""
        return cls(
            session.starts_at,
            session.ends_at,
            session.building_id,
            session.room_id,
            session.layout_id,
            session.name,
            place_of(session),
            session.prevent_session_conflicts,
        )

    def concerns_people(self, other: TimeAndPlace) -> bool:
        """True when people must be told: another time, place (a layout is none) or name."""
        return self.is_elsewhere(other) or self.name != other.name

    def is_elsewhere(self, other: TimeAndPlace) -> bool:
        """True when the other is at another time or place."""
        mine = (self.starts_at, self.ends_at, self.building_id, self.room_id)
        return mine != (other.starts_at, other.ends_at, other.building_id, other.room_id)

    def clashes_otherwise(self, other: TimeAndPlace) -> bool:
        """True when people in the session may clash now who did not, or no longer do."""
        mine = (self.starts_at, self.ends_at, self.prevents_conflicts)
        return mine != (other.starts_at, other.ends_at, other.prevents_conflicts)

    def applied_to(self, session: Session) -> Session:
        """A copy of the session, unsaved, to which these facts apply as far as clashes go."""
        other = copy.copy(session)
        other.starts_at, other.ends_at = self.starts_at, self.ends_at
        other.prevent_session_conflicts = self.prevents_conflicts
        return other


@dataclass(frozen=True)
class MoveConsequences:
    """The people a move concerns: everybody registered, those who would have a clash, and how many would not fit.

    `in_line` counts those who wait for the session, `invited` those who are offered a seat of it.
    """

    registered: int
    now_clashing: list[Contact]
    room_too_small_by: int
    in_line: int = 0
    invited: int = 0

    @property
    def told(self) -> int:
        """How many people are told of it."""
        return self.registered + self.in_line + self.invited


def consequences_of_move(session: Session, after: TimeAndPlace, capacity: int | None) -> MoveConsequences:
    """Return what saving the session with these facts and this capacity would do, before it is saved."""
    contacts = list(
        Contact.objects.filter(
            session_registrations__session=session, session_registrations__cancelled_at=None
        )
    )
    clashing = new_clashes(session, after, [contact.pk for contact in contacts])
    too_small = 0 if capacity is None else max(0, len(contacts) - capacity)
    items = WaitlistItem.objects.open().filter(session=session)
    invited = items.invited().count()
    return MoveConsequences(
        len(contacts),
        [c for c in contacts if c.pk in clashing],
        too_small,
        in_line=items.count() - invited,
        invited=invited,
    )


def new_clashes(session: Session, after: TimeAndPlace, contact_ids: list[int]) -> dict[int, list[Session]]:
    """The held sessions that would clash with the moved one and did not before, by contact."""
    moved = after.applied_to(session)
    rows = SessionRegistration.objects.active().filter(contact_id__in=contact_ids).exclude(session=session)
    found: dict[int, list[Session]] = {}
    for seat in rows.select_related("session"):
        if clashes(moved, [seat.session]) and not clashes(session, [seat.session]):
            found.setdefault(seat.contact_id, []).append(seat.session)
    return found
