"""What was promised is kept, and no longer than it can be: closing, moving, leaving, hard limits.

Included and locked sessions, hard limits, deadlines, what goes on after closing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.actors import ATTENDEE, Actor
from events.errors import Invalid, InvitationGone, Locked, NotPermitted
from events.models import Contact, Event, SeatCount, User
from registrations import sql
from registrations.actions import (
    accept_invitation,
    add_to_event,
    add_to_session,
    cancel_event_registrations,
    cancel_session_registrations,
    change_capacity,
    expire_invitations,
    invite,
    leave_waitlist,
    register_from_waitlist,
    stop,
    submit_agenda,
    sweep,
    within_form_change_capacity,
    within_form_change_hard_limit,
    within_form_move_event,
    within_form_move_session,
)
from registrations.actions.lines import looking_again
from registrations.models import EventRegistration, SessionRegistration
from registrations.moves import TimeAndPlace
from registrations.rules import deadline_for
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
from tests.factories import EventFactory, SessionFactory, UserFactory, at
from waitlists.models import InvitationSlot, WaitlistItem

INCLUDED = Session.SelectionControl.INCLUDED
BOB, CAROL, DORA = person("Bob"), person("Carol"), person("Dora")


@pytest.fixture
def chief() -> Actor:
    """Somebody who may do everything."""
    return Actor.staff(UserFactory(is_superuser=True))


def close_registration(event: Event) -> None:
    """Registration has closed a minute ago."""
    event.registration_closes_at = timezone.now() - timedelta(minutes=1)
    event.save()


def items(target: Session | Event) -> list[WaitlistItem]:
    """Who waits or is invited, in order."""
    return list(WaitlistItem.objects.open().filter(seats_id=target.seats_id).in_line())


# After registration has closed


def test_wishes_on_hold_are_given_though_registration_has_closed(chief: Actor) -> None:
    event = EventFactory(capacity=1)
    free, full = SessionFactory(event=event, capacity=1), SessionFactory(event=event, capacity=0)
    claim(SessionFactory(event=event), BOB)
    submit_agenda(event, CAROL, [free, full], wait=True)
    close_registration(event)
    registration = EventRegistration.objects.get(event=event, contact__email=BOB.email)
    cancel_event_registrations([registration], actor=ATTENDEE)
    assert (holders(free), holders(full)) == ({"carol"}, set())
    assert [item.status for item in items(full)] == ["waiting"]


def test_wish_on_hold_for_a_stopped_session_is_not_given(chief: Actor) -> None:
    event = EventFactory(capacity=1)
    wished = SessionFactory(event=event, capacity=1)
    claim(SessionFactory(event=event), BOB)
    claim(wished, CAROL, wait=True)
    stop(wished, actor=chief)
    registration = EventRegistration.objects.get(event=event, contact__email=BOB.email)
    cancel_event_registrations([registration], actor=ATTENDEE)
    assert holders(wished) == set()


@pytest.mark.parametrize(("by", "is_draft"), [("staff", False), ("staff", True), ("api", False)])
def test_whom_staff_add_early_or_late_is_given_the_included_sessions(
    chief: Actor, by: str, *, is_draft: bool
) -> None:
    event = EventFactory(publish_status="draft" if is_draft else "live")
    opening = SessionFactory(event=event, selection_control=INCLUDED)
    other = SessionFactory(event=event)
    close_registration(event)
    actor = chief if by == "staff" else Actor("api", name="Badge printer", may_override=True)
    more: dict[str, Any] = {"actor": actor, "reason": "Speaker", "override_closed": True}
    add_to_event(event, [BOB], **more)
    add_to_session(other, [CAROL], **more)
    assert holders(opening) == {"bob", "carol"}


def test_whom_staff_add_late_gets_no_included_session_that_has_begun(event: Event, chief: Actor) -> None:
    opening = SessionFactory(event=event, selection_control=INCLUDED, starts_at=at(9), ends_at=at(10))
    closing = SessionFactory(event=event, selection_control=INCLUDED, starts_at=at(17), ends_at=at(18))
    add_to_event(event, [BOB], actor=chief, at=at(12))
    assert (holders(opening), holders(closing)) == (set(), {"bob"})


# Included and locked sessions


@pytest.mark.parametrize("settings", [{"locked_when_saved": True}, {"selection_control": INCLUDED}])
def test_staff_take_away_what_attendees_cannot_drop(
    event: Event, chief: Actor, settings: dict[str, Any]
) -> None:
    session = SessionFactory(event=event, **settings)
    claim(session, BOB)
    assert outcomes(submit_agenda(event, BOB, [], [session])) == ["locked"]
    assert outcomes(submit_agenda(event, BOB, [], [session], actor=chief)) == ["dropped"]
    claim(session, CAROL)
    cancel_session_registrations([seat_of(session, CAROL)], actor=chief)
    assert holders(session) == set()


def test_included_session_keeps_nobody_from_leaving_the_event(event: Event) -> None:
    opening = SessionFactory(event=event, selection_control=INCLUDED)
    claim(SessionFactory(event=event), BOB)
    assert holders(opening) == {"bob"}
    assert cancel_event_registrations(EventRegistration.objects.all(), actor=ATTENDEE) == 1
    assert holders(opening) == set()


def test_locked_session_is_given_up_by_staff_alone(event: Event, chief: Actor) -> None:
    locked = SessionFactory(event=event, locked_when_saved=True)
    claim(locked, BOB)
    registrations = EventRegistration.objects.all()
    with pytest.raises(Locked):
        cancel_event_registrations(registrations, actor=ATTENDEE)
    assert holders(locked) == {"bob"}
    cancel_event_registrations(registrations, actor=chief)
    assert holders(locked) == set()


# The hard limit


@pytest.fixture
def limited(event: Event, chief: Actor) -> Session:
    """A session of one with a hard limit of two; Bob is in it, Carol and Dora wait."""
    session = SessionFactory(event=event, capacity=1)
    with transaction.atomic():
        within_form_change_hard_limit(session, 2, actor=chief)
    claim(session, BOB)
    for who in (CAROL, DORA):
        claim(session, who, wait=True)
    return session


def test_register_from_the_line_stops_at_the_hard_limit(limited: Session, chief: Actor) -> None:
    lines = register_from_waitlist(items(limited), actor=chief, reason="VIP", past_capacity=True)
    assert [str(line.outcome) for line in lines] == ["registered", "hard_limit"]
    assert figures(limited) == (1, 2, 0, 1)


def test_capacity_stays_within_the_hard_limit(limited: Session, chief: Actor) -> None:
    for capacity in (3, None):
        with pytest.raises(Invalid) as refused:
            change_capacity(limited, capacity, actor=chief)
        assert list(refused.value.data["fields"]) == ["capacity"]
    change_capacity(limited, 2, actor=chief)
    assert figures(limited) == (2, 2, 0, 1)


def test_hard_limit_is_changed_by_those_who_may_pass_it(limited: Session, alice: User) -> None:
    planner = UserFactory()
    with pytest.raises(NotPermitted), transaction.atomic():
        within_form_change_hard_limit(limited, None, actor=Actor.staff(planner))
    with pytest.raises(Invalid), transaction.atomic():
        within_form_change_hard_limit(limited, 0, actor=Actor.staff(UserFactory(is_superuser=True)))
    assert SeatCount.objects.get(pk=limited.seats_id).hard_limit == 2
    assert ledger(limited)[0] == "hard_limit_changed"


def test_hard_limit_is_never_set_below_those_who_are_there(event: Event, chief: Actor) -> None:
    """The machine found it: seats beyond a limit that nobody had passed."""
    session = SessionFactory(event=event, capacity=4)
    fill(session)
    change_capacity(session, 2, actor=chief)
    with pytest.raises(Invalid) as refused, transaction.atomic():
        within_form_change_hard_limit(session, 3, actor=chief)
    assert list(refused.value.data["fields"]) == ["hard_limit"]
    with transaction.atomic():
        within_form_change_hard_limit(session, 4, actor=chief)


def test_hard_limit_that_was_passed_may_be_raised(limited: Session, chief: Actor) -> None:
    extra: dict[str, Any] = {"actor": chief, "reason": "VIP", "past_capacity": True, "past_hard_limit": True}
    add_to_session(limited, [person(f"Guest{n}") for n in range(4)], **extra)
    with transaction.atomic():
        within_form_change_hard_limit(limited, 3, actor=chief)
    assert figures(limited)[1] == 5


@pytest.mark.parametrize("wrong", [{"capacity": 3}, {"capacity": None}, {"hard_limit": 0}])
def test_database_keeps_the_capacity_within_the_hard_limit(limited: Session, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SeatCount.objects.filter(pk=limited.seats_id).update(**wrong)


def test_no_free_seat_is_made_of_a_missing_capacity(event: Event, chief: Actor) -> None:
    session = SessionFactory(event=event, capacity=1)
    claim(session, BOB)
    claim(session, CAROL, wait=True)
    with transaction.atomic():
        within_form_change_capacity(session, None, actor=chief)
    [line] = register_from_waitlist(items(session), actor=chief)
    assert str(line.outcome) == "capacity_missing"
    [line] = register_from_waitlist(items(session), actor=chief, reason="VIP", past_capacity=True)
    assert (str(line.outcome), line.is_past_capacity) == ("registered", True)


# Deadlines


@pytest.mark.parametrize(
    ("hours_left", "hours"), [(100, 24), (30, 15), (2, 1), (0.4, 0.25), (0.1, 0.1)], ids=str
)
def test_deadline_is_half_of_what_is_left_and_never_after_the_start(hours_left: float, hours: float) -> None:
    start = at(9)
    session = SessionFactory.build(event=EventFactory.build(), starts_at=start)
    now = start - timedelta(hours=hours_left)
    assert deadline_for(session, now) == now + timedelta(hours=hours)


def test_session_has_hours_of_its_own(event: Event) -> None:
    now = at(9) - timedelta(days=20)
    own = SessionFactory(event=event, starts_at=at(9), ends_at=at(10), own_invitation_hours=3)
    as_event = SessionFactory(event=event, starts_at=at(9), ends_at=at(10))
    deadlines = [deadline_for(session, now) for session in (own, as_event)]
    assert deadlines == [now + timedelta(hours=3), now + timedelta(hours=24)]


@pytest.fixture
def offered(chief: Actor) -> Session:
    """A seat is offered to Carol; the session starts in some years."""
    event = EventFactory(auto_register_waitlisted=False)
    session = SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))
    claim(session, BOB)
    claim(session, CAROL, wait=True)
    cancel_session_registrations([seat_of(session, BOB)], actor=ATTENDEE)
    assert mails("invited") == [("invited", "carol")]
    return session


def move(session: Session, start: Any, chief: Actor, **more: Any) -> None:
    """The session is saved with another start."""
    before = TimeAndPlace.of(session)
    with transaction.atomic():
        session.starts_at, session.ends_at = start, start + timedelta(hours=1)
        session.save()
        within_form_move_session(before, session, actor=chief, **more)


def slot_of(session: Session) -> InvitationSlot:
    return InvitationSlot.objects.get(seats_id=session.seats_id)


def test_offer_ends_before_the_session_that_was_moved_forward(offered: Session, chief: Actor) -> None:
    now = timezone.now()
    move(offered, now + timedelta(hours=8), chief, at=now)
    assert slot_of(offered).expires_at == now + timedelta(hours=4)
    assert mails("invited") == [("invited", "carol")] * 2


def test_offer_that_ends_in_time_is_left_as_it_is(offered: Session, chief: Actor) -> None:
    before = slot_of(offered).expires_at
    move(offered, timezone.now() + timedelta(days=3), chief)
    assert slot_of(offered).expires_at == before
    assert len(mails("invited")) == 1


def test_shorter_offer_is_told_though_nobody_else_is(offered: Session, chief: Actor) -> None:
    add_to_session(offered, [DORA], actor=chief, reason="VIP", past_capacity=True, notify=False)
    move(offered, timezone.now() + timedelta(hours=8), chief, notify=False)
    assert slot_of(offered).expires_at < timezone.now() + timedelta(hours=5)
    assert (len(mails("invited")), mails("session_changed")) == (2, [])


def test_offer_of_a_session_moved_into_the_past_frees_its_seat(offered: Session, chief: Actor) -> None:
    [item] = items(offered)
    move(offered, timezone.now() - timedelta(hours=2), chief)
    with pytest.raises(InvitationGone):
        accept_invitation(item, contact=contact_of(CAROL))
    assert expire_invitations() == 1
    assert figures(offered)[1:] == (0, 0, 0)


def test_offer_is_gone_once_the_session_began(offered: Session) -> None:
    """Whatever moved it: here a row written by hand."""
    [item] = items(offered)
    Session.objects.filter(pk=offered.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(InvitationGone):
        accept_invitation(item, contact=contact_of(CAROL))


def test_offer_of_an_event_that_was_moved_forward_ends_before_it(chief: Actor) -> None:
    event = EventFactory(session_level=False, capacity=1, auto_register_waitlisted=False)
    add_to_event(event, [BOB], actor=chief)
    submit_agenda(event, CAROL, [], wait=True) if event.allow_custom_agenda else _wait_for(event, CAROL)
    cancel_event_registrations(EventRegistration.objects.confirmed(), actor=chief)
    now = timezone.now()
    with transaction.atomic():
        event.starts_at = now + timedelta(hours=8)
        event.save()
        assert within_form_move_event(event, actor=chief, at=now) == 1
        assert within_form_move_event(event, actor=chief, at=now) == 0
    assert InvitationSlot.objects.get(seats_id=event.seats_id).expires_at == now + timedelta(hours=4)


def _wait_for(event: Event, who: Attendee) -> None:
    from registrations.actions import join_waitlist

    join_waitlist(event, who)


# What is looked at again


@pytest.fixture
def kept_back(event: Event) -> Session:
    """Carol and Dora were passed over: they hold an overlapping session and would not give it up."""
    session = SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))
    beside = SessionFactory(event=event, starts_at=at(10), ends_at=at(11))
    claim(session, BOB)
    for who in (CAROL, DORA):
        claim(session, who, wait=True, when_clashing="skip")
        claim(beside, who)
    cancel_session_registrations([seat_of(session, BOB)], actor=ATTENDEE)
    assert WaitlistItem.objects.exclude(passed_over_at=None).count() == 2
    return session


def test_whoever_left_since_they_were_looked_at_is_not_put_back(kept_back: Session) -> None:
    seen = WaitlistItem.objects.select_related("contact").get(contact__email=CAROL.email)
    leave_waitlist(seen, contact=seen.contact)
    assert not looking_again._put_back([seen], timezone.now())
    assert WaitlistItem.objects.get(pk=seen.pk).status == WaitlistItem.Status.WITHDRAWN


def revisions() -> list[int]:
    return list(Contact.objects.order_by("pk").values_list("revision", flat=True))


def test_sweep_locks_nobody_who_is_still_kept_back(kept_back: Session) -> None:
    before = revisions()
    with CaptureQueriesContext(connection) as queries:
        assert sweep() == 0
    writing = [query["sql"] for query in queries if query["sql"].startswith(("UPDATE", "INSERT"))]
    assert (writing, revisions()) == ([], before)
    # Seen without the stop, another person costs no statement more.
    assert len(queries) < 15


def test_sweep_looks_no_more_at_those_passed_over_once_the_session_began(kept_back: Session) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert sweep(kept_back.starts_at) == 0
    assert not any("registrations_sessionregistration" in query["sql"] for query in queries)


def test_sweep_puts_back_who_is_kept_back_no_more(kept_back: Session) -> None:
    seats = SessionRegistration.objects.filter(contact=contact_of(DORA))
    # As if a process had been killed before it looked again.
    SessionRegistration.objects.filter(pk__in=seats).update(cancelled_at=timezone.now())
    from registrations.actions.programme.repair import repair_counters

    repair_counters(kept_back.event)
    assert sweep() == 1
    assert holders(kept_back) == {"dora"}


def test_one_offer_that_cannot_end_keeps_no_other_from_ending(event: Event, chief: Actor) -> None:
    Event.objects.filter(pk=event.pk).update(auto_register_waitlisted=False)
    event.refresh_from_db()
    broken, sound = (SessionFactory(event=event, capacity=1) for _ in range(2))
    for session in (broken, sound):
        fill(session)
        claim(session, person(f"Waits{session.pk}"), wait=True)
        cancel_session_registrations(SessionRegistration.objects.filter(session=session), actor=chief)
    # Behind our back: to give the held seat back would break a constraint.
    SeatCount.objects.filter(pk=broken.seats_id).update(held=0)
    later = timezone.now() + timedelta(days=2)
    with pytest.raises(IntegrityError):
        expire_invitations(later)
    assert [item.status for item in items(sound)] == []
    SeatCount.objects.filter(pk=broken.seats_id).update(held=1)
    assert expire_invitations(later) == 1


def test_nobody_else_is_invited_while_an_offer_stands(offered: Session, chief: Actor) -> None:
    claim(offered, DORA, wait=True)
    [dora] = [item for item in items(offered) if item.status == "waiting"]
    from events.errors import Full

    with pytest.raises(Full):
        invite([dora], actor=chief)


def test_session_that_everybody_is_given_since_the_page_was_asked_for_comes_with_the_registration(
    event: Event,
) -> None:
    chosen, lunch = SessionFactory(event=event), SessionFactory(event=event)
    seen = sql.event_with(event.slug)
    assert seen is not None
    assert not sql.may_have_sessions_of_everybody(seen)
    Session.objects.filter(pk=lunch.pk).update(selection_control=INCLUDED)
    submit_agenda(seen, BOB, [chosen])
    assert (holders(chosen), holders(lunch)) == ({"bob"}, {"bob"})
