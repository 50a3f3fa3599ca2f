"""Going live, moving, cancelling, passes, the switch."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from events.actors import ATTENDEE, Actor
from events.errors import Closed, Full, HasRegistrations, Invalid, NotLive, WrongLevel
from events.models import Event, Pass, User
from registrations.actions import (
    PassRow,
    add_passes,
    all_go_live,
    archive,
    cancel_event,
    cancel_event_registrations,
    cancel_session,
    cancel_session_registrations,
    change_capacity,
    go_live,
    register_for_event,
    request_link,
    stop,
    switch_agenda,
    within_form_move_session,
)
from registrations.models import EventRegistration, Notification, SessionRegistration
from registrations.moves import TimeAndPlace, consequences_of_move
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import claim, figures, fill, holders, mails, outcomes, people, person, seat_of
from tests.factories import EventFactory, PassFactory, SessionFactory, at


@pytest.fixture
def staff(alice: User) -> Actor:
    """Alice, who may do everything."""
    return Actor.staff(alice)


def move(session: Session, staff: Actor, *, notify: bool = True, **changed: object) -> int:
    """Save the session with other facts, as the admin's form does."""
    before = TimeAndPlace.of(session)
    with transaction.atomic():
        for name, value in changed.items():
            setattr(session, name, value)
        session.save()
        return within_form_move_session(before, session, actor=staff, notify=notify)


def test_moving_tells_each_registered_person_once_with_a_raised_sequence(event: Event, staff: Actor) -> None:
    session = SessionFactory(event=event, capacity=3)
    fill(session)
    before = session.starts_at
    assert move(session, staff, starts_at=at(20), ends_at=at(21)) == 3
    rows = Notification.objects.filter(kind="session_changed")
    assert rows.count() == 3
    session.refresh_from_db()
    assert session.calendar_sequence == 1
    assert {row.payload["sequence"] for row in rows} == {1}
    assert {row.payload["before"]["starts_at"] for row in rows} == {before.isoformat()}


@pytest.mark.parametrize("notify", [True, False])
def test_moving_tells_whoever_waits_or_is_invited_unless_nobody_is_to_be_told(
    staff: Actor, notify: bool
) -> None:
    event = EventFactory(auto_register_waitlisted=False)
    session = SessionFactory(event=event, capacity=2)
    first, _second = fill(session)
    for name in ("carol", "dave"):
        claim(session, person(name), wait=True)
    cancel_session_registrations([seat_of(session, first)], actor=ATTENDEE)
    assert mails("invited") == [("invited", "carol")]
    previewed = consequences_of_move(session, TimeAndPlace.of(session), None)
    assert (previewed.registered, previewed.in_line, previewed.invited) == (1, 1, 1)
    told = move(session, staff, notify=notify, starts_at=at(20), ends_at=at(21))
    rows = Notification.objects.filter(kind="session_changed")
    assert (told, rows.count()) == ((3, 3) if notify else (0, 0))
    assert {row.contact.first_name for row in rows if "is_in_line" in row.payload} == (
        {"carol", "dave"} if notify else set()
    )


def test_saving_unchanged_tells_nobody(event: Event, staff: Actor) -> None:
    session = SessionFactory(event=event, capacity=3)
    fill(session)
    assert move(session, staff, description="More words") == 0
    assert mails("session_changed") == []
    session.refresh_from_db()
    assert session.calendar_sequence == 0


def test_moving_into_a_clash_is_foreseen_accepted_and_told(event: Event, bob: Attendee, staff: Actor) -> None:
    a, b = SessionFactory(event=event), SessionFactory(event=event)
    claim(a, bob)
    claim(b, bob)
    after = TimeAndPlace(a.starts_at, a.ends_at, None, None, None, b.name)
    previewed = consequences_of_move(b, after, 0)
    assert (previewed.registered, [str(c) for c in previewed.now_clashing], previewed.room_too_small_by) == (
        1,
        ["Bob Baker"],
        1,
    )
    move(b, staff, starts_at=a.starts_at, ends_at=a.ends_at)
    assert seat_of(b, bob).overlap_accepted
    assert Notification.objects.get(kind="session_changed").payload["clashes_with"] == [a.pk]


