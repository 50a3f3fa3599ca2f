"""One form is one message about a session or event, of what is true once all of it is saved."""

from __future__ import annotations

import pytest
from django.urls import reverse

from events.actors import Actor
from registrations import actions
from registrations.models import Activity
from registrations.webhooks.planning import plan
from sessions_app.models import Session
from tests.admin_forms.paper import change, confirm, said
from tests.engine.acts import claim, person
from tests.factories import EventFactory, RoomFactory, SessionFactory, SpeakerFactory
from tests.webhooks.scenes import a_session, deliveries

pytestmark = pytest.mark.django_db
BOB = person("bob")


@pytest.fixture
def told(hook, api):
    """A function that returns what other systems were told, without its cause, and the causes."""
    hook("session.updated", "event.updated", client=api.client)

    def read():
        plan()
        messages = [row.payload["data"] for row in deliveries()]
        causes = [message.pop("cause") for message in messages]
        return messages, causes

    return read


def record(api, obj):
    kind = "sessions" if isinstance(obj, Session) else "events"
    return api.get(f"/{kind}/{obj.pk}").json()


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"name": "Knots"}, "capacity_changed"),
        ({"start_time": "06:00"}, "moved"),
        ({"description": "With ropes."}, "capacity_changed"),
        ({"custom_fields": {"c_1": "x"}}, "capacity_changed"),
    ],
    ids=["name", "time", "description", "custom fields"],
)
def test_api_changes_a_session_and_its_capacity(api, told, changed, cause):
    session = a_session(capacity=1)
    claim(session, BOB)
    api.patch(f"/sessions/{session.pk}", {**changed, "capacity": 5})
    assert told() == ([record(api, session)], [cause])


def test_api_changes_an_event_its_switch_and_its_capacity(api, told):
    event = EventFactory(session_level=False, capacity=3)
    api.patch(f"/events/{event.pk}", {"name": "Harbour", "allow_custom_agenda": 1, "capacity": 9})
    messages, causes = told()
    assert [without_event_id(each) for each in messages] == [record(api, event)]
    assert causes == ["capacity_changed"]


def without_event_id(message):
    return {name: value for name, value in message.items() if name != "event_id"}


def test_desk_changes_name_capacity_speakers_and_line_of_a_session(client, alice, api, told):
    session = a_session(capacity=1)
    speaker = SpeakerFactory(event=session.event)
    claim(session, BOB)
    claim(session, person("carol"), wait=True)
    client.force_login(alice)
    page = reverse("admin:sessions_app_session_change", args=[session.pk])
    typed = {"name": "Knots", "capacity": "4", "speakers": [str(speaker.pk)], "own_waitlist_enabled": "false"}
    asked = change(client, page, "session_form", **typed)
    said(client, confirm(client, page, asked) if asked.status_code == 200 else asked)
    assert told()[0] == [record(api, session)]
    assert record(api, session)["speaker_ids"] == [speaker.pk]


def test_desk_changes_description_and_hard_limit(client, alice, api, told):
    session = a_session(capacity=1)
    client.force_login(alice)
    page = reverse("admin:sessions_app_session_change", args=[session.pk])
    said(client, change(client, page, "session_form", description="With ropes.", hard_limit="3"))
    assert told() == ([record(api, session)], ["edited"])


def test_sessions_that_change_rooms_are_told_of_once(alice, api, told):
    event = EventFactory()
    small, large = (RoomFactory(capacity=size) for size in (2, 9))
    first = SessionFactory(event=event, room=small, building=small.building, capacity=2)
    second = SessionFactory(event=event, room=large, building=large.building, capacity=9)
    actions.swap_rooms(first, second, actor=Actor.staff(alice))
    assert told() == ([record(api, first), record(api, second)], ["moved", "moved"])


def test_ledger_keeps_every_step(api):
    session = a_session(capacity=1)
    api.patch(f"/sessions/{session.pk}", {"name": "Knots", "capacity": 5})
    verbs = Activity.objects.filter(session=session).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["capacity_changed", "edited"]
