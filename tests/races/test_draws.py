"""A draw is wished in by several at once, and published while others do so, staff act, or the process is killed."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from events.errors import Refusal
from registrations.actions import (
    add_to_session,
    cancel_session_registrations,
    invite_to_ticket,
    join_ticket,
    publish,
    publish_due,
    state_wishes,
    submit_agenda,
)
from registrations.actions.draws import _sets
from registrations.models import (
    Draw,
    EventRegistration,
    Notification,
    SessionRegistration,
    TicketHolder,
    Wish,
)
from registrations.queries.recount import recount
from registrations.website.wishing import change_wish
from tests.draws.acts import AFTER, World
from tests.draws.plans import plan
from tests.engine.acts import person
from tests.factories import EventFactory, SessionFactory
from tests.races.at_once import appears, at_once, errors

# Of eight people this makes three sets.
SMALL = 6


def drawn(people: int = 8) -> World:
    """A draw that is to be published: fewer seats than people."""
    world = World.new((4, 2, 5))
    for number in range(people):
        guest = world.guest(f"guest{number}of{world.event.pk}")
        world.wish(guest, number % 3, (number + 1) % 3, (number + 2) % 3)
    world.drawn()
    return world


def told(world: World) -> list[int]:
    """How many mails of the draw each person has."""
    rows = Notification.objects.filter(event=world.event, kind="drawn").values_list("contact", flat=True)
    return [list(rows).count(contact) for contact in set(rows)]


def check_published(world: World, people: int = 8) -> None:
    """Everybody has theirs, once, and all seats are true."""
    assert Draw.objects.get(pk=world.draw.pk).state == Draw.State.PUBLISHED
    assert told(world) == [1] * people
    assert not TicketHolder.objects.filter(draw=world.draw, told_at=None).exists()
    given = world.draw.decisions.filter(verdict="given").count()
    seats = SessionRegistration.objects.active().filter(session__event=world.event)
    assert seats.count() == given
    assert recount(world.event, swept=True, at=AFTER) == []


# When it has begun, within the seats, and between seats and mails.
KILLS = [(1, True), (3, False), (7, True)]


def test_is_finished_by_the_worker_wherever_it_was_killed(victim: Any) -> None:
    for number, after in KILLS:
        world = drawn()
        assert victim.obey("publish", ("commit", number, after), draw=world.draw.pk, batch=SMALL)
        assert recount(world.event) == []
        assert Draw.objects.get(pk=world.draw.pk).state == Draw.State.PUBLISHING
        publish_due(at=AFTER)
        check_published(world)


def test_two_publish_all_that_was_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever finds their set served goes on to the next: nobody is put into line while others are seated still."""
    monkeypatch.setattr(_sets, "BATCH", SMALL)
    world, staff = drawn(), World.staff()
    at_once(*[partial(publish, world.draw, actor=staff, at=AFTER)] * 3)
    publish_due(at=AFTER)
    check_published(world)


def storm() -> tuple[World, list[Any]]:
    """Two publish, a worker goes on, and staff add and cancel, all at once; return the world and the answers."""
    world, staff = drawn(), World.staff()
    vip = person(f"vip{world.event.pk}")
    [line] = add_to_session(world.sessions[2], [person(f"early{world.event.pk}")], actor=staff, at=AFTER)
    assert line.outcome == "registered"
    mine = list(SessionRegistration.objects.active().filter(session=world.sessions[2]))
    answers = at_once(
        partial(publish, world.draw, actor=staff, at=AFTER),
        partial(publish, world.draw, actor=staff, at=AFTER),
        partial(publish_due, at=AFTER),
        partial(add_to_session, world.sessions[0], [vip], actor=staff, at=AFTER),
        partial(cancel_session_registrations, mine, actor=staff, at=AFTER),
    )
    publish_due(at=AFTER)
    return world, answers


def goes_wrong() -> list[Any]:
    """What a storm leaves that must not be."""
    world, answers = storm()
    broken = [error for error in errors(answers) if not isinstance(error, Refusal)]
    twice = [number for number in told(world) if number != 1]
    return [*broken, *twice, *recount(world.event, swept=True, at=AFTER)]


def test_two_publish_while_staff_act(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sets, "BATCH", SMALL)
    for _round in range(2):
        assert goes_wrong() == []


def test_goes_wrong_without_locks(monkeypatch: pytest.MonkeyPatch, without_locks: None) -> None:
    monkeypatch.setattr(_sets, "BATCH", SMALL)
    assert appears(goes_wrong)


def group(draw: Draw) -> list[EventRegistration]:
    """Two people on one ticket of a draw that is open now."""
    results = [submit_agenda(draw.event, person(f"{name}{draw.pk}"), []) for name in ("ann", "bob")]
    ann, bob = (result.registration for result in results)
    assert ann is not None
    assert bob is not None
    join_ticket(invite_to_ticket(ann, draw).invitation, bob)
    return [ann, bob]


def pressed() -> list[Any]:
    """What is wrong after four buttons of one list were pressed at once: three wishes more, one less."""
    event = EventFactory(sessions_required=False)
    sessions = SessionFactory.create_batch(4, event=event)
    draw = plan(event, sessions)
    ann, bob = group(draw)
    change_wish(ann, sessions[0], is_wished=True)
    answers = at_once(
        *(partial(change_wish, ann, session, is_wished=True) for session in sessions[2:]),
        partial(change_wish, bob, sessions[1], is_wished=True),
        partial(change_wish, bob, sessions[0], is_wished=False),
    )
    wished = set(Wish.objects.filter(ticket__draw=draw).values_list("session", flat=True))
    return [*errors(answers), *(wished ^ {session.pk for session in sessions[1:]})]


def test_presses_at_once_lose_no_wish() -> None:
    for _round in range(3):
        assert pressed() == []


def test_presses_at_once_lose_a_wish_without_locks(without_locks: None) -> None:
    assert appears(pressed)


def test_a_list_that_is_ordered_undoes_nothing_said_meanwhile() -> None:
    event = EventFactory(sessions_required=False)
    one, two, three, four = SessionFactory.create_batch(4, event=event)
    draw = plan(event, [one, two, three, four])
    ann, bob = group(draw)
    known = [one, two]
    state_wishes(ann, draw, [(session, 7) for session in known])
    # Bob adds one and takes one out, between the reading of Ann's page and what she sends.
    change_wish(bob, three, is_wished=True)
    change_wish(bob, one, is_wished=False)
    ticket = state_wishes(ann, draw, [(two, 5), (one, 7), (four, None)], known=known)
    stated = ticket.wishes.order_by("rank").values_list("session", "rank", "wait_at_most")
    assert list(stated) == [(two.pk, 1, 5), (four.pk, 2, None), (three.pk, 3, None)]
