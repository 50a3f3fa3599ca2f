"""Every reason to refuse, at every door: what Bob is told, or that it is overlooked there, and by design.

A new reason, outcome or door without an answer here fails the first tests; an answer that is not true fails its row.
"""

from __future__ import annotations

import pytest

from registrations.rules import doors
from registrations.rules.doors import Why
from registrations.rules.outcomes import SUCCESSES, Outcome
from registrations.rules.reasons import OUTCOMES, REFUSALS
from tests.engine.every_door import DOORS, GIVEN, MAKE_TRUE, NO_SEAT, PASSED_OVER, WAITS, World

# Refused for these, whoever asks for themselves: the outcome's own code.
_SELF_SERVICE = {
    Why.GONE: "not_live",
    Why.NOT_LIVE: "not_live",
    Why.NOT_OPEN_YET: "not_open_yet",
    Why.REGISTRATION_CLOSED: "closed",
    Why.STARTED: "closed",
    Why.IN_DRAW: "in_draw",
    Why.CAPACITY_MISSING: "capacity_missing",
    Why.NOT_IN_PASS: "not_in_pass",
    Why.TRACK_LIMIT: "track_limit",
    Why.SESSION_LIMIT: "session_limit",
    Why.CONFLICT: "conflict",
    # No capacity passes its hard limit: attendees read that it is full.
    Why.HARD_LIMIT: "full",
    Why.FULL: "full",
}
# Staff come before the event's own times; late, and past all else, only where they decide so.
_STAFF = {
    **_SELF_SERVICE,
    Why.NOT_LIVE: GIVEN,
    Why.NOT_OPEN_YET: GIVEN,
    # They give seats while a session is drawn, too; the draw has the rest.
    Why.IN_DRAW: GIVEN,
    Why.HARD_LIMIT: "hard_limit",
}
# Whoever stands in line wished in time.
_REGISTER_NOW = {**_STAFF, Why.REGISTRATION_CLOSED: GIVEN}
_HELD = dict.fromkeys((Why.CAPACITY_MISSING, Why.HARD_LIMIT, Why.FULL), GIVEN)
# What is given up neither clashes nor counts.
_GIVEN_UP = dict.fromkeys((Why.CONFLICT, Why.TRACK_LIMIT, Why.SESSION_LIMIT), GIVEN)
# To wait, a session has to be full, and may overlap.
_JOIN = {**_SELF_SERVICE, Why.CONFLICT: "no_waitlist", Why.HARD_LIMIT: WAITS, Why.FULL: WAITS}
# Open late, and past the capacity; but nobody enters a room that is full.
_STANDBY = {
    **_SELF_SERVICE,
    **dict.fromkeys((Why.NOT_OPEN_YET, Why.REGISTRATION_CLOSED, Why.STARTED, Why.IN_DRAW), GIVEN),
    Why.HARD_LIMIT: "full_house",
    Why.FULL: "full_house",
}
ANSWERS: dict[str, dict[Why, str]] = {
    "claim": _SELF_SERVICE,
    "agenda": _SELF_SERVICE,
    "API": _SELF_SERVICE,
    "import": _SELF_SERVICE,
    "swap": {**_SELF_SERVICE, **_GIVEN_UP},
    "join": _JOIN,
    # A line rests, or somebody in it is passed over with the reason.
    "promotion": {
        **dict.fromkeys(MAKE_TRUE, WAITS),
        Why.NOT_OPEN_YET: GIVEN,
        Why.REGISTRATION_CLOSED: GIVEN,
        Why.NOT_IN_PASS: PASSED_OVER,
        Why.TRACK_LIMIT: PASSED_OVER,
        Why.SESSION_LIMIT: PASSED_OVER,
        # Asked whether to swap, by an invitation.
        Why.CONFLICT: WAITS,
    },
    # A seat is held: neither the capacity nor the closing of registration takes it away again.
    "accept": {
        **_SELF_SERVICE,
        Why.STARTED: "invitation_gone",
        **dict.fromkeys(
            (
                *(Why.NOT_OPEN_YET, Why.REGISTRATION_CLOSED, Why.IN_DRAW),
                *(Why.CAPACITY_MISSING, Why.HARD_LIMIT, Why.FULL),
            ),
            GIVEN,
        ),
    },
    # Asked for in time; where it is full the wish becomes a place in line, else it ends.
    "wish on hold": {
        **dict.fromkeys(MAKE_TRUE, "refused"),
        Why.NOT_OPEN_YET: GIVEN,
        Why.REGISTRATION_CLOSED: GIVEN,
        Why.HARD_LIMIT: "refused",
        Why.FULL: "refused",
    },
    "register now": _REGISTER_NOW,
    "register now, invited": {**_REGISTER_NOW, **_HELD},
    "API, register now": {**_REGISTER_NOW, Why.NOT_LIVE: "not_live", Why.IN_DRAW: "in_draw"},
    "staff adding": _STAFF,
    "staff claim": {**_STAFF, **_GIVEN_UP, Why.HARD_LIMIT: "full"},
    "staff join": {
        **_JOIN,
        Why.NOT_LIVE: "no_waitlist",
        Why.NOT_OPEN_YET: "no_waitlist",
        Why.IN_DRAW: "no_waitlist",
    },
    "standby": _STANDBY,
    "standby, in line": _STANDBY,
    "standby, invited": {**_STANDBY, Why.CAPACITY_MISSING: GIVEN},
    # Entering gives no seat, whatever is true.
    "check-in": dict.fromkeys(MAKE_TRUE, NO_SEAT),
}
# Asked at the doors of the event itself: test_every_refusal_at_event_doors.py.
OF_PASSES = {Why.PASS_NOT_ON_SALE, Why.TO_BE_PAID}


