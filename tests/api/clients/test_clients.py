"""Every client finishes its job, with nothing changed but the host."""

from __future__ import annotations

import pytest

from registrations.models import CheckIn, Notification
from tests.api.clients import big_pages, loading, php_class, sign_up, syncing
from tests.api.clients.calling import Caller
from tests.api.conftest import make_api_client
from tests.engine.acts import claim, people
from tests.factories import CustomRegistrationFieldFactory, EventFactory, RoomFactory, SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event():
    return EventFactory(timezone="Europe/Brussels")


@pytest.fixture
def caller(live_server):
    client = make_api_client("Their program", "read write")
    return Caller(live_server.url, client.client_id, "sw_secret")


def test_php_class(caller, event):
    found = php_class.run(caller, event.pk)
    assert set(found["first event"]) == {"id", "name", "start_date"}
    assert found["ignored"] == "hashtag"
    assert found["registrant"]["session_ids"]
    # One for the registration, one for the session, and one sent again in place of neither.
    assert Notification.objects.filter(contact__email="ada@example.com").exists()


def test_sync_that_repeats_its_parameters(caller, event):
    session, draft = SessionFactory(event=event), SessionFactory(event=event, session_status="draft")
    more = SessionFactory.create_batch(4, event=event)
    for person in people(5):
        claim(session, person)
    found = syncing.run(caller, event.pk)
    assert len(set(found["registrants"])) == 5
    assert found["sessions"] == [session.pk, *(row.pk for row in more)]
    assert draft.pk not in found["sessions"]


def test_client_with_big_pages(caller, event):
    rows = [SessionFactory(event=event, room=RoomFactory()) for _ in range(3)]
    found = big_pages.run(caller, event.pk, [rows[0].pk, rows[2].pk])
    assert found == {
        "per page": 200,
        "all": [row.pk for row in rows],
        "some": [rows[0].pk, rows[2].pk],
        "most": 1_000,
    }


def test_loader_with_blank_parameters(caller, event):
    claim(SessionFactory(event=event), people(1)[0])
    question = CustomRegistrationFieldFactory(event=event, label="What do you eat?")
    found = loading.run(caller)
    assert [row["id"] for row in found["events"]] == [event.pk]
    assert len(found["registrants"]) == 1
    assert [(row["key"], row["label"]) for row in found["event-questions"]] == [
        (f"c_{question.pk}", "What do you eat?")
    ]
    assert found["message"]


def test_sign_up_site(caller, event):
    question = CustomRegistrationFieldFactory(event=event)
    sessions = SessionFactory.create_batch(2, event=event)
    ids = [row.pk for row in sessions]
    found = sign_up.run(caller, event.pk, ids, question.pk)
    assert found["made"]["session_ids"] == ids
    assert found["made"]["custom_fields"] == {f"c_{question.pk}": "Vegan"}
    assert (found["scans"], found["attended"], found["at door"]) == ([201, 200], 201, 201)
    assert CheckIn.objects.count() == 3
