"""Every reason to refuse a seat, asked when wishes are frozen and again when seats are given."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from registrations.actions import enter_public_number, freeze, plan_draw, publish, state_wishes
from registrations.actions.draws._frozen import Freezing
from registrations.draw import snake
from registrations.models import Draw, EventRegistration, TicketHolder
from registrations.queries import standing_of
from registrations.rules.doors import DRAWN, Why
from registrations.rules.refusals import first_refusal, refusals_to_seat
from sessions_app.models import Session
from tests.draws.acts import AFTER, CLOSES, OPEN, OPENS
from tests.draws.acts import World as Draws
from tests.engine.acts import claim, person
from tests.engine.every_door import MAKE_TRUE, World
from tests.factories import FIRST_DAY, EventFactory, SessionFactory, SessionTrackFactory

# The same words on either database; what is written there is looked at in the stories and the races.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
NEVER = {
    Why.GONE: "not_live",
    Why.NOT_LIVE: "not_live",
    Why.STARTED: "closed",
    Why.CAPACITY_MISSING: "capacity_missing",
    Why.NOT_IN_PASS: "not_in_pass",
}
# What the draw itself looks at, when the reason is true as the wishes are frozen.
BY_DRAW = {
    Why.TRACK_LIMIT: "limit",
    Why.SESSION_LIMIT: "limit",
    Why.CONFLICT: "clash",
    Why.HARD_LIMIT: "full",
    Why.FULL: "full",
}
# What binds when it came true after the draw.
SINCE = NEVER | {
    Why.TRACK_LIMIT: "track_limit",
    Why.SESSION_LIMIT: "session_limit",
    Why.CONFLICT: "conflict",
    Why.HARD_LIMIT: "full",
    Why.FULL: "full",
}
# Wished for in time.
GIVEN = dict.fromkeys((Why.NOT_OPEN_YET, Why.REGISTRATION_CLOSED, Why.IN_DRAW), "registered")


def became(when: str) -> dict[Why, str]:
    """What becomes of Bob's one wish where each reason comes true at that time."""
    said = {}
    for why, make_true in MAKE_TRUE.items():
        world, now = World.new(), timezone.now()
        staff = Draws.staff()
        opens = now - timedelta(days=2)
        draw = plan_draw(
            world.event, [world.wanted], opens, now - timedelta(days=1), "Lottery", actor=staff, at=opens
        )
        state_wishes(world.registration, draw, [(world.wanted, None)], at=opens)
        if when == "before freezing":
            make_true(world)
        freeze(draw, now)
        enter_public_number(draw, "7", actor=staff, at=now)
        if when == "before publishing":
            make_true(world)
        publish(draw, actor=staff, at=now)
        [line] = TicketHolder.objects.get(draw=draw).outcome
        said[why] = line["code"]
    return said


def test_freezing_asks_the_one_list_who_may_wish_and_leaves_numbers_to_the_draw() -> None:
    # A session that is full has a line, which Bob comes into.
    assert became("before freezing") == NEVER | BY_DRAW | GIVEN


def test_publishing_asks_the_list_again_for_each_seat() -> None:
    assert became("before publishing") == SINCE | GIVEN


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_given_that_the_list_refuses(seed: int) -> None:
    """Random worlds: limits of a track and of the event, clashes, no times, seats held before."""
    dice = random.Random(seed)  # no secret
    event = EventFactory(sessions_required=False, most_sessions=dice.choice([None, 3]))
    track = SessionTrackFactory(event=event, most_sessions=1)
    sessions = [
        SessionFactory(
            event=event, track=dice.choice([None, track]), capacity=dice.choice([1, 2, 4]), **times(dice)
        )
        for _number in range(7)
    ]
    early = [person(f"early{seed}-{number}") for number in range(3)]
    for who in early:
        claim(dice.choice(sessions), who, at=OPENS - timedelta(days=2))
    staff = Draws.staff()
    draw = plan_draw(event, sessions, OPENS, CLOSES, "Lottery", actor=staff, at=OPENS - timedelta(days=1))
    world = Draws(event, sessions, draw)
    guests = [world.guest(f"guest{seed}-{number}") for number in range(7)]
    guests += EventRegistration.objects.filter(contact__email__in=[who.email for who in early])
    for guest in guests:
        world.wish(guest, *dice.sample(range(7), 5))
    world.drawn()
    publish(draw, actor=staff, at=AFTER)
    for guest in guests:
        lines = TicketHolder.objects.get(draw=draw, registration=guest).outcome
        # Nothing changed between draw and publishing: all that was given, the list gave.
        assert all(line["became"] == "seat" for line in lines if line.get("verdict") == "given")
        check_against_the_list(guest, lines)


def times(dice: random.Random) -> dict[str, Any]:
    """A session's hour, or none."""
    hour = dice.choice([None, 0, 1, 1, 2, 3])
    if hour is None:
        return {"starts_at": None, "ends_at": None}
    starts = FIRST_DAY + timedelta(hours=hour)
    return {"starts_at": starts, "ends_at": starts + timedelta(minutes=dice.choice([60, 90]))}


def check_against_the_list(guest: EventRegistration, lines: list[dict[str, Any]]) -> None:
    """Where the draw said clash, limit or full, the list refuses it as well."""
    standing = standing_of(guest.contact, guest.event)
    standing.items, standing.waited_for = {}, {}
    for line in lines:
        session = Session.objects.select_related("event", "track", "seats").get(pk=line["session"])
        if line.get("verdict") in {"clash", "limit", "full"}:
            found = refusals_to_seat(session, standing, standing.held_sessions, at=AFTER)
            assert first_refusal(found, DRAWN) is not None, line


def test_the_frozen_world_is_the_same_whoever_came_last() -> None:
    """The file holds no time of entry: the same people in another order are the same file but for their codes."""
    files: list[Callable[[], Any]] = []
    for turn in (1, -1):
        world = Draws.new()
        guests = [world.guest(f"guest{number}of{turn}") for number in range(3)]
        for number in [0, 1, 2][::turn]:
            world.wish(guests[number], number, (number + 1) % 3, at=OPEN + timedelta(minutes=number))
        frozen = Freezing(Draw.objects.get(pk=world.draw.pk), AFTER).world()
        files.append(sorted(ticket._replace(code="") for ticket in frozen.tickets))
        assert snake.read(snake.write(frozen))
    assert files[0] == files[1]
