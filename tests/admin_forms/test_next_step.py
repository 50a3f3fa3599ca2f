"""The head of an event: where it stands, and the one thing to do next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from events.admin.next_step import Standing
from registrations.actions import submit_agenda
from registrations.rules.people import Attendee
from tests.factories import EventFactory, SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
LATER, BEFORE = NOW + timedelta(days=1), NOW - timedelta(days=1)
OVER = {"starts_at": NOW - timedelta(days=3), "ends_at": BEFORE}
OPENS = {"registration_opens_at": LATER}
CLOSED = {"registration_closes_at": BEFORE}
CANCELLED = {"publish_status": "cancelled", "cancelled_at": NOW}


@pytest.mark.parametrize(
    ("given", "sessions", "expected"),
    [
        ({"publish_status": "draft"}, [], "Add sessions"),
        ({"publish_status": "draft"}, [{"capacity": None}], "Give 1 session a capacity"),
        ({"publish_status": "draft"}, [{}], "Go live"),
        ({"publish_status": "draft", "session_level": False}, [], "Go live"),
        ({}, [{"session_status": "approved"}, {"session_status": "approved"}], "Take 2 sessions live"),
        (OPENS, [{}], "Registration opens"),
        (CLOSED, [{}], "Registration has closed"),
        ({}, [{}], "Watch who registers"),
        (OVER, [{}], "See who came"),
        (CANCELLED, [{}], None),
    ],
)
def test_names_the_one_next_step(desk, url, given, sessions, expected):
    event = EventFactory(**given)
    for each in sessions:
        SessionFactory(event=event, **each)
    page = desk.get(url(event))
    step = page.context["next_step"]
    assert (step and step.words.startswith(expected)) if expected else step is None
    if step is not None:
        answer = desk.get(step.url)
        assert answer.status_code == 200
        _address, _hash, place = step.url.partition("#")
        assert not place or f'id="{place}"' in answer.content.decode()


def test_watches_the_line_that_is_there(desk, url):
    event = EventFactory()
    full = SessionFactory(event=event, name="Full", capacity=1)
    SessionFactory(event=event, name="Free")
    for number in range(2):
        submit_agenda(event, Attendee(f"p{number}@example.com", "Pia", "P"), [full], wait=True, notify=False)
    page = desk.get(url(event))
    assert page.context["next_step"].words == "Watch the waitlists: 1 waiting"
    assert [str(fact) for fact in page.context["facts"][3:]] == [
        "2 sessions",
        "1 waiting",
        "Registration is open",
    ]
    panel = desk.get(page.context["next_step"].url).content.decode().partition('id="panel-event_sessions"')[2]
    panel = panel.partition("</section>")[0]
    assert "Full" in panel
    assert "Free" not in panel


def test_stands_in_one_query_however_many_sessions(django_assert_num_queries):
    event = EventFactory()
    SessionFactory.create_batch(5, event=event)
    with django_assert_num_queries(1):
        standing = Standing.of(event)
        assert (standing.sessions, standing.next_step() is not None) == (5, True)
