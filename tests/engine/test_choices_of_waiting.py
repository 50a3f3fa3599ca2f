"""What somebody who waits may choose: up to which place, until when, with whom, and what of an overlapping seat."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.actors import ATTENDEE, Actor
from events.errors import Invalid, NotWaiting, NotYours
from events.models import Event, User
from registrations.actions import (
    cancel_session_registrations,
    choose_waiting,
    end_late_waiting,
    join_together,
    join_waitlist,
    leave_waitlist,
    move_in_line,
    sweep,
)
from registrations.models import Notification
from registrations.rules.choices import Choices
from sessions_app.models import Session
from tests.engine.acts import claim, contact_of, figures, fill, holders, ledger, mails, person
from tests.factories import SessionFactory, at
from waitlists.models import WaitlistItem

ANN, BEN, CID = (person(name) for name in ("Ann", "Ben", "Cid"))
SWAP, SKIP = WaitlistItem.WhenClashing.SWAP, WaitlistItem.WhenClashing.SKIP


@pytest.fixture
def full(event: Event) -> Session:
    """A session with one seat, which is taken."""
    session = SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))
    fill(session)
    return session


def free_a_seat(session: Session) -> None:
    [holder] = session.registrations.active()
    cancel_session_registrations([holder], actor=ATTENDEE)


def now(item: WaitlistItem) -> WaitlistItem:
    return WaitlistItem.objects.get(pk=item.pk)


def test_nobody_joins_further_back_than_they_would_wait(full: Session) -> None:
    join_waitlist(full, ANN)
    with pytest.raises(Invalid, match="You would be number 2 in line") as refused:
        join_waitlist(full, BEN, place_at_most=1)
    assert (refused.value.data["place"], list(refused.value.data["fields"])) == (2, ["place_at_most"])
    assert WaitlistItem.objects.count() == 1
    with pytest.raises(Invalid, match="number 3"):
        join_together(full, [BEN, CID], place_at_most=2)
    assert join_waitlist(full, BEN, place_at_most=2).place_at_most == 2


def test_whom_staff_move_too_far_back_is_passed_over_until_far_enough_forward(
    full: Session, alice: User
) -> None:
    ann, ben, cid = (
        join_waitlist(full, ANN, place_at_most=1),
        join_waitlist(full, BEN),
        join_waitlist(full, CID),
    )
    move_in_line(ben, before=ann, actor=Actor.staff(alice), reason="Agreed")
    assert (now(ann).passed_over_code, figures(full)) == ("place", (1, 1, 0, 2))
    assert now(ann).passed_over_reason == "wants to wait only among the first 1"
    leave_waitlist(ben, contact=ben.contact)
    assert (now(ann).passed_over_code, figures(full)) == ("", (1, 1, 0, 2))
    free_a_seat(full)
    assert (holders(full), now(cid).status) == ({"ann"}, "waiting")
    assert sweep() == 0


def test_who_gives_up_hours_before_the_start_is_told_and_served_no_more(full: Session) -> None:
    item = join_waitlist(full, ANN, until_hours=2)
    start = full.starts_at
    assert start is not None
    before, last = start - timedelta(hours=2, minutes=1), start - timedelta(hours=2)
    assert (end_late_waiting(before), end_late_waiting(last), end_late_waiting(last)) == (0, 1, 0)
    assert (now(item).status, figures(full), ledger(full)[-1]) == ("withdrawn", (1, 1, 0, 0), "left_waitlist")
    assert mails("cancelled") == [("cancelled", "ann")]
    assert Notification.objects.latest("pk").payload == {"waitlist": True, "until_hours": 2}


def test_a_seat_that_frees_too_late_goes_to_the_next(full: Session) -> None:
    """Also before the worker has ended the place."""
    item = join_waitlist(full, ANN, until_hours=2)
    join_waitlist(full, BEN)
    start = full.starts_at
    assert start is not None
    late = start - timedelta(hours=1)
    [holder] = full.registrations.active()
    cancel_session_registrations([holder], actor=ATTENDEE, at=late)
    assert (holders(full), now(item).passed_over_code) == ({"ben"}, "late")
    assert end_late_waiting(late) == 1


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({"place_at_most": 0}, "place_at_most"),
        ({"until_hours": 0}, "until_hours"),
        ({"until_hours": 721}, "until_hours"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_at_their_field(
    full: Session, choices: dict[str, int], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        join_waitlist(full, ANN, **choices)  # type: ignore[arg-type]
    assert list(refused.value.data["fields"]) == [field]


def test_choosing_anew_serves_whoever_was_passed_over_for_what_they_chose(
    event: Event, full: Session
) -> None:
    same_time = SessionFactory(event=event, capacity=3, starts_at=at(10), ends_at=at(11))
    claim(same_time, ANN)
    item = join_waitlist(full, ANN, when_clashing=SKIP)
    free_a_seat(full)
    assert (now(item).passed_over_code, figures(full)) == ("overlap", (1, 0, 0, 0))
    choose_waiting(item, Choices(when_clashing=SWAP), contact=item.contact)
    assert (holders(full), holders(same_time)) == ({"ann"}, set())
    assert ledger(full)[-3:] == ["waiting_chosen", "back_in_line", "promoted"]
    with pytest.raises(NotWaiting):
        choose_waiting(item, Choices(), contact=item.contact)


def test_choosing_the_same_again_leaves_no_trace(full: Session) -> None:
    item = join_waitlist(full, ANN)
    before = ledger(full)
    choose_waiting(item, Choices(automatically_register=True), contact=item.contact)
    assert ledger(full) == before
    with pytest.raises(NotYours):
        choose_waiting(item, Choices(), contact=join_waitlist(full, BEN).contact)


def test_a_place_further_back_than_chosen_now_is_told(full: Session) -> None:
    join_waitlist(full, ANN)
    item = join_waitlist(full, BEN)
    with pytest.raises(Invalid, match="You would be number 2"):
        choose_waiting(item, Choices(place_at_most=1), contact=contact_of(BEN))
    assert now(item).place_at_most is None


def test_who_waits_alone_from_now_on_makes_the_group_smaller(full: Session) -> None:
    ann, ben = join_together(full, [ANN, BEN])
    free_a_seat(full)
    assert now(ann).passed_over_code == "too_few_seats"
    choose_waiting(ben, Choices.of(ben), contact=ben.contact, alone=True)
    assert (holders(full), now(ben).together, now(ben).status) == ({"ann"}, None, "waiting")
    assert sweep() == 0
