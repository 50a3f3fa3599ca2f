"""Joining a line, leaving it, giving a seat up or swapping it by what a request read without a lock.

Of two worlds alike the same happens in both after the reading; then one decides by what it has read, the other reads
anew: they must say, hold, tell and count the same.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from events.actors import SYSTEM
from events.errors import Busy, Refusal
from events.models import Event
from registrations import locks, sql
from registrations.actions import (
    cancel_event_registrations,
    cancel_session,
    cancel_session_registrations,
    change_capacity,
    steps,
    submit_agenda,
    within_form_waitlist_settings_changed,
)
from registrations.actions.journal import Journal
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.queries.recount import recount
from registrations.rules.outcomes import Mode
from registrations.rules.people import Attendee
from registrations.rules.standing import ClaimFacts
from sessions_app.models import Session, SessionTrack
from tests.engine.acts import claim, figures, fill, holders, person
from tests.factories import EventFactory, SessionFactory, at

NUMBERS = itertools.count()


@dataclass
class World:
    """An event with a full session and one with seats, at the same hour; Bob holds another one in the afternoon."""

    event: Event
    full: Session
    open: Session
    mine: Session
    # Of their own in each world: nobody can be in two places at once.
    bob: Attendee
    carol: Attendee

    @classmethod
    def new(cls) -> World:
        event = EventFactory()
        morning = {"event": event, "starts_at": at(10), "ends_at": at(11)}
        full, free = SessionFactory(capacity=1, **morning), SessionFactory(capacity=5, **morning)
        mine = SessionFactory(event=event, capacity=5, starts_at=at(15), ends_at=at(16))
        number = next(NUMBERS)
        world = cls(event, full, free, mine, person(f"Bob{number}"), person(f"Carol{number}"))
        fill(full)
        claim(mine, world.bob)
        return world

    def seen(self, session: Session) -> ClaimFacts:
        registration = EventRegistration.objects.active().get(event=self.event, contact__email=self.bob.email)
        facts = sql.facts_of_link(registration.uuid, session.uuid)
        assert facts is not None
        return facts

    def told(self) -> list[Any]:
        """What is stored: counters, who has seats, who waits, the ledger and the mails."""
        sessions = [self.full, self.open, self.mine]
        ledger = Activity.objects.filter(event=self.event).order_by("id")
        mails = Notification.objects.filter(event=self.event).order_by("id")
        waiting = [s.waitlist_items.open().values_list("contact__email", "status") for s in sessions]
        return [
            [figures(session) for session in sessions],
            [sorted(map(name, holders(session))) for session in sessions],
            [sorted((name(email), status) for email, status in items) for items in waiting],
            list(
                ledger.values_list(
                    "verb", "taken_change", "held_change", "waiting_change", "taken", "waiting"
                )
            ),
            list(mails.values_list("kind", flat=True)),
        ]


def name(email: str) -> str:
    """Whose address it is, in any of the worlds."""
    return re.split(r"[0-9@]", email)[0]


Act = Callable[[World, ClaimFacts | None], Any]


def submitted(
    world: World, add: list[Session], drop: list[Session], seen: ClaimFacts | None, **how: Any
) -> Any:
    """The lines' outcomes and places in line, or the refusal."""
    try:
        result = submit_agenda(world.event, world.bob, add, drop, seen=seen, **how)
    except Refusal as refusal:
        return refusal.code
    return result.applied, [(str(line.outcome), line.position) for line in result.lines]


def join(world: World, seen: ClaimFacts | None) -> Any:
    return submitted(world, [world.full], [], seen, wait=[world.full.pk])


def leave(world: World, seen: ClaimFacts | None) -> Any:
    return submitted(world, [], [world.full], seen)


def give_up(world: World, seen: ClaimFacts | None) -> Any:
    return submitted(world, [], [world.mine], seen)


def swap(world: World, seen: ClaimFacts | None) -> Any:
    both = replace(seen, sessions=seen.sessions | fresh(world.mine)) if seen else None
    return submitted(world, [world.open], [world.mine], both, mode=Mode.ALL_OR_NOTHING)


def fresh(session: Session) -> dict[int, Session]:
    """The session as a swap reads it, at the moment of the reading."""
    return {one.pk: one for one in sql.sessions_with(session.event, [session.uuid])}


PRESSED = {join: "full", leave: "full", give_up: "mine", swap: "open"}


def nothing(world: World) -> None:
    pass


def seat_becomes_free(world: World) -> None:
    change_capacity(world.full, 2, actor=SYSTEM)


def takes_it_elsewhere(world: World) -> None:
    """Bob takes another seat at the same hour."""
    claim(world.open, world.bob)


def gives_it_up_elsewhere(world: World) -> None:
    submit_agenda(world.event, world.bob, [], [world.mine])


def joins_elsewhere(world: World) -> None:
    claim(world.full, world.carol, wait=True)
    claim(world.full, world.bob, wait=True)


def session_is_cancelled(world: World) -> None:
    for session in (world.full, world.open):
        cancel_session(session, actor=SYSTEM)


def staff_cancel_the_seats(world: World) -> None:
    """Without a lock on the person: whoever cancels five hundred seats locks nobody."""
    cancel_session_registrations(
        SessionRegistration.objects.active().filter(contact__email=world.bob.email), actor=SYSTEM
    )


