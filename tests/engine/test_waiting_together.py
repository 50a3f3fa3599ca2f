"""Those who wait together are served in one go, at the place of the first of them, or not yet."""

from __future__ import annotations

import pytest

from events.actors import ATTENDEE, Actor
from events.errors import Invalid, NoWaitlist
from events.models import Event, User
from registrations.actions import (
    accept_invitation,
    cancel_session_registrations,
    change_capacity,
    decline_invitation,
    invite,
    join_together,
    join_waitlist,
    leave_waitlist,
    preview_capacity,
    sweep,
)
from registrations.queries.recount import recount
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import claim, contact_of, figures, fill, holders, ledger, mails, person, seat_of
from tests.factories import SessionFactory, at
from waitlists.models import WaitlistItem

ANN, BEN, CID = GROUP = [person(name) for name in ("Ann", "Ben", "Cid")]
DAN = person("Dan")


def full(event: Event, capacity: int, **more: object) -> tuple[Session, list[Attendee]]:
    session = SessionFactory(event=event, capacity=capacity, starts_at=at(10), ends_at=at(11), **more)
    return session, fill(session)


def give_back(session: Session, *people: Attendee) -> None:
    cancel_session_registrations([seat_of(session, who) for who in people], actor=ATTENDEE)


def item_of(session: Session, who: Attendee) -> WaitlistItem:
    return WaitlistItem.objects.filter(session=session, contact=contact_of(who)).latest("pk")


def everything_is_true(event: Event) -> None:
    assert sweep() == 0
    assert [str(one) for one in recount(event, swept=True)] == []


def test_one_seat_passes_the_group_over_and_goes_to_the_next(event: Event) -> None:
    session, there = full(event, 3)
    items = join_together(session, GROUP)
    assert len({item.together for item in items}) == 1
    join_waitlist(session, DAN)
    give_back(session, there[0])
    assert holders(session) == {there[1].email.split("@")[0], there[2].email.split("@")[0], "dan"}
    said = {(i.passed_over_code, i.passed_over_reason) for i in WaitlistItem.objects.waiting()}
    assert said == {("too_few_seats", "not enough seats for the group of 3")}
    assert figures(session) == (3, 3, 0, 0)
    everything_is_true(event)


def test_whom_staff_invite_leaves_the_group_and_makes_it_smaller(event: Event, alice: User) -> None:
    session, there = full(event, 2)
    join_together(session, GROUP[:2])
    give_back(session, there[0])
    assert (figures(session), item_of(session, BEN).passed_over_code) == ((2, 1, 0, 0), "too_few_seats")
    assert invite([item_of(session, ANN)], actor=Actor.staff(alice)) == 1
    # Ben waits alone now, and is in line for what frees next.
    assert (figures(session), item_of(session, BEN).passed_over_at) == ((2, 1, 1, 1), None)
    everything_is_true(event)
    give_back(session, there[1])
    assert holders(session) == {"ben"}
    everything_is_true(event)


def test_a_seat_too_few_for_the_group_is_open_to_newcomers(event: Event) -> None:
    session, there = full(event, 2)
    join_together(session, GROUP[:2])
    give_back(session, there[0])
    assert figures(session) == (2, 1, 0, 0)
    assert claim(session, DAN).applied
    everything_is_true(event)


def test_a_group_is_seated_once_enough_are_free_at_the_place_of_its_first(event: Event) -> None:
    """Two seats come free one after the other: the group, which joined before Dan, gets them both."""
    session, there = full(event, 2)
    join_together(session, GROUP[:2])
    give_back(session, there[0])
    assert figures(session) == (2, 1, 0, 0)
    give_back(session, there[1])
    assert holders(session) == {"ann", "ben"}
    assert mails("promoted") == [("promoted", "ann"), ("promoted", "ben")]
    assert ledger(session)[-5:] == ["cancelled", "back_in_line", "back_in_line", "promoted", "promoted"]
    everything_is_true(event)


def test_enough_seats_at_once_serve_the_group_before_whoever_came_later(event: Event) -> None:
    session, there = full(event, 3)
    join_together(session, GROUP[:2])
    join_waitlist(session, DAN)
    give_back(session, *there)
    assert holders(session) == {"ann", "ben", "dan"}
    everything_is_true(event)


def test_a_larger_capacity_seats_the_group_as_it_was_previewed(event: Event, alice: User) -> None:
    session, _there = full(event, 1)
    join_together(session, GROUP)
    session.seats.refresh_from_db()
    assert preview_capacity(session, 3).seated == []
    assert [i.contact.first_name for i in preview_capacity(session, 4).seated] == ["Ann", "Ben", "Cid"]
    change_capacity(session, 3, actor=Actor.staff(alice))
    assert figures(session) == (3, 1, 0, 0)
    change_capacity(session, 4, actor=Actor.staff(alice))
    assert figures(session) == (4, 4, 0, 0)
    everything_is_true(event)


