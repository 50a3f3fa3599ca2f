"""Commands ask on a page of their own and act by a POST."""

from __future__ import annotations

import pytest

from events.models import Event
from registrations.actions import join_waitlist, register_for_event, submit_agenda
from registrations.models import EventRegistration, Notification, SessionRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.admin_forms.paper import change, errors, read, said
from tests.factories import EventFactory, SessionFactory, at
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event():
    return EventFactory(name="Harbour Conf")


@pytest.fixture
def session(event):
    """A full session with two people in it and one in line; another session at another time."""
    session = SessionFactory(event=event, name="Knots", capacity=2, starts_at=at(10), ends_at=at(11))
    SessionFactory(event=event, name="Radio", starts_at=at(14), ends_at=at(15))
    for number in range(2):
        submit_agenda(event, Attendee(f"p{number}@example.com"), [session])
    join_waitlist(session, Attendee("carol@example.com", "Carol"))
    return session


def status(obj) -> str:
    fresh = type(obj).objects.get(pk=obj.pk)
    return fresh.publish_status if isinstance(fresh, Event) else fresh.session_status


@pytest.mark.parametrize("what", ["event", "session"])
def test_offers_neither_live_nor_cancelled_in_drop_down(desk, url, what):
    event = EventFactory(publish_status="draft")
    subject = event if what == "event" else SessionFactory(event=event, session_status="approved")
    name = "publish_status" if what == "event" else "session_status"
    form = f"{what}_form"
    shown = desk.get(url(subject)).context["adminform"].form.fields[name].choices
    assert {"live", "cancelled"}.isdisjoint(value for value, _label in shown)
    assert list(errors(change(desk, url(subject), form, **{name: "live"}))) == [name]
    assert status(subject) != "live"


@pytest.mark.parametrize("what", ["event", "session"])
def test_goes_live_and_stops_by_command(desk, url, what):
    event = EventFactory(publish_status="draft")
    subject = event if what == "event" else SessionFactory(event=event, session_status="approved")
    assert desk.get(url(subject, "go_live")).status_code == 200
    assert status(subject) != "live"
    desk.post(url(subject, "go_live"))
    assert status(subject) == "live"
    shown = read(desk.get(url(subject)), f"{what}_form")
    assert {"publish_status", "session_status"} & shown.disabled
    said(desk, change(desk, url(subject), f"{what}_form"))
    assert status(subject) == "live"
    desk.post(url(subject, "stop"))
    assert status(subject) == {"event": "ready", "session": "approved"}[what]


def test_takes_approved_sessions_along_when_event_goes_live(desk, url):
    event = EventFactory(publish_status="draft")
    approved = SessionFactory(event=event, session_status="approved")
    submitted = SessionFactory(event=event, session_status="submitted")
    desk.post(url(event, "go_live"), {"choice": "with_sessions"})
    assert (status(event), status(approved), status(submitted)) == ("live", "live", "submitted")


def test_form_opened_before_going_live_does_not_take_it_back(desk, url):
    event = EventFactory(publish_status="draft")
    data = read(desk.get(url(event)), "event_form").data
    desk.post(url(event, "go_live"))
    desk.post(url(event), {**data, "name": "Renamed", "_continue": "1"})
    assert (status(event), Event.objects.get().name) == ("live", "Renamed")


def test_form_opened_before_claims_does_not_reset_counters(desk, url, event):
    session = SessionFactory(event=event, capacity=5)
    data = read(desk.get(url(session)), "session_form").data
    for number in range(3):
        submit_agenda(event, Attendee(f"p{number}@example.com"), [session])
    said(desk, desk.post(url(session), {**data, "capacity": "8", "_continue": "1"}))
    session = Session.objects.select_related("seats").get(pk=session.pk)
    assert (session.seats.capacity, session.seats.taken) == (8, 3)


def test_shows_consequences_before_cancelling_session(desk, url, session):
    lines = desk.get(url(session, "cancel")).context["consequences"]
    assert [(line.who, line.now, line.then) for line in lines] == [
        ("2 registered", "have a seat", "lose it and are offered: Radio"),
        ("1 waiting", "in line", "their wait ends"),
    ]
    assert SessionRegistration.objects.active().count() == 2


@pytest.mark.parametrize(("sent", "told"), [({"notify": "1"}, 3), ({}, 0)])
def test_cancels_session(desk, url, session, sent, told):
    answer = desk.post(url(session, "cancel"), {"reason": "Speaker cannot come", **sent})
    assert said(desk, answer)[0].startswith("Session cancelled. 2 seats were given back.")
    session = Session.objects.get(pk=session.pk)
    assert session.cancel_reason == "Speaker cannot come"
    assert SessionRegistration.objects.active().count() == 0
    assert WaitlistItem.objects.open().count() == 0
    assert Notification.objects.filter(kind="session_cancelled").count() == told
    again = desk.post(url(session, "cancel"), sent)
    assert said(desk, again) == ["Nothing to do: it is so already."]


def test_cancels_event(desk, url, event, session):
    answer = desk.post(url(event, "cancel"), {"reason_text": "Storm", "notify": "1"})
    assert said(desk, answer)[0].startswith("Event cancelled. ")
    assert status(event) == "cancelled"
    assert EventRegistration.objects.active().count() == 0


@pytest.mark.parametrize(("what", "registered"), [("event", 3), ("session", 2)])
def test_refuses_to_delete_while_people_hang_on_it(desk, url, event, session, what, registered):
    subject = event if what == "event" else session
    page = desk.get(url(subject, "delete"))
    assert f"{registered} registered, 1 waiting" in page.content.decode()
    assert url(subject, "cancel") in page.content.decode()
    assert desk.post(url(subject, "delete")).status_code == 409
    assert type(subject).objects.not_archived().filter(pk=subject.pk).exists()
    desk.post(url(subject, "cancel"))
    assert desk.post(url(subject, "delete")).status_code == 302
    assert not type(subject).objects.not_archived().filter(pk=subject.pk).exists()
    assert desk.get(url(subject)).status_code == 302


def test_event_level_event_counts_its_people(desk, url):
    event = EventFactory(session_level=False, capacity=5)
    register_for_event(event, Attendee("bob@example.com"))
    assert "1 registered, 0 waiting" in desk.get(url(event, "delete")).content.decode()
