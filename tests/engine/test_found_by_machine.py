"""Stories that once ended wrong, found by tests/machine or while it was written, in their smallest form."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from events.actors import ATTENDEE, Actor
from events.errors import Closed, Full, Invalid, NotInPass, NotLive
from events.models import Event, SeatCount, User
from registrations.actions import (
    accept_invitation,
    add_to_event,
    add_to_session,
    cancel_event,
    cancel_event_registrations,
    cancel_session_registrations,
    change_capacity,
    expire_invitations,
    join_waitlist,
    preview_capacity,
    register_for_event,
    register_from_waitlist,
    stop,
    submit_agenda,
    sweep,
    within_form_move_session,
)
from registrations.actions.programme.repair import repair_counters
from registrations.models import AttendeePass, EventRegistration, SessionRegistration
from registrations.moves import TimeAndPlace
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import (
    claim,
    contact_of,
    figures,
    fill,
    holders,
    mails,
    outcomes,
    people,
    person,
    seat_of,
)
from tests.factories import FIRST_DAY, EventFactory, PassFactory, SessionFactory, at
from waitlists.models import InvitationSlot, WaitlistItem

NOW = FIRST_DAY - timedelta(days=5)


@pytest.fixture
def staff(alice: User) -> Actor:
    """Alice, who may do everything."""
    return Actor.staff(alice)


def item_of(name: str, session: Session | None = None) -> WaitlistItem:
    """Somebody's open item, for the event unless a session is given."""
    return WaitlistItem.objects.open().get(contact__email=person(name).email, session=session)


def test_staff_add_two_to_event_whose_included_session_has_one_seat(event: Event, staff: Actor) -> None:
    """The second waits there; both movements of the one seat count were refused together."""
    included = SessionFactory(event=event, capacity=1, selection_control="included")
    lines = add_to_event(event, people(2), actor=staff)
    assert [line.is_success for line in lines] == [True, True]
    assert figures(included) == (1, 1, 0, 1)


def test_raised_event_capacity_seats_wishes_on_hold_and_lets_the_rest_wait(staff: Actor) -> None:
    event = EventFactory(capacity=0)
    session = SessionFactory(event=event, capacity=2)
    for who in people(3):
        assert outcomes(claim(session, who, wait=True)) == ["on_hold"]
    change_capacity(event, 3, actor=staff)
    assert holders(session) == {"guest0", "guest1"}
    assert figures(session) == (2, 2, 0, 1)
    assert figures(event) == (3, 3, 0, 0)


def test_who_waits_for_event_cannot_join_line_of_session(staff: Actor) -> None:
    """A seat of a session hung on a registration that had no seat of the event."""
    event = EventFactory(capacity=1)
    session, other = SessionFactory(event=event, capacity=1), SessionFactory(event=event, capacity=1)
    fill(session)
    claim(other, person("Hopeful"), wait=True)
    item = join_waitlist(session, person("Hopeful"))
    assert item.status == "on_hold"
    change_capacity(session, 2, actor=staff)
    assert figures(session) == (2, 1, 0, 0)
    change_capacity(event, 2, actor=staff)
    assert holders(session) >= {"hopeful"}


def test_cancelling_an_event_tells_who_waits_for_it(staff: Actor) -> None:
    event = EventFactory(capacity=1)
    session = SessionFactory(event=event)
    for who in people(2):
        claim(session, who, wait=True)
    assert cancel_event(event, actor=staff) == 2
    assert mails("event_cancelled") == [("event_cancelled", "guest0"), ("event_cancelled", "guest1")]


def with_pass_left(capacity: int, passes: int, **event: object):
    """A full event whose line waits with a pass of which so many are left."""
    made = EventFactory(session_level=False, capacity=capacity, **event)
    return made, PassFactory(event=made, capacity=passes)


def test_two_served_at_once_get_one_last_pass(staff: Actor) -> None:
    event, offered = with_pass_left(0, 1)
    for who in people(2):
        assert register_for_event(event, who, offered, wait=True).status == "waitlisted"
    change_capacity(event, 2, actor=staff)
    assert figures(offered) == (1, 1, 0, 0)
    assert figures(event) == (2, 1, 0, 0)
    assert WaitlistItem.objects.waiting().get().passed_over_reason == "the pass is sold out"


def test_pass_given_back_serves_who_waits_for_it(staff: Actor) -> None:
    event, offered = with_pass_left(0, 1)
    for who in people(2):
        register_for_event(event, who, offered, wait=True)
    change_capacity(event, 2, actor=staff)
    mine = EventRegistration.objects.filter(contact=contact_of(person("Guest0")))
    cancel_event_registrations(mine, actor=ATTENDEE)
    assert figures(offered) == (1, 1, 0, 0)
    assert mails("promoted") == [("promoted", "guest0"), ("promoted", "guest1")]


