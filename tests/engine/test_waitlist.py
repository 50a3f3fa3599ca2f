"""Requirements E: who is served when a seat frees, and who is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events.actors import ATTENDEE, Actor
from events.errors import Conflict, Full, InvitationGone, NotYours, NoWaitlist
from events.models import Event, User
from registrations.actions import (
    accept_invitation,
    cancel_session_registrations,
    change_capacity,
    decline_invitation,
    expire_invitations,
    go_live,
    invite,
    join_waitlist,
    leave_waitlist,
    register_from_waitlist,
    remove_from_waitlist,
    stop,
    submit_agenda,
    sweep,
)
from registrations.models import Activity, Notification, SessionRegistration
from registrations.queries import position
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
from tests.factories import EventFactory, SessionFactory, at
from waitlists.models import WaitlistItem


def waiting(session: Session, *names: str, when_clashing: str = "ask") -> list[WaitlistItem]:
    """Let people wait for a session, in order."""
    for name in names:
        result = claim(session, person(name), wait=True, when_clashing=when_clashing)
        assert outcomes(result) == ["waitlisted"]
    return [item_of(session, name) for name in names]


def item_of(session: Session, name: str) -> WaitlistItem:
    """Somebody's newest item."""
    email = person(name).email
    return WaitlistItem.objects.filter(session=session, contact__email=email).latest("id")


def free_one(session: Session) -> None:
    """Somebody gives a seat of the session up."""
    seat = SessionRegistration.objects.active().filter(session=session).order_by("id").first()
    assert seat is not None
    cancel_session_registrations([seat], actor=ATTENDEE)


@pytest.fixture
def session(event: Event) -> Session:
    """A session of two, full, at a far-off time."""
    session = SessionFactory(event=event, capacity=2)
    fill(session)
    return session


@pytest.fixture
def inviting(event: Event) -> Session:
    """A full session of one that invites three people for each freed seat."""
    session = SessionFactory(
        event=event, capacity=1, own_auto_register_waitlisted=False, own_invitations_per_slot=3
    )
    fill(session)
    return session


def test_freed_seat_goes_to_the_oldest(session: Session) -> None:
    waiting(session, "First", "Second")
    free_one(session)
    assert "first" in holders(session)
    assert figures(session) == (2, 2, 0, 1)
    assert mails("promoted") == [("promoted", "first")]
    assert position(item_of(session, "Second")) == 1


def test_newcomer_cannot_snatch_a_seat_before_promotion(
    session: Session, bob: Attendee, monkeypatch: Any
) -> None:
    """Between the commit that frees the seat and the promotion: the promotion is held off here."""
    from registrations.actions.people import cancelling

    waiting(session, "First")
    with monkeypatch.context() as patched:
        patched.setattr(cancelling, "settle_after_commit", lambda *_args: None)
        free_one(session)
    assert figures(session) == (2, 1, 0, 1)
    assert outcomes(claim(session, bob)) == ["full"]
    assert sweep() == 1
    assert "first" in holders(session)


def test_seat_that_nobody_in_line_can_take_opens_to_newcomers(session: Session, bob: Attendee) -> None:
    overlapping = SessionFactory(event=session.event, starts_at=session.starts_at, ends_at=session.ends_at)
    [item] = waiting(session, "First", when_clashing="skip")
    claim(overlapping, person("First"))
    free_one(session)
    item.refresh_from_db()
    assert (item.status, item.passed_over_reason) == ("waiting", f"overlaps {overlapping.name}")
    assert figures(session) == (2, 1, 0, 0)
    assert outcomes(claim(session, bob)) == ["registered"]


def test_passed_over_item_is_served_once_the_clash_is_gone(session: Session) -> None:
    overlapping = SessionFactory(event=session.event, starts_at=session.starts_at, ends_at=session.ends_at)
    waiting(session, "First", when_clashing="skip")
    claim(overlapping, person("First"))
    free_one(session)
    cancel_session_registrations([seat_of(overlapping, person("First"))], actor=ATTENDEE)
    assert "first" in holders(session)
    assert ledger(session)[-3:] == ["passed_over", "back_in_line", "promoted"]


