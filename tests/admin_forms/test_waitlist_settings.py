"""Saving waitlist settings brings the line in step at once."""

from __future__ import annotations

import pytest

from events.actors import ATTENDEE
from registrations.actions import cancel_session_registrations, submit_agenda
from registrations.models import SessionRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.admin_forms.paper import change, confirm, said
from tests.factories import EventFactory, SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session():
    """Full with one person, another in line."""
    event = EventFactory()
    session = SessionFactory(event=event, capacity=1)
    submit_agenda(event, Attendee("bob@example.com"), [session])
    submit_agenda(event, Attendee("carol@example.com"), [session], wait=True)
    return session


def seats(session):
    return Session.objects.select_related("seats").get(pk=session.pk).seats


def holders() -> list[str]:
    return list(SessionRegistration.objects.active().values_list("contact__email", flat=True))


@pytest.mark.parametrize("where", ["event", "session"])
def test_pauses_and_resumes_the_line(desk, url, session, where):
    subject = session if where == "session" else session.event
    off = {"own_waitlist_enabled": "false"} if where == "session" else {"waitlist_enabled": None}
    on = {"own_waitlist_enabled": "unknown"} if where == "session" else {"waitlist_enabled": "on"}
    said(desk, change(desk, url(subject), f"{where}_form", **off))
    assert seats(session).waiting == 0
    cancel_session_registrations(list(SessionRegistration.objects.active()), actor=ATTENDEE)
    assert holders() == []
    said(desk, change(desk, url(subject), f"{where}_form", **on))
    assert holders() == ["carol@example.com"]


def test_serves_the_line_when_capacity_is_raised(desk, url, session, assert_seats_true):
    page = change(desk, url(session), "session_form", capacity="2")
    assert holders() == ["bob@example.com"]
    said(desk, confirm(desk, url(session), page))
    assert sorted(holders()) == ["bob@example.com", "carol@example.com"]
    assert_seats_true(session.event)


def test_removes_nobody_when_capacity_is_lowered(desk, url):
    event = EventFactory()
    session = SessionFactory(event=event, capacity=5)
    for number in range(3):
        submit_agenda(event, Attendee(f"p{number}@example.com"), [session])
    page = change(desk, url(session), "session_form", capacity="1")
    [over] = page.context["question"].consequences
    assert (over.now, over.then) == ("3 of 5", "over by 2; nobody is removed")
    said(desk, confirm(desk, url(session), page))
    assert len(holders()) == 3
