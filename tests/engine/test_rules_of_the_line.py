"""The line's own rules, said as tables: who counts as waiting, who is asked first, until when."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from events.actors import ATTENDEE, Actor
from events.models import Event, User
from registrations.actions import cancel_session_registrations, leave_waitlist, remove_from_waitlist
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import claim, contact_of, figures, fill, person, seat_of
from tests.factories import FIRST_DAY, SessionFactory, at
from waitlists import rules
from waitlists.models import WaitlistItem

Status = WaitlistItem.Status


def weights(weight: Callable[[Any, Any], int]) -> list[tuple[str, bool, bool]]:
    """Status, passed over or not, waitlist on or not: of all that keep newcomers from a freed seat."""
    cases = itertools.product(Status.values, [False, True], [False, True])
    return [
        (status, is_passed_over, is_on)
        for status, is_passed_over, is_on in cases
        if weight(
            WaitlistItem(status=status, passed_over_at=FIRST_DAY if is_passed_over else None),
            Event(waitlist_enabled=is_on),
        )
    ]


def test_only_who_could_be_served_keeps_newcomers_away() -> None:
    assert weights(rules.weight) == [("waiting", False, True)]


@pytest.mark.parametrize(
    ("by_target", "by_choice", "own", "expected"),
    [
        (True, False, False, True),
        (True, True, False, True),
        (False, False, True, False),
        (False, True, True, True),
        (False, True, False, False),
    ],
)
def test_own_choice_counts_only_where_the_target_leaves_it(
    by_target: bool, by_choice: bool, own: bool, expected: bool
) -> None:
    event = Event(auto_register_waitlisted=by_target, contacts_choose_auto_register=by_choice)
    assert rules.registers_automatically(WaitlistItem(automatically_register=own), event) is expected


@pytest.mark.parametrize(
    ("hours_left", "hours", "minutes_valid"),
    [
        (None, 24, 24 * 60),
        (100, 24, 24 * 60),
        (40, 24, 20 * 60),
        (1, 24, 30),
        (0.4, 24, 15),
        (0.1, 24, 6),
        (1, 0.25, 15),
    ],
)
def test_offer_shrinks_as_the_start_comes_near(
    hours_left: float | None, hours: float, minutes_valid: float
) -> None:
    """Half of what is left, fifteen minutes at least, and never beyond the start."""
    starts_at = None if hours_left is None else FIRST_DAY + timedelta(hours=hours_left)
    event = Event(starts_at=starts_at, invitation_hours=hours)
    assert rules.deadline_for(event, FIRST_DAY) - FIRST_DAY == timedelta(minutes=minutes_valid)


@pytest.mark.parametrize(("minute", "expected"), [(None, False), (-1, True), (0, True), (1, False)])
def test_what_begins_now_has_begun(minute: int | None, expected: bool) -> None:
    starts_at = None if minute is None else FIRST_DAY + timedelta(minutes=minute)
    assert rules.has_begun(Session(starts_at=starts_at), FIRST_DAY) is expected


@pytest.mark.parametrize("way", ["leaves", "is removed"])
def test_who_was_passed_over_is_counted_out_once(event: Event, bob: Attendee, alice: User, way: str) -> None:
    """Carol was passed over, since she keeps a clashing seat; whatever becomes of her, Dora still waits."""
    wanted = SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))
    clashing = SessionFactory(event=event, starts_at=at(10), ends_at=at(11))
    [holder] = fill(wanted)
    carol, dora = person("carol"), person("dora")
    claim(clashing, carol)
    claim(wanted, carol, wait=True, when_clashing="skip")
    cancel_session_registrations([seat_of(wanted, holder)], actor=ATTENDEE)
    assert figures(wanted) == (1, 0, 0, 0)
    claim(wanted, bob)
    claim(wanted, dora, wait=True)
    item = WaitlistItem.objects.get(contact=contact_of(carol))
    assert item.passed_over_at is not None
    if way == "leaves":
        leave_waitlist(item, contact=item.contact)
    else:
        remove_from_waitlist([item], actor=Actor.staff(alice), reason="Asked by phone")
    assert figures(wanted) == (1, 1, 0, 1)