def test_moving_away_serves_whoever_was_passed_over(event: Event, bob: Attendee, staff: Actor) -> None:
    full = SessionFactory(event=event, capacity=1)
    other = SessionFactory(event=event, starts_at=full.starts_at, ends_at=full.ends_at)
    [holder] = fill(full)
    claim(full, bob, wait=True, when_clashing="skip")
    claim(other, bob)
    cancel_session_registrations([seat_of(full, holder)], actor=ATTENDEE)
    assert holders(full) == set()
    with transaction.atomic():
        before = TimeAndPlace.of(other)
        other.starts_at, other.ends_at = at(20), at(21)
        other.save()
        within_form_move_session(before, other, actor=staff)
    from registrations.actions import sweep

    sweep()
    assert holders(full) == {"bob"}


def test_cancelling_a_session_frees_all_and_names_alternatives(event: Event, staff: Actor) -> None:
    session = SessionFactory(event=event, capacity=2)
    same_time = SessionFactory(event=event, starts_at=session.starts_at, ends_at=session.ends_at)
    elsewhere = SessionFactory(event=event, starts_at=at(15), ends_at=at(16))
    fill(session)
    claim(session, person("Waits"), wait=True)
    assert cancel_session(session, actor=staff, reason="Speaker is ill") == 2
    assert cancel_session(session, actor=staff) == 0
    assert figures(session) == (2, 0, 0, 0)
    rows = Notification.objects.filter(kind="session_cancelled")
    assert rows.count() == 3
    assert {tuple(row.payload["alternative_ids"]) for row in rows} == {(elsewhere.pk,)}
    assert same_time.pk not in rows[0].payload["alternative_ids"]
    session.refresh_from_db()
    assert (session.cancel_reason, session.calendar_sequence) == ("Speaker is ill", 1)
    assert outcomes(claim(session, person("Late"))) == ["not_live"]
    with pytest.raises(NotLive):
        go_live(session, actor=staff)


def test_cancelling_serves_people_who_were_passed_over_for_it(
    event: Event, bob: Attendee, staff: Actor
) -> None:
    full = SessionFactory(event=event, capacity=1)
    other = SessionFactory(event=event, starts_at=full.starts_at, ends_at=full.ends_at)
    [holder] = fill(full)
    claim(full, bob, wait=True, when_clashing="skip")
    claim(other, bob)
    cancel_session_registrations([seat_of(full, holder)], actor=ATTENDEE)
    cancel_session(other, actor=staff)
    assert holders(full) == {"bob"}


def test_cancelling_an_event_tells_each_person_once(event: Event, staff: Actor) -> None:
    a, b = SessionFactory(event=event, capacity=1), SessionFactory(event=event, capacity=5)
    claim(a, person("A"))
    claim(b, person("A"))
    claim(a, person("B"), wait=True)
    assert cancel_event(event, actor=staff, reason="Storm") == 2
    assert mails("event_cancelled") == [("event_cancelled", "a"), ("event_cancelled", "b")]
    assert SessionRegistration.objects.active().count() == EventRegistration.objects.active().count() == 0
    assert figures(a) == (1, 0, 0, 0)


def test_deleting_is_refused_while_people_hang_on_it(event: Event, staff: Actor) -> None:
    session = SessionFactory(event=event, capacity=1)
    [holder] = fill(session)
    claim(session, person("Waits"), wait=True)
    for target in (session, event):
        with pytest.raises(HasRegistrations) as refused:
            archive(target, actor=staff)
        assert refused.value.data["waiting"] == 1
    registrations = EventRegistration.objects.all()
    cancel_event_registrations(registrations, actor=staff)
    archive(session, actor=staff)
    assert Session.objects.not_archived().count() == 0
    assert SessionRegistration.objects.filter(session=session, contact__email=holder.email).exists()


@pytest.mark.parametrize("capacity", [-1, 50_001, 60_000])
def test_impossible_capacity_is_refused(event: Event, staff: Actor, capacity: int) -> None:
    session = SessionFactory(event=event)
    with pytest.raises(Invalid):
        change_capacity(session, capacity, actor=staff)
    assert figures(session) == (10, 0, 0, 0)


def test_first_pass_turns_the_switch_off_and_keeps_registrations(
    event: Event, staff: Actor, bob: Attendee
) -> None:
    session = SessionFactory(event=event)
    fill(session, 5)
    assert add_passes(event, [PassRow("Full")], actor=staff) == 5
    event.refresh_from_db()
    assert not event.allow_custom_agenda
    assert figures(session) == (10, 5, 0, 0)
    with pytest.raises(WrongLevel):
        claim(session, bob)
    with pytest.raises(WrongLevel):
        switch_agenda(event, True, actor=staff)
    assert add_passes(event, [PassRow("Second")], actor=staff) is None
    for offered in Pass.objects.filter(event=event):
        archive(offered, actor=staff)
    event.refresh_from_db()
    assert not event.allow_custom_agenda
    switch_agenda(event, True, actor=staff)
    event.refresh_from_db()
    assert event.allow_custom_agenda