def test_more_passes_serve_who_waits_for_one(staff: Actor) -> None:
    event, offered = with_pass_left(0, 1)
    for who in people(2):
        register_for_event(event, who, offered, wait=True)
    change_capacity(event, 2, actor=staff)
    change_capacity(offered, 2, actor=staff)
    assert figures(offered) == (2, 2, 0, 0)


def test_accepting_with_a_pass_sold_out_meanwhile_is_refused(staff: Actor) -> None:
    event, offered = with_pass_left(0, 1, auto_register_waitlisted=False)
    for who in people(2):
        register_for_event(event, who, offered, wait=True)
    change_capacity(event, 2, actor=staff)
    first, second = item_of("Guest0"), item_of("Guest1")
    accept_invitation(first, contact=first.contact)
    with pytest.raises(Full):
        accept_invitation(second, contact=second.contact)
    assert figures(offered) == (1, 1, 0, 0)
    assert figures(event) == (2, 1, 1, 0)


def test_staff_serve_the_line_past_a_sold_out_pass_only_past_capacity(staff: Actor) -> None:
    event, offered = with_pass_left(0, 1)
    register_for_event(event, people(1)[0], offered, wait=True)
    add_to_event(event, [person("Vip")], offered, actor=staff, reason="VIP", past_capacity=True)
    stop(event, actor=staff)
    change_capacity(event, 3, actor=staff)
    [line] = register_from_waitlist([item_of("Guest0")], actor=staff)
    assert str(line.outcome) == "full"
    [line] = register_from_waitlist([item_of("Guest0")], actor=staff, reason="VIP", past_capacity=True)
    assert (str(line.outcome), line.is_past_capacity) == ("registered", True)


def test_staff_confirm_who_waits_with_the_pass_they_wait_for(staff: Actor) -> None:
    event, offered = with_pass_left(0, 5)
    register_for_event(event, people(1)[0], offered, wait=True)
    add_to_event(event, people(1), actor=staff, reason="VIP", past_capacity=True)
    assert AttendeePass.objects.get().event_pass == offered


def test_dry_run_counts_passes(staff: Actor) -> None:
    event, offered = with_pass_left(5, 1)
    previewed = add_to_event(event, people(2), offered, actor=staff, preview=True)
    done = add_to_event(event, people(2), offered, actor=staff)
    assert [str(line.outcome) for line in previewed] == [str(line.outcome) for line in done]
    assert [str(line.outcome) for line in done] == ["registered", "full"]


def test_dry_run_counts_who_leaves_the_line(event: Event, staff: Actor) -> None:
    session = SessionFactory(event=event, capacity=1)
    fill(session)
    claim(session, person("Guest0"), wait=True)
    stop(session, actor=staff)
    change_capacity(session, 3, actor=staff)
    previewed = add_to_session(session, people(2), actor=staff, preview=True)
    done = add_to_session(session, people(2), actor=staff)
    assert [str(line.outcome) for line in previewed] == [str(line.outcome) for line in done]


def test_one_session_cannot_be_added_and_dropped(event: Event) -> None:
    """The place in line was given up, and the answer said "waitlisted"."""
    session = SessionFactory(event=event, capacity=1)
    fill(session)
    claim(session, person("Waits"), wait=True)
    with pytest.raises(Invalid):
        submit_agenda(event, person("Waits"), [session], [session], wait=True)
    assert figures(session) == (1, 1, 0, 1)


def test_dry_run_without_sessions_is_refused_where_the_event_is_full() -> None:
    event = EventFactory(capacity=0, sessions_required=False)
    for preview in (True, False):
        with pytest.raises(Full):
            submit_agenda(event, person("Late"), [], preview=preview)
    assert EventRegistration.objects.count() == 0


def test_joining_a_line_needs_a_pass_where_agendas_need_one() -> None:
    event = EventFactory(passes_with_agenda=True)
    session, other = SessionFactory(event=event, capacity=0), SessionFactory(event=event)
    offered = PassFactory(event=event)
    offered.sessions.set([other])
    with pytest.raises(Invalid):
        join_waitlist(session, person("New"))
    claim(other, person("Bob"), event_pass=offered)
    with pytest.raises(NotInPass):
        join_waitlist(session, person("Bob"))
    assert figures(session) == (0, 0, 0, 0)


def test_who_joins_the_events_line_gets_included_sessions_with_the_seat(staff: Actor) -> None:
    event = EventFactory(capacity=0)
    included = SessionFactory(event=event, selection_control="included")
    join_waitlist(event, person("Hopeful"))
    change_capacity(event, 1, actor=staff)
    assert holders(included) == {"hopeful"}


def test_staff_confirm_who_waits_and_tell_them_once(staff: Actor) -> None:
    event = EventFactory(capacity=0)
    session, other = SessionFactory(event=event), SessionFactory(event=event)
    claim(session, person("Hopeful"), wait=True)
    add_to_session(other, [person("Hopeful")], actor=staff, reason="VIP", past_capacity=True)
    assert (holders(session), holders(other)) == ({"hopeful"}, {"hopeful"})
    assert mails("registered") == [("registered", "hopeful")]


