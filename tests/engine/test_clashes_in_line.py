"""Nobody in line is registered blindly into a clash, and swaps settle in one run."""

from __future__ import annotations

import pytest

from events.actors import ATTENDEE, Actor
from events.errors import Conflict, Locked
from events.models import Event, User
from registrations.actions import accept_invitation, cancel_session_registrations, change_capacity
from registrations.models import CheckIn
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import (
    claim,
    contact_of,
    figures,
    fill,
    holders,
    ledger,
    mails,
    outcomes,
    person,
    seat_of,
)
from tests.factories import SessionFactory, at
from waitlists.models import WaitlistItem


@pytest.fixture
def three(event: Event) -> list[Session]:
    """Three full sessions of one seat at the same time."""
    return [SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11)) for _ in range(3)]


def free(session: Session, holder: Attendee) -> None:
    """The holder gives the seat up."""
    cancel_session_registrations([seat_of(session, holder)], actor=ATTENDEE)


def test_chain_of_three_swaps_settles_in_one_run(three: list[Session]) -> None:
    x, y, z = three
    [holder] = fill(x)
    a, b, c = person("A"), person("B"), person("C")
    claim(y, a)
    claim(z, b)
    claim(x, a, wait=True, when_clashing="swap")
    claim(y, b, wait=True, when_clashing="swap")
    claim(z, c, wait=True)
    free(x, holder)
    assert [holders(session) for session in three] == [{"a"}, {"b"}, {"c"}]
    assert mails("promoted") == [("promoted", "a"), ("promoted", "b"), ("promoted", "c")]
    assert ledger(y)[-2:] == ["swapped_away", "promoted"]
    assert WaitlistItem.objects.open().count() == 0


def test_long_chain_settles_in_one_run(event: Event) -> None:
    sessions = [SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11)) for _ in range(30)]
    [holder] = fill(sessions[0])
    people = [person(f"P{number:02}") for number in range(30)]
    for number in range(29):
        claim(sessions[number + 1], people[number])
        claim(sessions[number], people[number], wait=True, when_clashing="swap")
    claim(sessions[29], people[29], wait=True)
    free(sessions[0], holder)
    assert [holders(session) for session in sessions] == [{f"p{number:02}"} for number in range(30)]


def test_clash_is_offered_as_a_swap_that_holds_the_seat(three: list[Session], bob: Attendee) -> None:
    x, y, _z = three
    [holder] = fill(x)
    claim(y, bob)
    claim(x, bob, wait=True)
    free(x, holder)
    assert figures(x) == (1, 0, 1, 0)
    assert mails("invited") == [("invited", "bob")]
    item = WaitlistItem.objects.invited().get()
    with pytest.raises(Conflict):
        accept_invitation(item, contact=contact_of(bob))
    accept_invitation(item, contact=contact_of(bob), swap=True)
    assert (holders(x), holders(y)) == ({"bob"}, set())


def test_accepted_swap_moves_the_other_line(three: list[Session], bob: Attendee) -> None:
    x, y, _z = three
    [holder] = fill(x)
    claim(y, bob)
    claim(x, bob, wait=True)
    claim(y, person("Next"), wait=True)
    free(x, holder)
    accept_invitation(WaitlistItem.objects.invited().get(), contact=contact_of(bob), swap=True)
    assert holders(y) == {"next"}


def test_ring_without_a_free_seat_is_left_alone(three: list[Session]) -> None:
    x, y, _z = three
    a, b = person("A"), person("B")
    claim(x, a)
    claim(y, b)
    claim(y, a, wait=True, when_clashing="swap")
    claim(x, b, wait=True, when_clashing="swap")
    assert (holders(x), holders(y)) == ({"a"}, {"b"})
    assert WaitlistItem.objects.waiting().count() == 2


@pytest.mark.parametrize("when_clashing", ["swap", "ask"])
def test_locked_seat_is_never_swapped_away(event: Event, bob: Attendee, when_clashing: str) -> None:
    wanted = SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))
    locked = SessionFactory(event=event, starts_at=at(10), ends_at=at(11), locked_when_saved=True)
    [holder] = fill(wanted)
    claim(locked, bob)
    claim(wanted, bob, wait=True, when_clashing=when_clashing)
    free(wanted, holder)
    assert holders(locked) == {"bob"}
    assert WaitlistItem.objects.get().passed_over_reason == f"overlaps {locked.name}"


def test_used_seat_is_never_swapped_away(three: list[Session], bob: Attendee) -> None:
    x, y, _z = three
    [holder] = fill(x)
    registration = claim(y, bob).registration
    assert registration is not None
    CheckIn.objects.create(event=y.event, event_registration=registration, session=y, checked_in_at=at(9))
    claim(x, bob, wait=True, when_clashing="swap")
    free(x, holder)
    assert (holders(x), holders(y)) == (set(), {"bob"})


def test_invitation_into_a_locked_clash_cannot_be_accepted(event: Event, bob: Attendee, alice: User) -> None:
    inviting = SessionFactory(
        event=event, capacity=0, starts_at=at(10), ends_at=at(11), own_auto_register_waitlisted=False
    )
    claim(inviting, bob, wait=True)
    change_capacity(inviting, 1, actor=Actor.staff(alice))
    locked = SessionFactory(event=event, starts_at=at(10), ends_at=at(11), locked_when_saved=True)
    assert outcomes(claim(locked, bob)) == ["registered"]
    with pytest.raises(Locked):
        accept_invitation(WaitlistItem.objects.invited().get(), contact=contact_of(bob), swap=True)