def test_raised_capacity_serves_exactly_the_new_seats(event: Event, alice: User) -> None:
    """Capacity 5, overbooked to 7, three wait; raised to 8 exactly one seat is free."""
    from registrations.actions import add_to_session

    staff = Actor.staff(alice)
    session = SessionFactory(event=event, capacity=5)
    fill(session)
    for name in ("Sixth", "Seventh"):
        add_to_session(session, [person(name)], actor=staff, reason="Speaker", past_capacity=True)
    waiting(session, "A", "B", "C")
    free_one(session)
    assert figures(session) == (5, 6, 0, 3)
    add_to_session(session, [person("Eighth")], actor=staff, reason="VIP", past_capacity=True)
    change_capacity(session, 8, actor=staff)
    assert figures(session) == (8, 8, 0, 2)
    assert "a" in holders(session)
    assert mails("promoted") == [("promoted", "a")]


def test_capacity_raised_from_5_to_8_with_7_in_it_serves_one_of_three(event: Event, alice: User) -> None:
    """Raised from 5 to 8 with 7 taken: exactly one seat is free."""
    from registrations.actions import add_to_session

    staff = Actor.staff(alice)
    session = SessionFactory(event=event, capacity=5)
    fill(session)
    over = [person("Sixth"), person("Seventh")]
    add_to_session(session, over, actor=staff, reason="Speaker", past_capacity=True)
    waiting(session, "A", "B", "C")
    assert figures(session) == (5, 7, 0, 3)
    change_capacity(session, 8, actor=staff)
    assert figures(session) == (8, 8, 0, 2)
    assert holders(session) >= {"a", "sixth", "seventh"}
    assert mails("promoted") == [("promoted", "a")]


def test_lowered_capacity_removes_nobody(session: Session, alice: User) -> None:
    change_capacity(session, 1, actor=Actor.staff(alice))
    waiting(session, "First")
    free_one(session)
    assert figures(session) == (1, 1, 0, 1)


def test_one_freed_seat_holds_one_and_invites_three(inviting: Session) -> None:
    waiting(inviting, "A", "B", "C", "D")
    free_one(inviting)
    assert figures(inviting) == (1, 0, 1, 1)
    assert mails("invited") == [("invited", "a"), ("invited", "b"), ("invited", "c")]


def test_first_accept_wins_and_the_others_stay_first(inviting: Session) -> None:
    items = waiting(inviting, "A", "B", "C", "D")
    free_one(inviting)
    accept_invitation(items[1], contact=contact_of(person("B")))
    assert holders(inviting) == {"b"}
    assert figures(inviting) == (1, 1, 0, 3)
    assert [position(item_of(inviting, name)) for name in ("A", "C", "D")] == [1, 2, 3]
    assert mails("invitation_taken") == [("invitation_taken", "a"), ("invitation_taken", "c")]
    with pytest.raises(InvitationGone):
        accept_invitation(items[0], contact=contact_of(person("A")))


def test_stranger_cannot_accept(inviting: Session, mallory: Attendee, event: Event) -> None:
    items = waiting(inviting, "A")
    claim(SessionFactory(event=event), mallory)
    free_one(inviting)
    for act in (accept_invitation, decline_invitation, leave_waitlist):
        with pytest.raises(NotYours):
            act(items[0], contact=contact_of(mallory))  # type: ignore[operator]
    assert figures(inviting) == (1, 0, 1, 0)


def test_all_expired_invites_the_next_three(inviting: Session) -> None:
    waiting(inviting, "A", "B", "C", "D", "E", "F", "G")
    free_one(inviting)
    slot = item_of(inviting, "A").invitation_slot
    assert slot is not None
    later = slot.expires_at + timedelta(seconds=1)
    assert expire_invitations(slot.expires_at - timedelta(seconds=1)) == 0
    assert expire_invitations(later) == 1
    assert mails("invitation_expired") == [("invitation_expired", name) for name in "abc"]
    assert mails("invited")[3:] == [("invited", name) for name in "def"]
    assert figures(inviting) == (1, 0, 1, 1)
    with pytest.raises(InvitationGone):
        accept_invitation(item_of(inviting, "A"), contact=contact_of(person("A")), at=later)