def test_preventing_conflicts_later_accepts_those_that_are_there(
    event: Event, bob: Attendee, staff: Actor
) -> None:
    words = {"event": event, "starts_at": at(10), "ends_at": at(11), "prevent_session_conflicts": False}
    one, two = SessionFactory(**words), SessionFactory(**words)
    for session in (one, two):
        assert outcomes(claim(session, bob)) == ["registered"]
    before = TimeAndPlace.of(one)
    with transaction.atomic():
        one.prevent_session_conflicts = True
        one.save()
        assert within_form_move_session(before, one, actor=staff) == 0
    assert seat_of(one, bob).overlap_accepted
    assert mails("session_changed") == []


def test_accepting_swaps_away_what_was_moved_into_the_way_meanwhile(event: Event, bob: Attendee) -> None:
    """The item was read before the move: its session said another time."""
    wanted = SessionFactory(event=event, capacity=1, starts_at=at(15), ends_at=at(16))
    mine = SessionFactory(event=event, starts_at=at(10), ends_at=at(11))
    Event.objects.update(auto_register_waitlisted=False)
    [holder] = fill(wanted)
    claim(mine, bob)
    claim(wanted, bob, wait=True)
    cancel_session_registrations([seat_of(wanted, holder)], actor=ATTENDEE)
    item = WaitlistItem.objects.select_related("session__event", "event").get()
    Session.objects.filter(pk=wanted.pk).update(starts_at=mine.starts_at, ends_at=mine.ends_at)
    accept_invitation(item, contact=contact_of(bob), swap=True)
    assert (holders(wanted), holders(mine)) == ({"bob"}, set())


def test_expired_invitation_of_nobody_gives_its_seat_back(event: Event) -> None:
    """A worker told to do all there is to do found it again and again."""
    session = SessionFactory(event=event, capacity=1)
    later = NOW + timedelta(hours=1)
    slot = InvitationSlot.objects.create(seats=session.seats, opened_at=NOW, expires_at=later)
    repair_counters(event)
    assert figures(session) == (1, 0, 1, 0)
    assert (expire_invitations(later), expire_invitations(later)) == (1, 0)
    slot.refresh_from_db()
    assert slot.closed_at == later
    assert figures(session) == (1, 0, 0, 0)


def test_newcomer_without_sessions_is_refused_while_registration_is_closed() -> None:
    closed = EventFactory(sessions_required=False, registration_closes_at=NOW)
    with pytest.raises(Closed):
        submit_agenda(closed, person("Late"), [], at=NOW)
    with pytest.raises(NotLive):
        submit_agenda(EventFactory(sessions_required=False, publish_status="draft"), person("Late"), [])
    assert EventRegistration.objects.count() == 0


def test_sweep_serves_the_other_lines_past_one_that_fails(event: Event) -> None:
    """Somebody changed a counter behind our back, so that serving that line breaks a constraint."""
    broken, sound = SessionFactory(event=event, capacity=2), SessionFactory(event=event, capacity=1)
    for session in (broken, sound):
        fill(session)
        for name in range(session.seats.capacity):
            claim(session, person(f"Waits{session.pk}-{name}"), wait=True)
        seats = SessionRegistration.objects.filter(session=session)
        cancel_session_registrations(seats, actor=ATTENDEE, at=session.ends_at)
    SeatCount.objects.filter(pk=broken.seats_id).update(waiting=1)
    with pytest.raises(IntegrityError):
        sweep()
    assert (holders(broken), holders(sound)) == (set(), {f"waits{sound.pk}-0"})
    repair_counters(event)
    assert sweep() == 2


def test_preview_looks_past_those_who_cannot_be_served(event: Event, staff: Actor) -> None:
    """It looked at as many heads of the line as there were seats, and no further."""
    session = SessionFactory(event=event, capacity=0, starts_at=at(10), ends_at=at(11))
    beside = SessionFactory(event=event, starts_at=at(10), ends_at=at(11))
    for name in ("Busy", "Next"):
        claim(session, person(name), wait=True, when_clashing="skip")
    claim(beside, person("Busy"))
    preview = preview_capacity(session, 1)
    assert [item.contact.first_name for item in preview.seated] == ["Next"]
    change_capacity(session, 1, actor=staff)
    assert holders(session) == {"next"}


def test_staff_give_one_person_one_of_two_overlapping_sessions_they_wait_for(
    staff: Actor, bob: Attendee
) -> None:
    event = EventFactory()
    one, two = (SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(12)) for _ in range(2))
    for full in (one, two):
        fill(full)
    items = [waits_for(session, bob) for session in (one, two)]
    lines = register_from_waitlist(items, actor=staff, reason="VIP", past_capacity=True)
    assert [str(line.outcome) for line in lines] == ["registered", "conflict"]


def waits_for(session: Session, who: Attendee) -> WaitlistItem:
    claim(session, who, wait=True)
    return WaitlistItem.objects.open().get(session=session, contact__email=who.email)
