"""Which events a client sees: every one, or those it is limited to, be there none left."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from events.actors import SYSTEM, Actor
from events.models import ApiClient, Event
from registrations.actions import add_to_event, archive
from registrations.actions.sending.webhooks import create_webhook
from registrations.models import WebhookDelivery
from registrations.rules.people import Attendee
from registrations.webhooks import plan
from tests.admin_forms.paper import change, errors
from tests.api.conftest import make_api_client
from tests.factories import (
    EventFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
)

pytestmark = pytest.mark.django_db
STAFF = Actor("staff", name="Alice", may_override=True)
BOB = Attendee("bob@example.com", "Bob", "Baker")
LISTS = ("events", "sessions", "tracks", "speakers", "passes", "contacts")
LISTS += ("registrants", "waitlist-items", "check-ins", "webhooks")


def taken_away(event, client):
    client.events.clear()


def deleted_for_good(event, client):
    client.events.through.objects.filter(event_id=event.pk).delete()


def archived(event, client):
    Event.objects.filter(pk=event.pk).update(archived_at=event.starts_at)


def untouched(event, client):
    pass


@pytest.fixture
def limited(api_client_of):
    """A client of one event with something in each of its lists, beside a foreign event with the same."""
    for event in EventFactory.create_batch(2, session_level=False):
        SessionFactory(event=event)
        SessionTrackFactory(event=event)
        SpeakerFactory(event=event)
        add_to_event(event, [BOB], PassFactory(event=event), actor=STAFF)
    return api_client_of("read write", events=[Event.objects.order_by("pk")[0]])


@pytest.mark.parametrize("lose", [taken_away, deleted_for_good, archived])
def test_sees_nothing_once_its_only_event_is_gone(limited, lose):
    event = limited.client.events.get()
    before = {path: limited.get(f"/{path}").json()["_meta"]["totalCount"] for path in LISTS}
    assert before == dict.fromkeys(LISTS, 1) | {"waitlist-items": 0, "check-ins": 0, "webhooks": 0}
    session = event.sessions.get()
    lose(event, limited.client)
    assert {path: limited.get(f"/{path}").json()["_meta"]["totalCount"] for path in LISTS} == dict.fromkeys(
        LISTS, 0
    )
    for path in (f"/events/{event.pk}", f"/sessions/{session.pk}"):
        assert limited.get(path).status_code == 404
    for other in Event.objects.all():
        refused = limited.post("/sessions", {"event_id": other.pk, "name": "Mine", "date": "2031-05-05"})
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {"event_id"})
    new = {"name": "E", "slug": "e", "start": "2031-01-01T09:00", "end": "2031-01-02T09:00"}
    assert (limited.post("/events", new).status_code, Event.objects.count()) == (403, 2)


@pytest.mark.parametrize("lose", [untouched, taken_away])
def test_only_looks_at_rooms_of_others_whatever_it_has_left(limited, lose):
    room = RoomFactory()
    SessionFactory(event=Event.objects.order_by("pk")[1], room=room)
    lose(limited.client.events.get(), limited.client)
    refused = limited.patch(f"/locations/{room.pk}", {"name": "Mine"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


@pytest.mark.parametrize(("lose", "told"), [(untouched, 1), (taken_away, 0)])
def test_is_told_by_webhook_of_its_events_only(limited, lose, told):
    create_webhook(limited.client, "https://93.184.216.34/x", ["registrant.created"])
    event = limited.client.events.get()
    lose(event, limited.client)
    for each in Event.objects.all():
        add_to_event(each, [Attendee("carol@example.com", "Carol", "Carter")], actor=STAFF)
    plan()
    rows = WebhookDelivery.objects.filter(name="registrant.created")
    assert list(rows.values_list("event_id", flat=True)) == [event.pk] * told


def test_deleting_its_event_on_the_desk_leaves_a_client_nothing(api_client_of):
    event, _other = EventFactory.create_batch(2)
    limited = api_client_of(events=[event])
    archive(event, actor=SYSTEM)
    assert limited.get("/events").json()["items"] == []


def test_migration_keeps_what_present_clients_see():
    limited, open_to_all = make_api_client("A", events=[EventFactory()]), make_api_client("B")
    ApiClient.objects.update(sees_every_event=False)
    migration = import_module("events.migrations.0006_clients_say_whether_they_see_every_event")
    migration.keep_what_they_saw(apps, None)
    seen = dict(ApiClient.objects.values_list("pk", "sees_every_event"))
    assert seen == {limited.pk: False, open_to_all.pk: True}


def test_desk_says_what_each_client_sees(client, alice):
    event, gone = EventFactory(name="Expo"), EventFactory(name="Gone")
    make_api_client("All")
    make_api_client("Some", events=[event])
    make_api_client("None", events=[gone])
    archive(gone, actor=SYSTEM)
    client.force_login(alice)
    page = client.get(reverse("admin:events_apiclient_changelist"))
    model_admin = page.context["cl"].model_admin
    shown = {row.name: model_admin.events_shown(row) for row in page.context["cl"].queryset}
    assert shown == {"All": "every event", "Some": "Expo", "None": "no event"}
    assert b"every event" in page.content


def test_desk_refuses_client_of_every_event_and_of_some(client, alice):
    event, owner = EventFactory(), make_api_client("All")
    client.force_login(alice)
    page = reverse("admin:events_apiclient_change", args=[owner.pk])
    refused = change(client, page, "apiclient_form", events=[str(event.pk)])
    assert (refused.status_code, set(errors(refused))) == (422, {"events"})
    assert (
        change(client, page, "apiclient_form", events=[str(event.pk)], sees_every_event=None).status_code
        == 302
    )
    owner.refresh_from_db()
    assert (owner.sees_every_event, list(owner.events.all())) == (False, [event])


def test_desk_takes_last_event_away_and_nothing_opens(client, alice, api_client_of):
    limited = api_client_of(events=[EventFactory()])
    EventFactory()
    client.force_login(alice)
    page = reverse("admin:events_apiclient_change", args=[limited.client.pk])
    assert change(client, page, "apiclient_form", events=None).status_code == 302
    assert limited.client.events.count() == 0
    assert limited.get("/events").json()["items"] == []