def waitlists_are_switched(world: World) -> None:
    """Off, or on again: whether whoever waits counts hangs on it."""
    world.event.waitlist_enabled = not world.event.waitlist_enabled
    with transaction.atomic():
        world.event.save()
        within_form_waitlist_settings_changed(world.event, actor=SYSTEM)


def registration_ends(world: World) -> None:
    cancel_event_registrations(
        EventRegistration.objects.filter(event=world.event, contact__email=world.bob.email), actor=SYSTEM
    )


MEANWHILE = [
    nothing,
    registration_ends,
    staff_cancel_the_seats,
    waitlists_are_switched,
    seat_becomes_free,
    takes_it_elsewhere,
    gives_it_up_elsewhere,
    joins_elsewhere,
    session_is_cancelled,
]


# A no may be as old as the reading: it changes nothing. So joining a line that nobody may join is left out.
CASES = [(act, is_served) for act in PRESSED for is_served in (True, False) if is_served or act is not join]


@pytest.mark.parametrize("meanwhile", MEANWHILE, ids=lambda act: act.__name__)
@pytest.mark.parametrize(
    ("act", "is_served"), CASES, ids=lambda each: each.__name__ if callable(each) else f"waitlist_{each}"
)
def test_what_was_seen_decides_as_a_new_reading_would(act, is_served, meanwhile):
    told = []
    for is_seen in (True, False):
        world = World.new()
        if act is leave:
            claim(world.full, world.bob, wait=True)
        if not is_served:
            waitlists_are_switched(world)
        seen = world.seen(getattr(world, PRESSED[act])) if is_seen else None
        meanwhile(world)
        told.append([act(world, seen), world.told()])
    assert told[0] == told[1]
    assert recount(swept=True) == []


@pytest.mark.parametrize("act", PRESSED, ids=lambda act: act.__name__)
def test_what_was_seen_is_as_it_was_for_the_next_try_after_a_deadlock(act):
    told, met = [], []

    def meet_once(execute, text, *more):
        if met[-1:] != ["deadlock"] and 'INSERT INTO "registrations_activity"' in text:
            met.append("deadlock")
            cause = Exception()
            cause.sqlstate = "40P01"
            raise OperationalError("deadlock detected") from cause
        return execute(text, *more)

    for meets in (True, False):
        world = World.new()
        if act is leave:
            claim(world.full, world.bob, wait=True)
        seen = world.seen(getattr(world, PRESSED[act]))
        if meets:
            with connection.execute_wrapper(meet_once):
                said = act(world, seen)
        else:
            said = act(world, seen)
        told.append([said, world.told()])
    assert met == ["deadlock"]
    assert told[0] == told[1]
    assert recount(swept=True) == []


def test_a_seat_given_up_by_what_was_seen_is_given_to_whoever_waits():
    world = World.new()
    change_capacity(world.mine, 1, actor=SYSTEM)
    claim(world.mine, world.carol, wait=True)
    applied, lines = give_up(world, world.seen(world.mine))
    assert (applied, lines) == (True, [("dropped", None)])
    assert ([*map(name, holders(world.mine))], figures(world.mine)) == (["carol"], (1, 1, 0, 0))
    assert recount(swept=True) == []


@pytest.mark.parametrize("pressed", ["add", "swap"])
def test_nothing_is_offered_instead_that_places_in_line_rule_out(pressed):
    """Of a track of which one session may be chosen, where somebody waits for another one."""
    world = World.new()
    track = SessionTrack.objects.create(event=world.event, name="One of these", most_sessions=1)
    chosen, other = (
        SessionFactory(event=world.event, capacity=1, starts_at=at(12 + n), ends_at=at(13 + n), track=track)
        for n in range(2)
    )
    fill(chosen)
    claim(chosen, world.bob, wait=True)
    offered, given_up = [], [world.mine] if pressed == "swap" else []
    for seen in (world.seen(world.full), None):
        facts = replace(seen, sessions=seen.sessions | fresh(world.mine)) if seen and given_up else seen
        how = {"mode": Mode.ALL_OR_NOTHING, "seen": facts}
        result = submit_agenda(world.event, world.bob, [world.full], given_up, **how)
        offered.append([session for line in result.lines for session in line.alternatives])
    assert offered[0] == offered[1]
    assert world.open in offered[0]
    assert other not in offered[0]


def test_nothing_is_read_anew_that_was_seen():
    """The counterpart of the others: as long as nothing happens, what was seen does decide."""
    world = World.new()
    seen, texts = world.seen(world.full), []

    def note(execute, text, *more):
        texts.append(text)
        return execute(text, *more)

    with connection.execute_wrapper(note):
        join(world, seen)
    assert [
        text for text in texts if "FROM sessions_app_session" in text or "FROM events_event" in text
    ] == []


def test_a_seat_that_has_ended_is_not_given_back_again():
    """The last guard: whoever read it before it ended, without its lock, changes nothing."""
    world = World.new()
    [seat] = SessionRegistration.objects.active().filter(session=world.mine)
    staff_cancel_the_seats(world)
    before = world.told()
    with transaction.atomic():
        journal = Journal(SYSTEM, timezone.now(), locks.lock_seats([world.mine.seats_id]))
        with pytest.raises(Busy):
            steps.give_back(journal, seat, world.mine)
    assert world.told() == before
    assert recount(swept=True) == []