def test_accept_after_the_deadline_is_refused_before_any_sweep(inviting: Session) -> None:
    [item] = waiting(inviting, "A")
    free_one(inviting)
    item.refresh_from_db()
    assert item.expires_at is not None
    with pytest.raises(InvitationGone):
        accept_invitation(item, contact=contact_of(person("A")), at=item.expires_at)


def test_last_decline_serves_the_next(inviting: Session) -> None:
    inviting.own_invitations_per_slot = 2
    inviting.save()
    items = waiting(inviting, "A", "B", "C")
    free_one(inviting)
    decline_invitation(items[0], contact=contact_of(person("A")))
    assert figures(inviting) == (1, 0, 1, 1)
    decline_invitation(items[1], contact=contact_of(person("B")))
    assert mails("invited")[-1] == ("invited", "c")
    assert figures(inviting) == (1, 0, 1, 0)


def test_accepting_into_a_clash_is_refused_and_keeps_the_offer(inviting: Session) -> None:
    overlapping = SessionFactory(event=inviting.event, starts_at=inviting.starts_at, ends_at=inviting.ends_at)
    [item] = waiting(inviting, "A")
    free_one(inviting)
    assert outcomes(claim(overlapping, person("A"))) == ["registered"]
    with pytest.raises(Conflict):
        accept_invitation(item, contact=contact_of(person("A")))
    assert figures(inviting) == (1, 0, 1, 0)


def test_contacts_own_choice_counts_only_when_offered(event: Event) -> None:
    session = SessionFactory(
        event=event, capacity=1, own_auto_register_waitlisted=False, own_contacts_choose_auto_register=True
    )
    fill(session)
    claim(session, person("Asks"), wait=True, automatically_register=False)
    claim(session, person("Takes"), wait=True, automatically_register=True)
    free_one(session)
    assert item_of(session, "Asks").status == "invited"
    decline_invitation(item_of(session, "Asks"), contact=contact_of(person("Asks")))
    assert holders(session) == {"takes"}


@pytest.mark.parametrize("hours_left", [0.1, 1, 10, 1000])
def test_deadline_shrinks_as_the_start_nears_and_never_lies_after_it(hours_left: float) -> None:
    from registrations.rules import deadline_for

    start = at(9)
    now = start - timedelta(hours=hours_left)
    session = SessionFactory.build(
        event=EventFactory.build(), starts_at=start, ends_at=start + timedelta(hours=1)
    )
    deadline = deadline_for(session, now)
    assert now < deadline <= start
    assert deadline <= now + timedelta(hours=24)


def test_nobody_is_served_after_the_start(session: Session) -> None:
    from registrations.actions import settle

    waiting(session, "First")
    cancel_session_registrations(
        list(SessionRegistration.objects.active().filter(session=session)), actor=ATTENDEE, at=session.ends_at
    )
    assert holders(session) == set()
    assert settle([session.seats_id], at=session.ends_at) == 0
    sweep()


def test_stop_pauses_promotion_and_go_live_goes_on(session: Session, alice: User) -> None:
    staff = Actor.staff(alice)
    waiting(session, "First")
    stop(session, actor=staff)
    free_one(session)
    assert figures(session) == (2, 1, 0, 1)
    go_live(session, actor=staff)
    assert "first" in holders(session)