def test_rollback_undoes_pass_and_switch_together(event: Event, staff: Actor) -> None:
    from registrations.actions import within_form_add_pass

    def add_and_fail() -> None:
        with transaction.atomic():
            PassFactory(event=event)
            assert within_form_add_pass(event, actor=staff) == 0
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()
    event.refresh_from_db()
    assert (event.allow_custom_agenda, Pass.objects.count()) == (True, 0)


def test_import_of_passes_that_fails_undoes_the_switch_too(event: Event, staff: Actor) -> None:
    """The second row breaks a constraint once the first pass is saved and the switch is off."""
    fill(SessionFactory(event=event), 5)
    with pytest.raises(IntegrityError):
        add_passes(event, [PassRow("Full"), PassRow("Cheap", price=Decimal(-1))], actor=staff)
    event.refresh_from_db()
    assert (event.allow_custom_agenda, Pass.objects.count()) == (True, 0)


def test_event_level_registration_by_pass(bob: Attendee) -> None:
    offered = PassFactory(capacity=1)
    registration = register_for_event(offered.event, bob, offered)
    assert registration.status == "confirmed"
    assert register_for_event(offered.event, bob, offered).pk == registration.pk
    assert mails() == [("registered", "bob")]
    with pytest.raises(Full):
        register_for_event(offered.event, person("Late"), offered)
    assert register_for_event(offered.event, person("Waits"), offered, wait=True).status == "waitlisted"
    with pytest.raises(Invalid):
        register_for_event(offered.event, person("Late"))
    with pytest.raises(Invalid):
        register_for_event(offered.event, person("Late"), PassFactory())


def test_pass_outside_its_sale_is_closed(bob: Attendee) -> None:
    offered = PassFactory(on_sale_until=at(1) - timedelta(days=9000))
    with pytest.raises(Closed):
        register_for_event(offered.event, bob, offered)


def test_full_event_waits_and_promotes(staff: Actor) -> None:
    event = EventFactory(session_level=False, capacity=2)
    first, second, third, fourth = people(4)
    registration = register_for_event(event, first)
    register_for_event(event, second)
    with pytest.raises(Full):
        register_for_event(event, third)
    assert register_for_event(event, third, wait=True).status == "waitlisted"
    assert register_for_event(event, fourth, wait=True).status == "waitlisted"
    cancel_event_registrations([registration], actor=ATTENDEE)
    assert figures(event) == (2, 2, 0, 1)
    assert mails("promoted") == [("promoted", "guest2")]
    change_capacity(event, 3, actor=staff)
    assert figures(event) == (3, 3, 0, 0)


def test_event_that_is_not_live_or_closed_refuses(bob: Attendee) -> None:
    draft = EventFactory(session_level=False, publish_status=Event.PublishStatus.DRAFT)
    with pytest.raises(NotLive):
        register_for_event(draft, bob)
    closed = EventFactory(session_level=False, registration_closes_at=at(1) - timedelta(days=9000))
    with pytest.raises(Closed):
        register_for_event(closed, bob)
    with pytest.raises(WrongLevel):
        register_for_event(EventFactory(), bob)


def test_link_is_mailed_only_to_who_is_registered(event: Event, bob: Attendee) -> None:
    claim(SessionFactory(event=event), bob)
    request_link(event, " BOB@example.com")
    request_link(event, "nobody@example.com")
    request_link(EventFactory(), bob.email)
    assert mails("link_requested") == [("link_requested", "bob")]


def test_many_sessions_go_live_together(event: Event, staff: Actor) -> None:
    sessions = [SessionFactory(event=event, session_status=Session.Status.APPROVED) for _ in range(3)]
    cancelled = SessionFactory(event=event, session_status=Session.Status.APPROVED)
    cancel_session(cancelled, actor=staff)
    with_people = SessionFactory(event=event, capacity=1)
    [holder] = fill(with_people)
    claim(with_people, person("Waits"), wait=True)
    stop(with_people, actor=staff)
    cancel_session_registrations([seat_of(with_people, holder)], actor=ATTENDEE)
    assert holders(with_people) == set()
    assert all_go_live([*sessions, cancelled, with_people], actor=staff) == 4
    assert all_go_live(sessions, actor=staff) == 0
    assert holders(with_people) == {"waits"}
    cancelled.refresh_from_db()
    assert not cancelled.is_live