@pytest.fixture(autouse=True)
def seats_stay_true() -> None:
    """Not asked here after each test: the reasons are made true by hand, past every door."""


def test_every_reason_and_outcome_has_an_answer() -> None:
    assert set(MAKE_TRUE) | OF_PASSES == set(Why) == set(OUTCOMES)
    refused = set(Outcome) - SUCCESSES
    assert set(REFUSALS) == refused
    assert set(OUTCOMES.values()) | {Outcome.LOCKED} == refused
    assert all(set(answers) == set(MAKE_TRUE) for answers in ANSWERS.values())


def test_every_door_has_an_answer() -> None:
    named = {value.name for value in vars(doors).values() if isinstance(value, doors.Door)}
    named |= {doors.staff_adding().name, doors.register_now(is_invited=False).name}
    named |= {doors.standby(is_in_line=False, is_invited=False).name}
    named |= {door(by_staff=True).name for door in (doors.claiming, doors.joining)}
    # What comes with a registration, and a draft's first choice, are asked for by nobody.
    of_draws = {"wish", "drawn", "join after a draw"}  # tests/draws/test_what_may_be_wished.py
    of_money = {
        "buy",
        "payment",
        "late payment",
        "order of an invitation",
    }  # test_every_refusal_at_event_doors.py
    assert named - set(DOORS) == {"included by staff", "default choice"} | of_draws | of_money
    assert set(DOORS) == set(ANSWERS)


@pytest.mark.parametrize("door", sorted(DOORS))
@pytest.mark.django_db(transaction=True)
def test_door_answers(door: str) -> None:
    act, status = DOORS[door]
    said = {}
    for why, make_true in MAKE_TRUE.items():
        world = World.new()
        if status is not None:
            world.bob_waits(status)
        make_true(world)
        said[why] = act(world)
    assert said == ANSWERS[door]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("door", sorted(set(DOORS) - {"join", "staff join", "check-in"}))
def test_door_gives_where_nothing_refuses(door: str) -> None:
    """Else a door that refuses everything would pass."""
    act, status = DOORS[door]
    world = World.new()
    if status is not None:
        world.bob_waits(status)
    assert act(world) == GIVEN
