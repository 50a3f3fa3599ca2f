"""One seat held for several people: whoever gets a seat otherwise leaves the held one to the others, never doubled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.actors import Actor
from registrations.actions import (
    accept_invitation,
    add_to_session,
    cancel_session_registrations,
    change_capacity,
    decline_invitation,
    expire_invitations,
    leave_waitlist,
    register_from_waitlist,
    remove_from_waitlist,
    sweep,
)
from registrations.actions.lines import expiring
from tests.engine.acts import claim, figures, fill, holders, outcomes, people, seat_of
from tests.factories import FIRST_DAY, EventFactory, SessionFactory, at
from waitlists.models import InvitationSlot, WaitlistItem

NOW = FIRST_DAY - timedelta(days=5)


@pytest.fixture
def staff(alice):
    return Actor.staff(alice)


@pytest.fixture
def invited(staff):
    """One seat held for three people; a fourth is behind them."""
    event = EventFactory(auto_register_waitlisted=False, invitations_per_slot=3)
    session = SessionFactory(event=event, capacity=1)
    [holder] = fill(session)
    for minute, who in enumerate(people(4)):
        claim(session, who, wait=True, at=NOW + timedelta(minutes=minute))
    cancel_session_registrations([seat_of(session, holder)], actor=staff, at=NOW + timedelta(hours=1))
    assert figures(session) == (1, 0, 1, 1)
    return session


def test_invites_those_behind_somebody_who_is_kept_back(staff):
    event = EventFactory(auto_register_waitlisted=False, invitations_per_slot=2)
    ten = {"starts_at": at(10), "ends_at": at(11)}
    full, clashing = SessionFactory(event=event, capacity=1, **ten), SessionFactory(event=event, **ten)
    [holder] = fill(full)
    first, kept_back, third, fourth = people(4)
    claim(clashing, kept_back, at=NOW)
    for minute, who in enumerate([first, kept_back, third, fourth]):
        claim(full, who, wait=True, when_clashing="skip", at=NOW + timedelta(minutes=minute))
    cancel_session_registrations([seat_of(full, holder)], actor=staff, at=NOW + timedelta(hours=1))
    line = WaitlistItem.objects.open().filter(session=full).in_line()
    assert [(item.status, item.passed_over_reason) for item in line] == [
        ("invited", ""),
        ("waiting", f"overlaps {clashing.name}"),
        ("invited", ""),
        ("waiting", ""),
    ]


def items(session):
    return list(WaitlistItem.objects.invited().filter(session=session).in_line())


def test_gives_held_seat_itself_when_staff_register_one_of_those_invited(invited, staff):
    [line] = register_from_waitlist(items(invited)[:1], actor=staff, at=NOW + timedelta(hours=2))
    assert line.is_success
    assert figures(invited) == (1, 1, 0, 3)
    assert holders(invited) == {"guest0"}


def test_keeps_promise_to_others_when_staff_add_one_of_those_invited_past_capacity(invited, staff):
    [line] = add_to_session(
        invited, people(1), actor=staff, reason="VIP", past_capacity=True, at=NOW + timedelta(hours=2)
    )
    assert line.is_success
    assert figures(invited)[1] == 1
    item = items(invited)[0] if items(invited) else None
    if item is not None:
        accept_invitation(item, contact=item.contact, at=NOW + timedelta(hours=3))


def test_holds_seat_while_one_of_those_invited_is_left(invited, staff):
    first, second, third = items(invited)
    decline_invitation(first, contact=first.contact, at=NOW + timedelta(hours=2))
    assert figures(invited) == (1, 0, 1, 1)
    leave_waitlist(second, contact=second.contact, at=NOW + timedelta(hours=2))
    assert figures(invited) == (1, 0, 1, 1)
    remove_from_waitlist([third], actor=staff, at=NOW + timedelta(hours=2))
    assert figures(invited) == (1, 0, 1, 0)


def test_removes_whole_group_at_once(invited, staff):
    assert remove_from_waitlist(items(invited), actor=staff, at=NOW + timedelta(hours=2)) == 3
    assert figures(invited) == (1, 0, 1, 0)


def test_registers_whole_group_past_capacity(invited, staff):
    lines = register_from_waitlist(
        items(invited), actor=staff, reason="VIP", past_capacity=True, at=NOW + timedelta(hours=2)
    )
    assert [line.is_success for line in lines] == [True] * 3
    assert figures(invited) == (1, 3, 0, 1)


def test_whoever_is_invited_answers_the_invitation_though_another_seat_is_free(staff):
    """A claim beside it would leave the seat held for them empty."""
    session = SessionFactory(event=EventFactory(auto_register_waitlisted=False), capacity=0)
    [who] = people(1)
    claim(session, who, wait=True, at=NOW)
    change_capacity(session, 1, actor=staff, at=NOW)
    change_capacity(session, 2, actor=staff, at=NOW)
    assert outcomes(claim(session, who, at=NOW)) == ["waitlisted"]
    assert figures(session) == (2, 0, 1, 0)


def test_ends_an_invitation_once_though_two_workers_found_it(invited):
    [slot] = InvitationSlot.objects.filter(closed_at=None)
    late = NOW + timedelta(days=2)
    assert [expiring._expire(slot.pk, late) for _worker in range(2)] == [{slot.seats_id}, set()]
    assert sweep(at=late) == 1


def test_expires_group_once(invited):
    assert expire_invitations(at=NOW + timedelta(days=2)) == 1
    assert figures(invited) == (1, 0, 1, 0)
