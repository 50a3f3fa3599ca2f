"""One world in which one reason to refuse is true, and every door through which Bob may try to come to a seat."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from events.actors import IMPORT, Actor
from events.errors import Refusal
from events.models import Event, SeatCount
from registrations.actions import (
    accept_invitation,
    add_to_session,
    admit_standby,
    check_in,
    join_waitlist,
    register_from_waitlist,
    settle,
    submit_agenda,
    swap,
)
from registrations.actions.lines.on_hold import decide_wishes
from registrations.models import EventRegistration, SessionRegistration
from registrations.rules.doors import Why
from registrations.rules.outcomes import Mode
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.api.conftest import Api, make_api_client, make_token
from tests.engine.acts import contact_of, person
from tests.factories import EventFactory, PassFactory, SessionFactory, SessionTrackFactory, UserFactory
from waitlists.models import WaitlistItem

_number = itertools.count(1)
GIVEN, WAITS, PASSED_OVER, NO_SEAT = "given", "waits", "passed over", "no seat"


@dataclass
class World:
    """Bob is registered and has a seat in `mine`; `wanted` has two seats, and is what he wants."""

    event: Event
    mine: Session
    wanted: Session
    registration: EventRegistration
    bob: Attendee
    spare: Session | None = None

    @classmethod
    def new(cls) -> World:
        """One world of its own."""
        event = EventFactory(passes_with_agenda=True)
        mine, wanted = SessionFactory(event=event), SessionFactory(event=event, capacity=2)
        offered = PassFactory(event=event, capacity=None)
        offered.sessions.set([mine, wanted])
        bob = person(f"Bob{next(_number)}")
        result = submit_agenda(event, bob, [mine], event_pass=offered)
        assert result.registration is not None
        return cls(event, mine, wanted, result.registration, bob)

    def bob_waits(self, status: str) -> WaitlistItem:
        """Let Bob stand in the line of the wanted session: waiting, invited, or with a wish on hold."""
        SeatCount.objects.filter(pk=self.wanted.seats_id).update(capacity=0)
        asks = status == WaitlistItem.Status.INVITED
        Session.objects.filter(pk=self.wanted.pk).update(own_auto_register_waitlisted=not asks)
        item = join_waitlist(self.fresh(), self.bob)
        SeatCount.objects.filter(pk=self.wanted.seats_id).update(capacity=2)
        if asks:
            settle([self.wanted.seats_id])
        elif status == WaitlistItem.Status.ON_HOLD:
            WaitlistItem.objects.filter(pk=item.pk).update(status=status)
            SeatCount.objects.filter(pk=self.wanted.seats_id).update(waiting=0)
        item.refresh_from_db()
        assert item.status == status
        return item

    def fresh(self) -> Session:
        """The wanted session as it is now."""
        return Session.objects.select_related("event__seats", "seats").get(pk=self.wanted.pk)

    def standing_word(self, otherwise: str = WAITS) -> str:
        """What became of Bob who waited."""
        if (
            SessionRegistration.objects.active()
            .filter(session=self.wanted, contact__email=self.bob.email)
            .exists()
        ):
            return GIVEN
        item = WaitlistItem.objects.open().filter(session=self.wanted, contact__email=self.bob.email).first()
        return PASSED_OVER if item and item.passed_over_at else otherwise


def _session(**values: Any) -> Callable[[World], Any]:
    return lambda world: Session.objects.filter(pk=world.wanted.pk).update(**values)


def _event(**values: Any) -> Callable[[World], Any]:
    return lambda world: Event.objects.filter(pk=world.event.pk).update(**values)


def _seats(**values: Any) -> Callable[[World], Any]:
    return lambda world: SeatCount.objects.filter(pk=world.wanted.seats_id).update(**values)


def _overlap(world: World) -> None:
    Session.objects.filter(pk=world.wanted.pk).update(
        starts_at=world.mine.starts_at, ends_at=world.mine.ends_at
    )


def _leave_pass(world: World) -> None:
    world.wanted.passes.clear()


def _same_track(world: World) -> None:
    track = SessionTrackFactory(event=world.event, most_sessions=1)
    Session.objects.filter(pk__in=[world.mine.pk, world.wanted.pk]).update(track=track)


_BEGUN = {"starts_at": timezone.now() - timedelta(hours=1), "ends_at": timezone.now() + timedelta(hours=1)}
# How each reason comes true; those of passes and events alone are asked at the doors of the event.
MAKE_TRUE: dict[Why, Callable[[World], Any]] = {
    Why.GONE: _session(cancelled_at=timezone.now()),
    Why.NOT_LIVE: _session(session_status="approved"),
    Why.NOT_OPEN_YET: _event(registration_opens_at=timezone.now() + timedelta(days=1)),
    Why.REGISTRATION_CLOSED: _event(registration_closes_at=timezone.now() - timedelta(days=1)),
    Why.STARTED: _session(**_BEGUN),
    Why.IN_DRAW: _seats(
        draw_opens_at=timezone.now() - timedelta(hours=1), draw_closes_at=timezone.now() + timedelta(hours=1)
    ),
    Why.CAPACITY_MISSING: _seats(capacity=None),
    Why.NOT_IN_PASS: _leave_pass,
    Why.TRACK_LIMIT: _same_track,
    Why.SESSION_LIMIT: _event(most_sessions=1),
    Why.CONFLICT: _overlap,
    Why.HARD_LIMIT: _seats(capacity=0, hard_limit=0),
    Why.FULL: _seats(capacity=0),
}


def claim(world: World) -> str:
    """A click on the website."""
    result = submit_agenda(world.event, world.bob, [world.fresh()])
    return _of_lines(result.lines)


def agenda(world: World) -> str:
    """A whole list, all or nothing."""
    result = submit_agenda(world.event, world.bob, [world.mine, world.fresh()], mode=Mode.ALL_OR_NOTHING)
    return _of_lines(result.lines[1:])


def swap_for(world: World) -> str:
    """Give up one session for the other."""
    return _of_lines(swap(world.registration, world.mine, world.fresh()).lines[1:])


def join(world: World, **more: Any) -> str:
    """A place in line."""
    try:
        join_waitlist(world.fresh(), world.bob, **more)
    except Refusal as refusal:
        return refusal.code
    return WAITS


def staff_move(world: World) -> str:
    """Staff give somebody one session for the other, deciding past nothing."""
    return _of_lines(swap(world.registration, world.mine, world.fresh(), actor=_staff()).lines[1:])


def staff_join(world: World) -> str:
    """Staff put somebody into line, deciding past nothing."""
    return join(world, actor=_staff())


def promotion(world: World) -> str:
    """The line is served, whoever serves it."""
    settle([world.wanted.seats_id])
    return world.standing_word()


def accept(world: World) -> str:
    """A click on the invitation's button."""
    [item] = WaitlistItem.objects.open().filter(session=world.wanted)
    try:
        accept_invitation(item, contact=contact_of(world.bob))
    except Refusal as refusal:
        return refusal.code
    return world.standing_word()


