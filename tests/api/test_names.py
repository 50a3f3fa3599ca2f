"""What the API refuses in names of people and in readable IDs, as every other door does."""

from __future__ import annotations

import pytest

from events.models import Contact, Event
from tests.engine.acts import fill
from tests.factories import EventFactory, SessionFactory

pytestmark = pytest.mark.django_db
SPAM = "Win EUR 500 https://evil.example/x"
NEW = {"name": "E", "start": "2031-01-01T09:00", "end": "2031-01-02T09:00"}


@pytest.fixture
def event():
    event = EventFactory()
    SessionFactory(event=event)
    return event


def test_api_cleans_refuses_and_is_content_with_one_name(api, event):
    session = event.sessions.get()
    sent = {
        "email": "bob@example.com",
        "event_id": event.pk,
        "session_ids": [session.pk],
        "last_name": "Baker",
    }
    sent["first_name"] = SPAM
    refused = api.post("/registrants", sent)
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"first_name"})
    nameless = api.post("/registrants", {**sent, "first_name": "", "last_name": ""})
    assert (nameless.status_code, set(nameless.json()["fields"])) == (422, {"first_name"})
    assert not Contact.objects.exists()
    made = api.post("/registrants", {**sent, "first_name": "Bo\nb", "last_name": ""})
    assert (made.status_code, made.json().get("first_name")) == (201, "Bo b")
    path = f"/registrants/{made.json()['id']}"
    changed = api.patch(path, {"last_name": "www.evil.example"})
    assert (changed.status_code, set(changed.json()["fields"])) == (422, {"last_name"})
    assert api.patch(path, {"first_name": ""}).status_code == 422
    assert api.patch(path, {"last_name": "Baker", "first_name": ""}).json()["last_name"] == "Baker"
    waiting = {"event_id": event.pk, "session_id": session.pk, "email": "x@example.com"}
    refused = api.post("/waitlist-items", {**waiting, "first_name": SPAM})
    assert refused.status_code == 422


@pytest.mark.parametrize("slug", ["door", "health", "metrics", "Login"])
def test_api_refuses_words_that_lead_elsewhere(api, slug):
    answer = api.post("/events", {**NEW, "slug": slug})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"slug"})
    assert not Event.objects.exists()


def test_api_cleans_names_of_whoever_joins_a_line(api, event):
    session = event.sessions.get()
    fill(session)
    waiting = {"session_id": session.pk, "email": "x@example.com"}
    joined = api.post("/waitlist-items", {**waiting, "last_name": "Bak\u202eer\r\nBcc: y"})
    assert (joined.status_code, joined.json()["last_name"]) == (201, "Baker Bcc: y")


def test_api_cleans_and_refuses_names_of_speakers(api, event):
    refused = api.post("/speakers", {"event_id": event.pk, "name": SPAM})
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"name"})
    made = api.post("/speakers", {"event_id": event.pk, "name": "Ada\r\nMo\u200bore"})
    assert (made.status_code, made.json()["name"]) == (201, "Ada Moore")
    changed = api.patch(f"/speakers/{made.json()['id']}", {"name": "www.evil.example"})
    assert (changed.status_code, set(changed.json()["fields"])) == (422, {"name"})


def test_api_cleans_and_refuses_names_of_sessions_that_cannot_be_seen(api, event):
    session = event.sessions.get()
    refused = api.patch(f"/sessions/{session.pk}", {"name": "\u200b\u3164"})
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"name"})
    changed = api.patch(f"/sessions/{session.pk}", {"name": "Kno\u200bts"})
    assert (changed.status_code, changed.json()["name"]) == (200, "Knots")
