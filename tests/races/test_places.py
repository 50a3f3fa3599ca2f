"""A place that is shown while others leave the line is one that the person had at some moment."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from events.models import SeatCount
from registrations.actions import join_waitlist, leave_waitlist
from registrations.queries import position
from registrations.rules.people import Attendee
from tests.factories import FIRST_DAY, EventFactory, SessionFactory
from tests.races.at_once import appears, at_once
from waitlists.models import WaitlistItem

BEFORE = FIRST_DAY - timedelta(days=10)
LENGTH, WATCHED, ROUNDS = 24, 14, 5


def line() -> list[WaitlistItem]:
    session = SessionFactory(event=EventFactory(waitlist_enabled=True), seats__capacity=0)
    people = [Attendee(f"p{number}.{session.pk}@example.org", "P") for number in range(LENGTH)]
    for minute, person in enumerate(people):
        join_waitlist(session, person, at=BEFORE + timedelta(minutes=minute))
    return list(WaitlistItem.objects.filter(session=session).in_line())


def leave_behind(items: list[WaitlistItem]) -> None:
    """Those behind the watched one leave: the line's length changes, the watched place does not."""
    for item in reversed(items[WATCHED:]):
        leave_waitlist(item, contact=item.contact, at=BEFORE + timedelta(hours=1))


def look(item: WaitlistItem, place: Any) -> set[int | None]:
    return {place(item) for _each in range(100)}


def race(place: Any) -> set[int | None]:
    """Every place that somebody is shown who stands in the back half, and whose place never changes."""
    items = line()
    failure, seen = at_once(partial(leave_behind, items), partial(look, items[WATCHED - 1], place))
    assert failure is None
    return seen


def place_in_two_statements(item: WaitlistItem) -> int:
    length = SeatCount.objects.get(pk=item.seats_id).waiting
    behind = WaitlistItem.objects.waiting().filter(seats_id=item.seats_id, joined_at__gte=item.joined_at)
    return length - behind.count() + 1


def test_shows_no_place_that_nobody_had() -> None:
    for _round in range(ROUNDS):
        assert race(position) == {WATCHED}


def test_length_read_in_a_statement_of_its_own_shows_a_wrong_place() -> None:
    assert appears(lambda: race(place_in_two_statements) != {WATCHED})