def wish_on_hold(world: World) -> str:
    """The event has given its seat, and what was wished for is decided."""
    contact = contact_of(world.bob)
    decide_wishes(contact.pk, world.event.pk, timezone.now())
    return world.standing_word(otherwise="refused")


def register_now(world: World) -> str:
    """Staff give somebody in line a seat."""
    items = WaitlistItem.objects.open().filter(session=world.wanted)
    [line] = register_from_waitlist(items, actor=_staff())
    return GIVEN if line.outcome == "registered" else str(line.outcome)


def staff_add(world: World) -> str:
    """Staff add somebody, deciding past nothing."""
    [line] = add_to_session(world.fresh(), [world.bob], actor=_staff())
    return GIVEN if line.outcome == "registered" else str(line.outcome)


def api(world: World) -> str:
    """Another system, over HTTP."""
    client = make_api_client()
    caller = Api(client, make_token(client, "read write"), Client())
    answer = caller.post(f"/registrants/{world.registration.pk}/session/{world.wanted.pk}")
    return GIVEN if answer.status_code == 200 else answer.json()["code"]


def api_register_now(world: World) -> str:
    """Another system gives somebody in line a seat."""
    item = WaitlistItem.objects.open().get(session=world.wanted, contact__email=world.bob.email)
    client = make_api_client()
    caller = Api(client, make_token(client, "read write"), Client())
    answer = caller.post(f"/waitlist-items/{item.pk}/registration")
    return GIVEN if answer.status_code == 200 else answer.json()["code"]


def from_file(world: World) -> str:
    """A row of a file."""
    return _of_lines(submit_agenda(world.event, world.bob, [world.fresh()], actor=IMPORT).lines)


def at_the_door(world: World) -> str:
    """Somebody without a seat is let in: it is recorded, and gives none."""
    with contextlib.suppress(Refusal):
        check_in(world.registration, world.fresh(), actor=_staff(), override=True, reason="Speaker's guest")
    return world.standing_word(otherwise=NO_SEAT)


def standby(world: World) -> str:
    """Somebody who stands before the door gets a seat, staff deciding past nothing."""
    Session.objects.filter(pk=world.wanted.pk).update(own_standby_minutes=10)
    wanted = world.fresh()
    try:
        admit_standby(wanted, world.registration, actor=_staff(), at=wanted.starts_at + timedelta(minutes=1))
    except Refusal as refusal:
        return refusal.code
    return world.standing_word()


def _of_lines(lines: list[Any]) -> str:
    return GIVEN if lines[0].outcome == "registered" else str(lines[0].outcome)


def _staff() -> Actor:
    return Actor.staff(UserFactory(is_superuser=True))


# Each door with how Bob stands before it: None where he only asks, else his status in line.
DOORS: dict[str, tuple[Callable[[World], str], str | None]] = {
    "claim": (claim, None),
    "agenda": (agenda, None),
    "swap": (swap_for, None),
    "join": (join, None),
    "promotion": (promotion, "waiting"),
    "accept": (accept, "invited"),
    "wish on hold": (wish_on_hold, "on_hold"),
    "register now": (register_now, "waiting"),
    "register now, invited": (register_now, "invited"),
    "staff adding": (staff_add, None),
    "staff claim": (staff_move, None),
    "staff join": (staff_join, None),
    "API": (api, None),
    "API, register now": (api_register_now, "waiting"),
    "import": (from_file, None),
    "check-in": (at_the_door, None),
    "standby": (standby, None),
    "standby, in line": (standby, "waiting"),
    "standby, invited": (standby, "invited"),
}
