"""What past lines say to those who wait, and how far a line has moved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.actors import ATTENDEE, Actor
from events.models import Event, User
from registrations.actions import (
    cancel_session,
    cancel_session_registrations,
    join_waitlist,
    leave_waitlist,
    move_in_line,
)
from registrations.queries import Chance, chances, chances_of, moved_up_lately
from registrations.sql import ended_waits
from sessions_app.models import Session
from tests.engine.acts import fill, past_line, people, person
from tests.factories import FIRST_DAY, SessionFactory, at
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db
ANN, BEN, CID, DAN, EVE = (person(name) for name in ("Ann", "Ben", "Cid", "Dan", "Eve"))
SOON = FIRST_DAY - timedelta(days=4)
Status = WaitlistItem.Status
# Joined in this order, for one seat: the first is at the capacity, each of the others further back.
LINE = [("registered", True), *[("waiting", False)] * 14, *[("registered", True)] * 8]


@pytest.fixture
def full(event: Event) -> Session:
    """A session with one seat, which is taken."""
    session = SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))
    fill(session)
    return session


def test_case_is_a_place_at_joining_and_what_became_of_it(full: Session) -> None:
    """By real acts: Ann leaves, so that Cid, who comes later, joins as second like Ben, who is seated."""
    ann = join_waitlist(full, ANN, at=SOON)
    join_waitlist(full, BEN, at=SOON + timedelta(minutes=1))
    leave_waitlist(ann, contact=ann.contact, at=SOON + timedelta(minutes=2))
    join_waitlist(full, CID, at=SOON + timedelta(minutes=3))
    [holder] = full.registrations.active()
    cancel_session_registrations([holder], actor=ATTENDEE, at=SOON + timedelta(minutes=4))
    assert ended_waits(at(9)) == []
    assert ended_waits(at(10)) == [(0, 2, 1, 1, 2)]


@pytest.mark.parametrize(
    ("status", "is_early", "counts"),
    [
        ("registered", True, (1, 1)),
        ("registered", False, (1, 1)),
        ("waiting", False, (0, 1)),
        ("removed", False, (0, 1)),
        ("withdrawn", True, None),
        ("removed", True, None),
        ("declined", True, None),
        ("expired", False, None),
        ("on_hold", False, None),
    ],
)
def test_who_is_a_case(event: Event, status: str, is_early: bool, counts: tuple[int, int] | None) -> None:
    past_line(SessionFactory(event=event, capacity=7, starts_at=at(10), ends_at=at(11)), [(status, is_early)])
    assert ended_waits(at(10)) == ([(0, 1, 7, *counts)] if counts else [])


def test_session_that_was_cancelled_says_nothing(event: Event, alice: User) -> None:
    session = SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))
    past_line(session, LINE[-3:])
    assert len(ended_waits(at(10))) == len(LINE[-3:])
    cancel_session(session, actor=Actor.staff(alice), at=SOON)
    assert ended_waits(at(10)) == []


def test_chance_is_told_with_twenty_cases_at_about_the_place_and_kept(
    event: Event, full: Session, django_assert_num_queries: object
) -> None:
    ended = SessionFactory(event=event, capacity=1, starts_at=at(8), ends_at=at(9))
    past_line(ended, LINE[:20])
    items = [join_waitlist(full, who, at=SOON) for who in (ANN, BEN, CID)]
    places = {item.pk: number for number, item in enumerate(items, start=1)}
    assert chances_of(items, places, at(9)) == {}
    past_line(SessionFactory(event=event, capacity=1, starts_at=at(8), ends_at=at(9)), LINE[:3])
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert chances_of(items, places, at(9)) == {}
    chances.forget()
    # The first of each line are of another kind: one seat, one ahead of nobody.
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = chances_of(items, places, at(9))
    assert found == {items[1].pk: Chance(5, 21), items[2].pk: Chance(5, 21)}
    assert [Chance(n, 20).of_ten for n in (0, 1, 9, 12, 19, 20)] == [0, 1, 5, 6, 10, 10]


def test_line_moved_by_those_ahead_who_are_gone_since_a_day(full: Session, alice: User) -> None:
    before, staff = SOON - timedelta(days=2), Actor.staff(alice)
    ann, ben, cid, dan = (
        join_waitlist(full, who, at=before + timedelta(minutes=n))
        for n, who in enumerate((ANN, BEN, CID, DAN))
    )
    eve = join_waitlist(full, EVE, at=before + timedelta(minutes=9))
    leave_waitlist(ann, contact=ann.contact, at=before + timedelta(hours=1))
    assert moved_up_lately([dan, eve], SOON) == {}
    leave_waitlist(eve, contact=eve.contact, at=SOON - timedelta(hours=1))
    assert moved_up_lately([ben, dan], SOON) == {}
    leave_waitlist(ben, contact=ben.contact, at=SOON - timedelta(hours=1))
    assert moved_up_lately([cid, dan, ben], SOON) == {cid.pk: 1, dan.pk: 1}
    [holder] = full.registrations.active()
    cancel_session_registrations([holder], actor=ATTENDEE, at=SOON - timedelta(minutes=30))
    assert moved_up_lately([dan], SOON) == {dan.pk: 2}
    late = [join_waitlist(full, who, at=SOON) for who in people(2, "late")]
    move_in_line(late[1], before=dan, actor=staff, at=SOON)
    assert moved_up_lately([dan, late[0]], SOON) == {dan.pk: 1}
    move_in_line(dan, before=late[1], actor=staff, at=SOON)
    assert moved_up_lately([dan], SOON) == {}


def test_who_is_invited_stands_in_line_no_more(event: Event, alice: User) -> None:
    session = SessionFactory(
        event=event, capacity=1, starts_at=at(10), ends_at=at(11), own_auto_register_waitlisted=False
    )
    fill(session)
    ann, ben = join_waitlist(session, ANN, at=SOON), join_waitlist(session, BEN, at=SOON)
    [holder] = session.registrations.active()
    cancel_session_registrations([holder], actor=ATTENDEE, at=SOON + timedelta(hours=1))
    assert WaitlistItem.objects.get(pk=ann.pk).status == Status.INVITED
    assert moved_up_lately([ben], SOON + timedelta(hours=2)) == {ben.pk: 1}
    # The seat is taken a day and more after it was offered: the line stood still since.
    WaitlistItem.objects.filter(pk=ann.pk).update(
        status="registered", invitation_slot=None, closed_at=SOON + timedelta(days=2)
    )
    assert moved_up_lately([ben], SOON + timedelta(days=2, hours=1)) == {}