def test_who_leaves_makes_the_group_smaller(event: Event) -> None:
    """Two seats are free and too few for three; when one of them goes home, the two others are seated."""
    session, there = full(event, 2)
    join_together(session, GROUP)
    give_back(session, *there)
    assert figures(session) == (2, 0, 0, 0)
    leave_waitlist(item_of(session, CID), contact=contact_of(CID))
    assert holders(session) == {"ann", "ben"}
    everything_is_true(event)


def test_one_who_cannot_be_served_keeps_the_whole_group_waiting(event: Event) -> None:
    session, there = full(event, 2)
    same_time = SessionFactory(event=event, capacity=5, starts_at=at(10), ends_at=at(11))
    claim(same_time, BEN)
    join_together(session, GROUP[:2], when_clashing=WaitlistItem.WhenClashing.SKIP)
    give_back(session, *there)
    item = item_of(session, ANN)
    assert (item.passed_over_code, figures(session)) == ("group", (2, 0, 0, 0))
    assert item.passed_over_reason.startswith("somebody of the group of 2 cannot be served: overlaps")
    everything_is_true(event)
    give_back(same_time, BEN)
    assert holders(session) == {"ann", "ben"}
    everything_is_true(event)


def test_all_of_a_group_are_invited_together_each_to_a_seat(event: Event) -> None:
    session, there = full(event, 2, own_auto_register_waitlisted=False)
    join_together(session, GROUP[:2])
    give_back(session, there[0])
    assert figures(session) == (2, 1, 0, 0)
    give_back(session, there[1])
    assert figures(session) == (2, 0, 2, 0)
    accept_invitation(item_of(session, ANN), contact=contact_of(ANN))
    decline_invitation(item_of(session, BEN), contact=contact_of(BEN))
    assert (holders(session), figures(session)) == ({"ann"}, (2, 1, 0, 0))
    everything_is_true(event)


def test_swaps_of_a_group_are_made_or_offered_as_each_chose(event: Event) -> None:
    session, there = full(event, 2)
    same_time = SessionFactory(event=event, capacity=5, starts_at=at(10), ends_at=at(11))
    claim(same_time, BEN)
    join_together(session, GROUP[:2], when_clashing=WaitlistItem.WhenClashing.SWAP)
    give_back(session, *there)
    assert (holders(session), holders(same_time)) == ({"ann", "ben"}, set())
    everything_is_true(event)


def test_a_group_may_wait_while_seats_too_few_for_it_are_free(event: Event) -> None:
    session = SessionFactory(event=event, capacity=2, starts_at=at(10), ends_at=at(11))
    join_together(session, GROUP)
    assert figures(session) == (2, 0, 0, 0)
    with pytest.raises(NoWaitlist, match="Register instead"):
        join_together(session, [DAN, person("Eve")])
    everything_is_true(event)


def test_asked_again_nothing_changes_and_an_older_place_is_kept(event: Event) -> None:
    session, there = full(event, 2)
    join_waitlist(session, ANN)
    first = join_together(session, GROUP)
    again = join_together(session, GROUP)
    assert [item.pk for item in again] == [item.pk for item in first]
    assert [bool(item.together) for item in first] == [False, True, True]
    give_back(session, there[0])
    assert "ann" in holders(session)
    everything_is_true(event)


def test_a_group_waits_for_whoever_has_no_seat_at_the_event_yet(event: Event, alice: User) -> None:
    change_capacity(event, 3, actor=Actor.staff(alice))
    session, there = full(event, 2)
    claim(SessionFactory(event=event, capacity=5, starts_at=at(12), ends_at=at(13)), ANN)
    join_waitlist(event, BEN)
    items = join_together(session, GROUP[:2])
    assert [item.status for item in items] == ["waiting", "on_hold"]
    give_back(session, there[0])
    assert (len(holders(session)), item_of(session, ANN).passed_over_code) == (1, "group")
    change_capacity(event, 9, actor=Actor.staff(alice))
    assert (len(holders(session)), item_of(session, ANN).passed_over_code) == (1, "too_few_seats")
    give_back(session, there[1])
    assert holders(session) == {"ann", "ben"}
    everything_is_true(event)


def test_too_large_a_group_and_a_repeated_address_are_refused(event: Event) -> None:
    session, _there = full(event, 1)
    with pytest.raises(Invalid, match="At most 20"):
        join_together(session, [person(f"g{n}") for n in range(21)])
    with pytest.raises(Invalid, match="address of their own"):
        join_together(session, [ANN, ANN])
    assert WaitlistItem.objects.count() == 0
