"""Verbs on the sessions of an event: what each would do is said of each, before it is done."""

from __future__ import annotations

import pytest

from events.models import Event, SeatCount
from registrations import actions
from tests.admin_panels.helpers import fill, person, verb_url
from tests.factories import SessionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    """A browser in which an administrator is signed in."""
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    return client


def lines(answer):
    return {line.who: str(line.then) for line in answer.context["consequences"]}


def capacities(*sessions):
    return [SeatCount.objects.get(pk=session.seats_id).capacity for session in sessions]


def test_says_what_a_capacity_does_to_each_session_before_it_is_set(boss, event, full_session):
    actions.join_waitlist(full_session, person(60))
    free, over = (
        SessionFactory(event=event, name="Free"),
        SessionFactory(event=event, name="Over", capacity=15),
    )
    fill(over, 13, start=20)
    url = verb_url(event, "event_sessions", "set_capacity")
    rows = {"row": [session.pk for session in (full_session, free, over)]}
    asked = boss.post(url, rows)
    assert set(lines(asked).values()) == {"the capacity given below"}
    assert "See what it does" in asked.content.decode()
    looked = boss.post(url, {**rows, "confirmed": "1", "capacity": "11", "seen": ""})
    assert looked.status_code == 422
    assert lines(looked) == {
        "Practical seamanship": "10 of 11 · registered at once: 1 waiting: Guest Number060",
        "Free": "0 of 11",
        "Over": "13 of 11 · over by 2; nobody is removed",
    }
    assert "Set capacity of 3 sessions" in looked.content.decode()
    assert 'name="seen" value="11"' in looked.content.decode()
    other = boss.post(url, {**rows, "confirmed": "1", "capacity": "12", "seen": "11"})
    assert lines(other)["Over"] == "13 of 12 · over by 1; nobody is removed"
    assert capacities(full_session, free, over) == [10, 10, 15]
    assert boss.post(url, {**rows, "confirmed": "1", "capacity": "12", "seen": "12"}).status_code == 302
    assert capacities(full_session, free, over) == [12, 12, 12]


@pytest.mark.parametrize(
    ("status", "then"),
    [
        ("live", "on the website, open for registration"),
        ("draft", "on the website as soon as the event is live; it is not yet"),
    ],
)
def test_promises_no_website_before_the_event_is_live(boss, event, status, then):
    session = SessionFactory(event=event, session_status="approved")
    Event.objects.filter(pk=event.pk).update(publish_status=status)
    answer = boss.post(verb_url(event, "event_sessions", "go_live"), {"row": session.pk})
    assert lines(answer) == {session.name: then}
