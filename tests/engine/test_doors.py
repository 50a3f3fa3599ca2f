"""Who may enter: at the event's door, at a session's, and all the same."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import Permission

from events.actors import SYSTEM, Actor
from events.errors import (
    AnotherSession,
    Invalid,
    NotLive,
    NotPermitted,
    NotRegistered,
    RegistrationCancelled,
)
from registrations.actions import (
    cancel_event_registrations,
    cancel_session,
    check_in,
    register_for_event,
    submit_agenda,
)
from registrations.models import Activity, CheckIn, EventRegistration
from tests.engine.acts import claim, fill, person
from tests.factories import EventFactory, PassFactory, SessionFactory, UserFactory, at

DOOR = Actor("api", name="Turnstile")
MASTER = Actor("api", name="Turnstile", may_override=True)


@pytest.fixture
def guest(event, bob):
    """Bob, registered with a seat at ten."""
    session = SessionFactory(event=event, starts_at=at(10), ends_at=at(11))
    return claim(session, bob).registration


def seat_of(guest):
    return guest.session_registrations.get().session


def nothing_was_written():
    return not CheckIn.objects.exists() and not Activity.objects.filter(verb__contains="check").exists()


def test_admits_once_at_event_door(guest):
    first = check_in(guest, actor=DOOR, at=at(9))
    again = check_in(guest, actor=DOOR, at=at(9, 30))
    assert (first.was_in_already, again.was_in_already) == (False, True)
    assert again.check_in == first.check_in
    assert again.check_in.checked_in_at == at(9)
    rows = Activity.objects.filter(verb="checked_in")
    assert [(row.actor, row.contact, row.session, row.at) for row in rows] == [
        ("Turnstile", guest.contact, None, at(9))
    ]


def test_answers_same_nonce_the_same(guest):
    nonce = uuid.uuid4()
    first = check_in(guest, seat_of(guest), nonce=nonce, actor=DOOR, at=at(10))
    assert check_in(guest, seat_of(guest), nonce=nonce, actor=DOOR, at=at(11)) == first
    assert CheckIn.objects.count() == 1


def test_refuses_nonce_of_another_scan(guest, carol):
    nonce = uuid.uuid4()
    check_in(guest, nonce=nonce, actor=DOOR)
    other = claim(seat_of(guest), carol).registration
    with pytest.raises(Invalid) as refused:
        check_in(other, nonce=nonce, actor=DOOR)
    assert set(refused.value.data["fields"]) == {"nonce"}
    assert CheckIn.objects.count() == 1


def test_session_that_does_not_validate_admits_everybody_registered(guest, event):
    session = SessionFactory(event=event)
    assert check_in(guest, session, actor=DOOR).check_in.session == session


def test_validating_session_refuses_who_has_no_seat(guest, event):
    session = SessionFactory(event=event, validate_registrants=True, starts_at=at(12), ends_at=at(13))
    with pytest.raises(NotRegistered):
        check_in(guest, session, actor=DOOR)
    assert nothing_was_written()


def test_validating_session_names_where_the_person_is_expected(guest, event):
    session = SessionFactory(event=event, validate_registrants=True, starts_at=at(10, 30), ends_at=at(13))
    with pytest.raises(AnotherSession) as refused:
        check_in(guest, session, actor=DOOR)
    assert refused.value.data == {"session_ids": [seat_of(guest).pk]}
    assert nothing_was_written()


def test_validating_session_admits_by_pass(carol):
    ticket = PassFactory()
    session = SessionFactory(event=ticket.event, validate_registrants=True)
    session.passes.add(ticket)
    registration = register_for_event(ticket.event, carol, ticket)
    assert not check_in(registration, session, actor=DOOR).check_in.is_override


def test_refuses_cancelled_registration(guest):
    cancel_event_registrations([guest], actor=SYSTEM, at=at(8))
    with pytest.raises(RegistrationCancelled) as refused:
        check_in(guest, actor=DOOR)
    assert refused.value.data == {"cancelled_at": at(8)}
    assert nothing_was_written()


def test_refuses_who_waits_for_the_event(carol):
    event = EventFactory(capacity=0, session_level=False)
    waiting = register_for_event(event, carol, wait=True)
    with pytest.raises(NotRegistered):
        check_in(waiting, actor=DOOR)
    assert nothing_was_written()


def test_refuses_cancelled_session(guest):
    session = seat_of(guest)
    cancel_session(session, actor=SYSTEM)
    with pytest.raises(NotLive):
        check_in(guest, session, actor=MASTER, override=True)


def test_refuses_session_of_another_event(guest):
    with pytest.raises(Invalid):
        check_in(guest, SessionFactory(), actor=MASTER, override=True)
    assert nothing_was_written()


def test_override_lets_in_and_is_recorded(guest, event):
    session = SessionFactory(event=event, validate_registrants=True, starts_at=at(12), ends_at=at(13))
    entry = check_in(guest, session, actor=MASTER, override=True)
    assert (entry.check_in.is_override, entry.check_in.reason) == (True, "Turnstile")
    row = Activity.objects.get(verb="admitted_all_the_same")
    assert (row.session, row.reason, row.detail["refused"]) == (session, "Turnstile", "not_registered")


def test_override_that_was_not_needed_is_none(guest):
    entry = check_in(guest, seat_of(guest), actor=MASTER, override=True, reason="Speaker")
    assert (entry.check_in.is_override, entry.check_in.reason) == (False, "")
    assert not Activity.objects.filter(verb="admitted_all_the_same").exists()


def test_override_needs_permission_and_reason(guest, event):
    session = SessionFactory(event=event, validate_registrants=True)
    with pytest.raises(NotPermitted):
        check_in(guest, session, actor=DOOR, override=True, reason="Speaker")
    user = UserFactory()
    with pytest.raises(NotPermitted):
        check_in(guest, session, actor=Actor.staff(user), override=True, reason="Speaker")
    user.user_permissions.add(Permission.objects.get(codename="admit_all_the_same"))
    staff = Actor.staff(type(user).objects.get(pk=user.pk))
    with pytest.raises(Invalid) as refused:
        check_in(guest, session, actor=staff, override=True, reason=" ")
    assert set(refused.value.data["fields"]) == {"reason"}
    assert nothing_was_written()
    assert check_in(guest, session, actor=staff, override=True, reason="VIP").check_in.checked_in_by == user


def test_entering_changes_no_seat(guest):
    session = seat_of(guest)
    fill(session, 3)
    before = EventRegistration.objects.count(), submit_agenda(session.event, person("New"), [session])
    check_in(guest, session, actor=DOOR)
    session.seats.refresh_from_db()
    assert session.seats.taken == 5
    assert before[0] == 4