def test_waitlist_turned_off_keeps_items_and_lets_newcomers_in(
    session: Session, bob: Attendee, alice: User
) -> None:
    from django.db import transaction

    from registrations.actions import within_form_waitlist_settings_changed

    [item] = waiting(session, "First")
    for enabled, figure in ((False, 0), (True, 1)):
        with transaction.atomic():
            session.own_waitlist_enabled = enabled
            session.save()
            within_form_waitlist_settings_changed(session, actor=Actor.staff(alice))
        assert figures(session) == (2, 2, 0, figure)
        item.refresh_from_db()
        assert item.status == "waiting"
    with transaction.atomic():
        session.own_waitlist_enabled = False
        session.save()
        within_form_waitlist_settings_changed(session, actor=Actor.staff(alice))
    free_one(session)
    assert outcomes(claim(session, bob)) == ["registered"]
    with pytest.raises(NoWaitlist):
        join_waitlist(session, person("Late"))


def test_leaving_and_rejoining_goes_to_the_end(session: Session) -> None:
    items = waiting(session, "A", "B")
    leave_waitlist(items[0], contact=contact_of(person("A")))
    leave_waitlist(items[0], contact=contact_of(person("A")))
    waiting(session, "A")
    assert position(item_of(session, "A")) == 2


def test_joining_twice_is_one_item(session: Session, bob: Attendee) -> None:
    first = join_waitlist(session, bob)
    assert join_waitlist(session, bob).pk == first.pk
    assert mails("waitlisted") == [("waitlisted", "bob")]


def test_joining_is_refused_while_a_seat_is_free(event: Event, bob: Attendee) -> None:
    with pytest.raises(NoWaitlist):
        join_waitlist(SessionFactory(event=event), bob)


def test_staff_remove_invite_and_register_from_the_line(session: Session, alice: User) -> None:
    staff = Actor.staff(alice)
    a, b, c, d = waiting(session, "A", "B", "C", "D")
    with pytest.raises(Full):
        invite([c], actor=staff)
    lines = register_from_waitlist([d], actor=staff)
    assert [str(line.outcome) for line in lines] == ["full"]
    lines = register_from_waitlist([d], actor=staff, reason="Speaker", past_capacity=True)
    assert [(str(line.outcome), line.over_by) for line in lines] == [("registered", 1)]
    assert remove_from_waitlist([a, b], actor=staff, reason="duplicate") == 2
    told = Notification.objects.filter(kind="cancelled").values_list("payload", flat=True)
    assert [(payload["waitlist"], payload["everything"], payload["reason"]) for payload in told] == [
        (True, False, "duplicate")
    ] * 2
    assert figures(session) == (2, 3, 0, 1)
    assert Activity.objects.filter(verb="added_past_capacity", session=session).get().reason == "Speaker"


def test_item_of_somebody_who_registers_meanwhile_is_closed(session: Session, alice: User) -> None:
    from registrations.actions import add_to_session

    [item] = waiting(session, "A")
    add_to_session(session, [person("A")], actor=Actor.staff(alice), reason="VIP", past_capacity=True)
    item.refresh_from_db()
    assert item.status == "registered"
    assert figures(session) == (2, 3, 0, 0)


def test_promotion_of_many_goes_in_order(event: Event, alice: User) -> None:
    session = SessionFactory(event=event, capacity=0)
    names = [f"P{number:02}" for number in range(30)]
    waiting(session, *names)
    change_capacity(session, 25, actor=Actor.staff(alice))
    assert holders(session) == {name.lower() for name in names[:25]}
    assert figures(session) == (25, 25, 0, 5)


def test_dropping_by_agenda_serves_the_line(session: Session) -> None:
    waiting(session, "A")
    holder = SessionRegistration.objects.active().filter(session=session).first()
    assert holder is not None
    submit_agenda(session.event, Attendee.of(holder.event_registration), [], [session])
    assert "a" in holders(session)


def test_event_registration_cancelled_ends_waiting_too(session: Session) -> None:
    from registrations.actions import cancel_event_registrations
    from registrations.models import EventRegistration

    waiting(session, "A")
    registration = EventRegistration.objects.get(contact=contact_of(person("A")))
    cancel_event_registrations([registration], actor=ATTENDEE)
    assert figures(session) == (2, 2, 0, 0)
    assert mails("cancelled") == [("cancelled", "a")]


def test_expiry_uses_the_clock_it_is_given() -> None:
    assert expire_invitations(timezone.now()) == 0
