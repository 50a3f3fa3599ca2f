"""The people whom a door may see, each with what the door answers: all of them, or who changed since then."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from events.models import Event
from events.models.seats import MAXIMUM_CAPACITY
from registrations import rules
from registrations.models import (
    AttendeePass,
    CheckIn,
    EventRegistration,
    FeedEntry,
    SessionRegistration,
)
from registrations.queries.standby import Standby, house_of, standby_at
from registrations.rules.scans import Answer
from registrations.rules.standby import refusals_of_house
from sessions_app.models import Session

# More changes than this are told as a whole list.
MOST_CHANGES = 2_000
_WITHOUT_A_SEAT = {Answer.NOT_REGISTERED, Answer.ANOTHER_SESSION}
_PLACE = re.compile(r"([0-9]{1,18})\.([0-9a-f]{16})")
Row = list[Any]


@dataclass(frozen=True)
class Door:
    """One door with all that is the same for everybody who comes to it, as it is now."""

    event: Event
    session: Session | None
    # The sessions that take place while this one does.
    beside: dict[int, Session]
    # Up to which number of the feed the list is true.
    number: int
    standby: Standby | None
    # Who is inside, where seats of absent people are given away now.
    house: rules.House | None

    @classmethod
    def of(cls, event: Event, session: Session | None, at: datetime) -> Door:
        """Return the door; asked before the people, so that nothing is missed between two lists."""
        newest = FeedEntry.objects.filter(event=event).aggregate(newest=Max("seq"))["newest"] or 0
        standby = house = None
        if session is not None:
            session.event = event
            standby = standby_at(session, at)
            house = house_of(session) if standby.is_open else None
        return cls(event, session, _beside(session), newest, standby, house)

    @property
    def facts(self) -> str:
        """A digest of what changes everybody's answer, when it changes."""
        event, session = self.event, self.session
        parts = [event.pk, event.cancelled_at, event.archived_at, event.name]
        for each in (session, *self.beside.values()) if session else ():
            parts += [each.pk, each.name, each.starts_at, each.ends_at, each.room_id, each.building_id]
        if session:
            parts += [session.validate_registrants, session.cancelled_at, session.archived_at]
            parts.append(any(refusals_of_house(session, self.house)))
        return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()

    @property
    def place(self) -> str:
        """The text that stands for this place in the list."""
        return f"{self.number}.{self.facts}"


@dataclass(frozen=True)
class Roster:
    """People at a door, all of them or those who changed, and the ids of who is nobody any more."""

    is_whole: bool
    people: list[Row]
    gone: list[str] = field(default_factory=list)


def roster_of(door: Door, since: str = "") -> Roster:
    """Return the people of this door's event as rows of id, code, name, answer, and what is said beside.

    With `since`, the place of an earlier list, only those whose answer may have changed; all, where everybody's may.
    In as few queries for 10,000 people as for one.
    """
    changed = _changed(door, since)
    people = EventRegistration.objects.filter(event=door.event)
    if changed is not None:
        if not changed:
            return Roster(is_whole=False, people=[])
        people = people.filter(contact__in=changed)
    gone = people.exclude(contact__erased_at=None) if changed is not None else people.none()
    return Roster(
        changed is None,
        _rows(door, people.filter(contact__erased_at=None), changed),
        [str(each) for each in gone.values_list("uuid", flat=True)],
    )


def standby_said(door: Door, at: datetime) -> dict[str, Any]:
    """Return from when on seats of absent people are free at this door, how many, and who waits for them in order."""
    now = door.standby
    if now is None or now.open_from is None or not (now.is_open or now.open_from > at):
        return {"open_from": None, "free": 0, "line": []}
    free = MAXIMUM_CAPACITY if now.free is None else now.free
    line = [str(one.registration.uuid) for one in now.line if not one.is_kept_back]
    return {"open_from": now.open_from, "free": free, "line": line}


def counts_at(event: Event, session: Session | None) -> dict[str, int | None]:
    """Return how many are in at this door, how many are still expected there, and how many fit."""
    entries = CheckIn.objects.standing().filter(event=event, session=session)
    came = Exists(entries.filter(event_registration=OuterRef("pk")))
    if session is None:
        expected = EventRegistration.objects.confirmed().filter(~came, event=event).count()
        seats = event.seats
    else:
        came = Exists(entries.filter(event_registration=OuterRef("event_registration")))
        expected = SessionRegistration.objects.active().filter(~came, session=session).count()
        seats = session.seats
    return {"in": entries.inside().count(), "expected": expected, "capacity": seats.capacity}


def _beside(session: Session | None) -> dict[int, Session]:
    if session is None or session.starts_at is None or session.ends_at is None:
        return {}
    rows = Session.objects.filter(
        event=session.event_id, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at
    )
    return {
        each.pk: each
        for each in rows.exclude(pk=session.pk).select_related("room", "building").order_by("pk")
    }


