"""Two acts at the same instant, in either order: the later one waits, reads anew, and answers what is then true.

The first act holds its locks right before its commit. Each order has its control: with plain reads the same two
acts leave something wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from events.actors import ATTENDEE, SYSTEM, Actor
from events.errors import HasRegistrations, InvitationGone
from events.models import Event
from registrations.actions import (
    accept_invitation,
    add_to_session,
    archive,
    cancel_event,
    cancel_session,
    cancel_session_registrations,
    change_capacity,
    expire_invitations,
    join_waitlist,
    settle,
    stop,
    submit_agenda,
    swap,
    within_form_move_session,
    within_form_waitlist_settings_changed,
)
from registrations.models import EventRegistration, SessionRegistration
from registrations.moves import TimeAndPlace
from registrations.queries.recount import recount
from sessions_app.models import Session
from tests.engine.acts import claim, fill, holders, outcomes, person
from tests.factories import FIRST_DAY, EventFactory, SessionFactory, UserFactory, at
from tests.races.holding import in_turn
from waitlists.models import WaitlistItem

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("row_locks")]
BEFORE = FIRST_DAY - timedelta(days=10)
BOB, CAROL = person("Bob"), person("Carol")


@dataclass
class Scene:
    """One event; Bob holds a seat in `mine`, `wanted` has one seat left."""

    event: Event
    mine: Session
    wanted: Session
    staff: Actor

    def registration(self) -> EventRegistration:
        return EventRegistration.objects.active().get(event=self.event, contact__email=BOB.email)


@pytest.fixture
def scene() -> Scene:
    """The scene, before anybody acts."""
    event = EventFactory()
    mine = SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))
    wanted = SessionFactory(event=event, capacity=1, starts_at=at(15), ends_at=at(16))
    claim(mine, BOB)
    return Scene(event, mine, wanted, Actor.staff(UserFactory(is_superuser=True)))


def without_capacity(session: Session, *, actor: Actor) -> None:
    """Leave an on-site session without a capacity: nobody can register for it until it has one."""
    change_capacity(session, None, actor=actor)


def offences(event: Event) -> list[str]:
    return [str(offence) for offence in recount(event)]


def swap_to(s: Scene) -> Any:
    return swap(s.registration(), s.mine, s.wanted)


# Swap A → B while B fills.


def test_keeps_first_seat_when_the_other_fills_meanwhile(scene):
    got, swapped, waited = in_turn(partial(claim, scene.wanted, CAROL), partial(swap_to, scene))
    assert waited
    assert (outcomes(got), swapped.applied) == (["registered"], False)
    assert (holders(scene.mine), holders(scene.wanted)) == ({"bob"}, {"carol"})
    assert recount(scene.event, swept=True) == []


def test_finds_session_full_that_a_swap_just_filled(scene):
    swapped, asked, waited = in_turn(partial(swap_to, scene), partial(claim, scene.wanted, CAROL))
    assert waited
    assert (swapped.applied, outcomes(asked)) == (True, ["full"])
    assert holders(scene.wanted) == {"bob"}
    assert recount(scene.event, swept=True) == []


def test_oversells_swapped_seat_without_locks(scene, without_locks):
    in_turn(partial(claim, scene.wanted, CAROL), partial(swap_to, scene))
    assert offences(scene.event)


# Two people swap with each other's sessions.


def two_with_room(event):
    """Two sessions with one seat left in each; Bob is in one of them, Carol in the other."""
    one, two = SessionFactory.create_batch(2, event=event, capacity=2)
    claim(one, BOB)
    claim(two, CAROL)
    mine = {
        r.contact.email: r for r in EventRegistration.objects.filter(event=event).select_related("contact")
    }
    return one, two, partial(swap, mine[BOB.email], one, two), partial(swap, mine[CAROL.email], two, one)


def test_lets_two_people_swap_with_each_other():
    one, two, bobs, carols = two_with_room(EventFactory())
    for first, second in ((bobs, carols), (carols, bobs)):
        results = in_turn(first, second)
        assert results[2]
        if first is bobs:
            assert (results[0].applied, results[1].applied) == (True, True)
            assert (holders(one), holders(two)) == ({"carol"}, {"bob"})
    assert recount(one.event, swept=True) == []


# Capacity lowered during promotion.


@pytest.fixture
def crowded(scene):
    """Three wait for the session, and two seats more were just given to it; nobody is served yet."""
    for name in ("A", "B", "C"):
        claim(scene.mine, person(name), wait=True)
    change_capacity(scene.mine, 3, actor=SYSTEM, at=scene.mine.ends_at)
    assert holders(scene.mine) == {"bob"}
    return scene


def serve(s: Scene) -> int:
    return settle([s.mine.seats_id], at=BEFORE)


def lower(s: Scene) -> Any:
    return change_capacity(s.mine, 1, actor=s.staff, at=BEFORE)


def test_promotes_nobody_once_capacity_was_lowered(crowded):
    _seats, served, waited = in_turn(partial(lower, crowded), partial(serve, crowded))
    assert (waited, served) == (True, 0)
    assert holders(crowded.mine) == {"bob"}
    assert recount(crowded.event, swept=True, at=BEFORE) == []


def test_lowers_capacity_below_those_just_promoted(crowded):
    served, seats, waited = in_turn(partial(serve, crowded), partial(lower, crowded))
    assert (waited, served, seats.capacity, seats.taken) == (True, 2, 1, 3)
    assert holders(crowded.mine) == {"bob", "a", "b"}
    assert recount(crowded.event, swept=True, at=BEFORE) == []


def test_promotes_into_seats_that_are_gone_without_locks(crowded, without_locks):
    in_turn(partial(lower, crowded), partial(serve, crowded))
    assert len(holders(crowded.mine)) > 1


# Accept against expiry.


@pytest.fixture
def invited(scene):
    """Carol is offered the seat that Bob gave back."""
    Event.objects.filter(pk=scene.event.pk).update(auto_register_waitlisted=False)
    claim(scene.mine, CAROL, wait=True, at=BEFORE)
    seats = SessionRegistration.objects.filter(session=scene.mine)
    cancel_session_registrations(seats, actor=ATTENDEE, at=BEFORE)
    return WaitlistItem.objects.invited().select_related("contact", "invitation_slot", "session__event").get()


def accept(item: WaitlistItem) -> Any:
    late = item.invitation_slot.expires_at - timedelta(seconds=1)
    return accept_invitation(item, contact=item.contact, at=late)


def expire(item: WaitlistItem) -> int:
    return expire_invitations(at=item.invitation_slot.expires_at)


def test_expires_nothing_that_was_just_accepted(invited):
    seat, ended, waited = in_turn(partial(accept, invited), partial(expire, invited))
    assert (waited, seat.contact_id, ended) == (True, invited.contact_id, 0)
    assert holders(invited.session) == {"carol"}
    assert recount(invited.event, swept=True, at=BEFORE) == []


def test_refuses_to_accept_what_just_expired(invited):
    ended, refused, waited = in_turn(partial(expire, invited), partial(accept, invited))
    assert (waited, ended, type(refused)) == (True, 1, InvitationGone)
    assert holders(invited.session) == set()
    assert recount(invited.event, swept=True, at=BEFORE) == []


def test_accepts_and_expires_one_offer_without_locks(invited, without_locks):
    _seat, ended, _waited = in_turn(partial(accept, invited), partial(expire, invited))
    # Here the last guard, a constraint, fails what would have counted the held seat twice.
    assert isinstance(ended, IntegrityError) or offences(invited.event)


# Staff add against self-registration.


def add_carol(s: Scene, **more: Any) -> Any:
    return add_to_session(s.wanted, [CAROL], actor=s.staff, reason="Speaker", **more)


@pytest.mark.parametrize(("past_capacity", "outcome"), [(False, "full"), (True, "registered")])
def test_staff_find_last_seat_just_taken(scene, past_capacity, outcome):
    taken, [line], waited = in_turn(
        partial(claim, scene.wanted, BOB), partial(add_carol, scene, past_capacity=past_capacity)
    )
    assert (waited, outcomes(taken), str(line.outcome)) == (True, ["registered"], outcome)
    assert (
        SessionRegistration.objects.filter(session=scene.wanted, is_past_capacity=True).exists()
        is past_capacity
    )
    assert recount(scene.event, swept=True) == []


def test_attendee_finds_last_seat_just_given_by_staff(scene):
    [line], asked, waited = in_turn(partial(add_carol, scene), partial(claim, scene.wanted, BOB))
    assert (waited, str(line.outcome), outcomes(asked)) == (True, "registered", ["full"])
    assert recount(scene.event, swept=True) == []


def test_staff_and_attendee_both_get_last_seat_without_locks(scene, without_locks):
    in_turn(partial(add_carol, scene), partial(claim, scene.wanted, BOB))
    assert offences(scene.event)


# A session, or the event, is cancelled or deleted while people register.


def live_seats_of_dead(event: Event) -> list[SessionRegistration]:
    seats = SessionRegistration.objects.active().filter(session__event=event)
    dead = seats.exclude(session__cancelled_at=None) | seats.exclude(session__archived_at=None)
    return [*dead, *seats.exclude(session__event__cancelled_at=None)]


@pytest.fixture
def roomy(scene):
    """The wanted session has room for all, and somebody in it who will be told."""
    change_capacity(scene.wanted, 5, actor=scene.staff)
    fill(scene.wanted, 1)
    return scene


def test_gives_no_seat_in_session_just_cancelled(roomy):
    cancelled = partial(cancel_session, roomy.wanted, actor=roomy.staff)
    released, asked, waited = in_turn(cancelled, partial(claim, roomy.wanted, CAROL))
    assert (waited, released, outcomes(asked)) == (True, 1, ["not_live"])
    assert live_seats_of_dead(roomy.event) == []
    assert recount(roomy.event, swept=True) == []


def test_cancels_seat_that_was_just_taken_too(roomy):
    cancelled = partial(cancel_session, roomy.wanted, actor=roomy.staff)
    asked, released, waited = in_turn(partial(claim, roomy.wanted, CAROL), cancelled)
    assert (waited, outcomes(asked), released) == (True, ["registered"], 2)
    assert live_seats_of_dead(roomy.event) == []
    assert recount(roomy.event, swept=True) == []


def test_gives_seat_in_cancelled_session_without_locks(roomy, without_locks):
    cancelled = partial(cancel_session, roomy.wanted, actor=roomy.staff)
    in_turn(cancelled, partial(claim, roomy.wanted, CAROL))
    assert live_seats_of_dead(roomy.event) or offences(roomy.event)


@pytest.mark.parametrize(("close", "answer"), [(stop, "not_live"), (without_capacity, "capacity_missing")])
def test_gives_no_seat_in_session_just_closed(roomy, close, answer):
    closed = partial(close, roomy.wanted, actor=roomy.staff)
    _closed, asked, waited = in_turn(closed, partial(claim, roomy.wanted, CAROL))
    assert (waited, outcomes(asked)) == (True, [answer])
    assert recount(roomy.event, swept=True) == []


@pytest.mark.parametrize("close", [stop, without_capacity])
def test_gives_seat_in_session_just_closed_without_locks(roomy, close, without_locks):
    closed = partial(close, roomy.wanted, actor=roomy.staff)
    _closed, asked, _waited = in_turn(closed, partial(claim, roomy.wanted, CAROL))
    assert outcomes(asked) == ["registered"]


def test_cancels_registration_just_made_with_the_event(roomy):
    cancelled = partial(cancel_event, roomy.event, actor=roomy.staff)
    asked, released, waited = in_turn(partial(claim, roomy.wanted, CAROL), cancelled)
    assert (waited, outcomes(asked), released) == (True, ["registered"], 3)
    assert live_seats_of_dead(roomy.event) == []
    assert recount(roomy.event, swept=True) == []


def test_registers_nobody_at_event_just_cancelled(roomy):
    cancelled = partial(cancel_event, roomy.event, actor=roomy.staff)
    released, asked, waited = in_turn(cancelled, partial(claim, roomy.wanted, CAROL))
    assert (waited, released, outcomes(asked)) == (True, 2, ["not_live"])
    assert EventRegistration.objects.active().count() == 0


def test_deletes_no_session_in_which_a_seat_was_just_taken(scene):
    deleted = partial(archive, scene.wanted, actor=scene.staff)
    asked, refused, waited = in_turn(partial(claim, scene.wanted, CAROL), deleted)
    assert (waited, outcomes(asked), type(refused)) == (True, ["registered"], HasRegistrations)
    assert live_seats_of_dead(scene.event) == []


def test_gives_no_seat_in_session_just_deleted(scene):
    deleted = partial(archive, scene.wanted, actor=scene.staff)
    _none, asked, waited = in_turn(deleted, partial(claim, scene.wanted, CAROL))
    assert (waited, outcomes(asked)) == (True, ["not_live"])


def test_deletes_session_with_a_seat_in_it_without_locks(scene, without_locks):
    deleted = partial(archive, scene.wanted, actor=scene.staff)
    in_turn(partial(claim, scene.wanted, CAROL), deleted)
    assert live_seats_of_dead(scene.event)


# Somebody is promoted while they take an overlapping seat themselves.


@pytest.fixture
def waiting_bob(scene):
    """Bob waits for a full session; another one at that time has room."""
    change_capacity(scene.mine, 0, actor=scene.staff)
    claim(scene.mine, CAROL, wait=True, at=BEFORE)
    change_capacity(scene.mine, 2, actor=SYSTEM, at=scene.mine.ends_at)
    Session.objects.filter(pk=scene.wanted.pk).update(starts_at=at(10), ends_at=at(11))
    return scene


def test_refuses_overlapping_seat_to_who_is_just_promoted(waiting_bob):
    s = waiting_bob
    served, asked, waited = in_turn(partial(serve, s), partial(claim, s.wanted, CAROL, at=BEFORE))
    assert (waited, served, outcomes(asked)) == (True, 1, ["conflict"])
    assert recount(s.event, swept=True, at=BEFORE) == []


def test_offers_swap_to_who_just_took_overlapping_seat(waiting_bob):
    s = waiting_bob
    asked, served, waited = in_turn(partial(claim, s.wanted, CAROL, at=BEFORE), partial(serve, s))
    assert (waited, outcomes(asked), served) == (True, ["registered"], 1)
    assert WaitlistItem.objects.invited().get().contact.email == CAROL.email
    assert recount(s.event, swept=True, at=BEFORE) == []


def test_seats_one_person_twice_at_a_time_without_locks(waiting_bob, without_locks):
    s = waiting_bob
    in_turn(partial(serve, s), partial(claim, s.wanted, CAROL, at=BEFORE))
    assert offences(s.event)


# A session is moved into the way while its people claim others.


def move_into_the_way(s: Scene) -> int:
    session = Session.objects.select_related("event").get(pk=s.mine.pk)
    before = TimeAndPlace.of(session)
    with transaction.atomic():
        session.starts_at, session.ends_at = s.wanted.starts_at, s.wanted.ends_at
        session.save()
        return within_form_move_session(before, session, actor=s.staff)


def test_refuses_overlap_with_session_just_moved(scene):
    told, asked, waited = in_turn(partial(move_into_the_way, scene), partial(claim, scene.wanted, BOB))
    assert (waited, told, outcomes(asked)) == (True, 1, ["conflict"])
    assert recount(scene.event, swept=True) == []


def test_accepts_overlap_with_seat_just_taken_when_moving(scene):
    asked, told, waited = in_turn(partial(claim, scene.wanted, BOB), partial(move_into_the_way, scene))
    assert (waited, outcomes(asked), told) == (True, ["registered"], 1)
    assert SessionRegistration.objects.get(session=scene.mine, overlap_accepted=True)
    assert recount(scene.event, swept=True) == []


def test_moves_into_unseen_overlap_without_locks(scene, without_locks):
    in_turn(partial(move_into_the_way, scene), partial(claim, scene.wanted, BOB))
    assert offences(scene.event)


# The waitlist is turned off while somebody joins it.


def turn_off(s: Scene) -> None:
    event = Event.objects.get(pk=s.event.pk)
    with transaction.atomic():
        event.waitlist_enabled = False
        event.save()
        within_form_waitlist_settings_changed(event, actor=s.staff)


def test_counts_nobody_in_a_line_turned_off_while_they_joined(scene):
    item, _none, waited = in_turn(partial(join_waitlist, scene.mine, CAROL), partial(turn_off, scene))
    assert (waited, item.status) == (True, "waiting")
    assert recount(scene.event, swept=True) == []


def test_lets_nobody_join_a_line_just_turned_off(scene):
    _none, refused, waited = in_turn(partial(turn_off, scene), partial(join_waitlist, scene.mine, CAROL))
    assert waited
    assert type(refused).__name__ == "NoWaitlist"
    assert recount(scene.event, swept=True) == []


def test_counts_somebody_in_a_line_turned_off_without_locks(scene, without_locks):
    in_turn(partial(join_waitlist, scene.mine, CAROL), partial(turn_off, scene))
    assert offences(scene.event)


# An offer of the event's seat ends while its holder changes the agenda.


@pytest.fixture
def hopeful():
    """Carol is offered the event's one seat, with a wish on hold; she thinks of another session."""
    event = EventFactory(capacity=0, auto_register_waitlisted=False)
    sessions = SessionFactory.create_batch(2, event=event)
    claim(sessions[0], CAROL, wait=True, at=BEFORE)
    change_capacity(event, 1, actor=SYSTEM, at=BEFORE)
    item = WaitlistItem.objects.invited().select_related("invitation_slot").get(session=None)
    ask = partial(submit_agenda, event, CAROL, [sessions[1]], wait=True, at=BEFORE)
    return event, partial(expire, item), ask


def homeless(event: Event) -> list[WaitlistItem]:
    """Open items of people who are not registered."""
    live = EventRegistration.objects.active().filter(event=event).values("contact")
    return list(WaitlistItem.objects.open().filter(event=event).exclude(contact__in=live))


@pytest.mark.parametrize("is_expired_first", [False, True])
def test_leaves_no_wish_of_an_ended_registration(hopeful, is_expired_first):
    event, end, ask = hopeful
    *_results, waited = in_turn(*((end, ask) if is_expired_first else (ask, end)))
    assert waited
    assert homeless(event) == []
    assert recount(event) == []


def test_leaves_wish_of_an_ended_registration_without_locks(hopeful, without_locks):
    event, end, ask = hopeful
    in_turn(end, ask)
    assert homeless(event) or offences(event)
