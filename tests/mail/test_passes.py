"""Where people choose no sessions, those that their pass opens are their agenda: in mails and calendars too."""

from __future__ import annotations

import pytest

from events.actors import SYSTEM
from registrations import actions
from registrations.mail import render
from registrations.models import EventRegistration, Notification
from tests.factories import PassFactory, at
from tests.mail import scenes
from tests.mail.calendars import Calendar
from tests.mail.scenes import BOB, CAROL

pytestmark = pytest.mark.django_db


def rendered(kind: str):
    return render(Notification.objects.filter(kind=kind, contact__email=BOB.email).latest("id"))


def test_pass_holders_are_told_of_their_sessions_and_of_all_that_becomes_of_them():
    event = scenes.harbour_conf(session_level=False)
    session, other = scenes.seamanship(event), scenes.tides(event)
    opens, opens_nothing = PassFactory(event=event, name="Deck"), PassFactory(event=event, name="Pier")
    opens.sessions.add(session)
    opens_nothing.sessions.add(other)
    actions.register_for_event(event, BOB, opens)
    actions.register_for_event(event, CAROL, opens_nothing)
    calendar = Calendar()
    first = rendered("registered")
    assert "* Practical seamanship" in first.body
    assert {name for name, *_when in calendar.take([first]).shown} == {"Practical seamanship"}
    scenes.move(session, starts_at=at(14), ends_at=at(15))
    told = rendered("session_changed")
    assert told.subject == "New time: Practical seamanship, Mon 16:00"
    assert [start.hour for _name, start, *_more in calendar.take([told]).shown] == [16]
    assert Notification.objects.filter(kind="session_changed").count() == 1
    registration = EventRegistration.objects.get(contact__email=BOB.email)
    actions.cancel_event_registrations([registration], actor=SYSTEM)
    actions.cancel_session(session, actor=SYSTEM)
    assert Notification.objects.filter(kind="session_cancelled").count() == 0


def test_pass_holders_are_told_that_a_session_of_theirs_is_cancelled():
    event = scenes.harbour_conf(session_level=False)
    session = scenes.seamanship(event)
    opens = PassFactory(event=event, name="Deck")
    opens.sessions.add(session)
    actions.register_for_event(event, BOB, opens)
    calendar = Calendar().take([rendered("registered")])
    actions.cancel_session(session, actor=SYSTEM)
    told = rendered("session_cancelled")
    assert "the session you had a seat in does not take place" in told.body
    assert calendar.take([told]).shown == set()