def _changed(door: Door, since: str) -> set[int] | None:
    """The contacts of whom something was recorded since then; None where nobody can say who changed."""
    found = _PLACE.fullmatch(since)
    if found is None or found[2] != door.facts or int(found[1]) > door.number:
        return None
    lines = FeedEntry.objects.filter(event=door.event, seq__gt=int(found[1]), seq__lte=door.number)
    contacts = list(lines.values_list("activity__contact", flat=True)[: MOST_CHANGES + 1])
    return None if len(contacts) > MOST_CHANGES else {each for each in contacts if each}


def _rows(door: Door, people: QuerySet[EventRegistration], changed: Collection[int] | None) -> list[Row]:
    of_people: dict[str, Any] = {} if changed is None else {"event_registration__contact__in": changed}
    judge = _Judge(door, of_people)
    found = people.order_by("pk").values_list(
        *("pk", "uuid", "door_code", "first_name", "last_name", "status", "cancelled_at", "contact_id"),
        *("contact__first_name", "contact__last_name", "contact__email"),
    )
    people_found = list(found)
    back = {
        contact: (pk, status)
        for pk, _u, _c, _f, _l, status, gone_at, contact, *_ in people_found
        if not gone_at
    }
    rows = []
    for pk, uid, code, first, last, status, cancelled_at, contact, *known in people_found:
        name = f"{first} {last}".strip() or f"{known[0]} {known[1]}".strip() or known[2]
        if cancelled_at and contact in back:
            # The code in the mail from before opens as well: it is the same person.
            said = judge.answer(back[contact][0], contact, back[contact][1], None)
        else:
            said = judge.answer(pk, contact, status, cancelled_at)
        rows.append([str(uid), code or "", name, *said])
    return rows


@dataclass(frozen=True)
class _Somebody:
    """One of many who are alike in all that a door looks at."""

    event: Event
    status: str
    cancelled_at: datetime | None

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None


class _Judge:
    """Asks the one list of rules once for each kind of person: those alike in all that it looks at."""

    def __init__(self, door: Door, of_people: dict[str, Any]) -> None:
        self.door, session = door, door.session
        self.held: dict[int, list[int]] = defaultdict(list)
        self.passes: set[int] = set()
        self.inside: dict[int, datetime] = {}
        self.waiting = {one.registration.pk for one in door.standby.line} if door.standby else set()
        self.known: dict[tuple[Any, ...], str] = {}
        inside = CheckIn.objects.inside().filter(**of_people, event=door.event, session=session)
        self.inside.update(inside.values_list("event_registration", "checked_in_at"))
        if session is None:
            return
        seats = SessionRegistration.objects.active().filter(
            **of_people, session__in=[session.pk, *door.beside]
        )
        for contact, pk in seats.order_by("session").values_list("contact", "session"):
            self.held[contact].append(pk)
        passes = AttendeePass.objects.filter(**of_people, cancelled_at=None, event_pass__sessions=session)
        self.passes.update(passes.values_list("event_registration", flat=True))

    def answer(
        self, pk: int, contact: int, status: str, cancelled_at: datetime | None
    ) -> tuple[str, dict[str, Any] | str | None]:
        """What the door says to this person, and beside it."""
        since = self.inside.get(pk)
        if since is not None:
            session = self.door.session
            where = session.name if session else self.door.event.name
            return str(Answer.ALREADY_IN), {"since": since, "where": where}
        held = tuple(self.held.get(contact, ()))
        kind = (status, held, pk in self.passes)
        if kind not in self.known:
            self.known[kind] = self._decided(status, cancelled_at, held, has_pass=pk in self.passes)
        said = self.known[kind]
        if said in _WITHOUT_A_SEAT and pk in self.waiting:
            return str(Answer.STANDBY), None
        if said == Answer.CANCELLED:
            return said, {"since": cancelled_at}
        return said, self._elsewhere(held) if said == Answer.ANOTHER_SESSION else None

    def _decided(
        self, status: str, cancelled_at: datetime | None, held: tuple[int, ...], *, has_pass: bool
    ) -> str:
        door = self.door
        mine = [door.beside.get(pk, door.session) for pk in held]
        found = rules.refusals_to_enter(
            _Somebody(door.event, status, cancelled_at),
            door.session,
            [session for session in mine if session],
            has_pass_for_it=has_pass,
            house=door.house,
        )
        refused = next(iter(found), None)
        return refused.code if refused else str(Answer.ADMITTED)

    def _elsewhere(self, held: tuple[int, ...]) -> str:
        """Where the person is expected: one session, and its room."""
        session = next(self.door.beside[pk] for pk in held if pk in self.door.beside)
        return ", ".join(filter(None, (session.name, str(session.room or session.building or ""))))
