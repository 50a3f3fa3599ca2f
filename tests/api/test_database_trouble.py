"""The database cannot serve other systems: 503 and `busy`, nothing half-written, and it goes on afterwards."""

from __future__ import annotations

import os
from typing import Any

import pytest

from events.database_trouble import something_was_done
from registrations.models import Activity, Notification, SessionRegistration
from tests import troubles
from tests.factories import CustomRegistrationFieldFactory, EventFactory, SessionFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
only_on_a_server = pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="SQLite has no server")
ALL = {
    **dict.fromkeys(troubles.EVERYWHERE, ()),
    **dict.fromkeys(troubles.ON_A_SERVER, only_on_a_server),
}
STORY = "A long story, told at length. " * 160


@pytest.fixture
def body() -> dict[str, Any]:
    """Bob, who registers for a session and has a lot to say."""
    session = SessionFactory(event=EventFactory(), name="Knots")
    asked = CustomRegistrationFieldFactory.create_batch(2, event=session.event, kind="long_text")
    bob = {"email": "bob@example.com", "first_name": "Bob", "last_name": "Baker"}
    stories = {f"c_{question.pk}": STORY for question in asked}
    return {"event_id": session.event_id, "session_ids": [session.pk], "custom_fields": stories, **bob}


@pytest.mark.parametrize("name", [pytest.param(name, marks=marks) for name, marks in ALL.items()])
def test_says_busy_and_registers_once_all_is_well(api, body, name, assert_seats_true):
    with (troubles.EVERYWHERE | troubles.ON_A_SERVER)[name]():
        answer = api.post("/registrants", body)
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert "Nothing was changed" in answer.json()["detail"]
        assert int(answer["Retry-After"]) > 0
    for model in (SessionRegistration, Activity, Notification):
        assert model.objects.count() == 0
    assert api.post("/registrants", body).status_code == 201
    assert SessionRegistration.objects.count() == 1
    assert_seats_true()


@only_on_a_server
def test_says_that_it_may_have_been_done_where_it_was(api, body, assert_seats_true):
    """The server goes away between the seat and the answer: the seat is there, and asking again is harmless."""
    with troubles.shut_down(lambda _sql: something_was_done()):
        answer = api.post("/registrants", body)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert "may have been done" in answer.json()["detail"]
    assert api.post("/registrants", body).status_code in {200, 201, 409}
    assert SessionRegistration.objects.count() == 1
    assert_seats_true()


def test_token_is_refused_with_busy_while_none_may_be_written(api):
    headers = basic(api)
    with troubles.read_only():
        answer = api.browser.post("/oauth2/token", {"grant_type": "client_credentials"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")


def basic(api: Any) -> dict[str, str]:
    """The client's own words at the token's address."""
    import base64

    api.client.client_secret = "a secret of the client"
    api.client.save()
    words = f"{api.client.client_id}:a secret of the client"
    return {"Authorization": "Basic " + base64.b64encode(words.encode()).decode()}
