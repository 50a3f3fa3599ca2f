"""A webhook is changed, tested, paused and given another secret by the system that registered it."""

from __future__ import annotations

import pytest

from registrations import actions
from registrations.models import Webhook
from registrations.models.webhooks import SUBSCRIPTIONS, WebhookEvent, is_wanted
from registrations.webhooks import plan_and_send
from tests.engine.acts import claim, person
from tests.webhooks.scenes import a_session, planned

BOB, CAROL = person("bob"), person("carol")


@pytest.fixture
def registered(api, receiver):
    """The receiver, told of new seats."""
    return api.post("/webhooks", {"url": receiver.url, "events": ["session_registration.created"]}).json()


@pytest.mark.once
def test_subscriptions_name_each_kind_and_all():
    assert {"*", "session.*", "event.*", "contact.*", "check_in.undone"} <= set(SUBSCRIPTIONS)
    assert len(SUBSCRIPTIONS) == len(set(SUBSCRIPTIONS))
    assert all(is_wanted(name, ["*"]) for name in WebhookEvent.values)
    assert is_wanted("session.updated", ["session.*"])
    assert not is_wanted("session_registration.created", ["session.*"])
    assert not is_wanted("session.updated", ["session.created", "event.*"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("events", "told"),
    [
        (["*"], ["registrant.created", "session_registration.created"]),
        (["registrant.*", "session.*"], ["registrant.created"]),
        (["registrant.*", "registrant.created"], ["registrant.created"]),
    ],
)
def test_subscribes_to_all_or_all_of_a_kind(api, receiver, events, told):
    api.post("/webhooks", {"url": receiver.url, "events": events})
    claim(a_session(), BOB)
    plan_and_send()
    assert planned() == told
    assert receiver.types == told


@pytest.mark.django_db
def test_changes_what_is_named_and_keeps_the_rest(api, receiver, registered):
    path, session = f"/webhooks/{registered['id']}", a_session()
    answer = api.patch(path, {"events": ["check_in.*"]})
    assert answer.status_code == 200
    assert answer.json() == {**without_secret(registered), "events": ["check_in.*"]}
    answer = api.put(path, {"event_id": session.event_id, "url": f"{receiver.url}/other"}).json()
    assert (answer["event_id"], answer["url"], answer["events"]) == (
        session.event_id,
        f"{receiver.url}/other",
        ["check_in.*"],
    )
    assert api.patch(path, {"event_id": None}).json()["event_id"] is None
    assert Webhook.objects.get().secret == registered["secret"]


def without_secret(record):
    return {name: value for name, value in record.items() if name != "secret"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"events": ["session.exploded"]}, "events.0"),
        ({"events": []}, "events"),
        ({"event_id": 4711}, "event_id"),
        ({"secret": "whsec_mine"}, "secret"),
    ],
)
def test_refuses_what_cannot_be_and_changes_nothing(api, registered, body, field):
    answer = api.patch(f"/webhooks/{registered['id']}", body)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert api.get(f"/webhooks/{registered['id']}").json() == without_secret(registered)


@pytest.mark.django_db
def test_pauses_and_goes_on(api, receiver, registered):
    path = f"/webhooks/{registered['id']}"
    assert api.patch(path, {"active": 0}).json()["active"] is False
    claim(a_session(), BOB)
    plan_and_send()
    assert api.patch(path, {"active": 1}).json()["switched_off_reason"] == ""
    claim(a_session(), CAROL)
    plan_and_send()
    assert [message.data["email"] for message in receiver.messages] == ["carol@example.org"]


@pytest.mark.django_db
def test_test_message_arrives_and_says_so(api, receiver, registered):
    path = f"/webhooks/{registered['id']}"
    answer = api.post(f"{path}/test")
    assert (answer.status_code, answer.json()["type"], answer.json()["event_id"]) == (
        202,
        "webhook.test",
        None,
    )
    plan_and_send()
    (message,) = receiver.messages
    assert message.verified(registered["secret"])["type"] == "webhook.test"
    delivery = api.get(f"{path}/deliveries/{answer.json()['id']}").json()
    assert (delivery["last_status"], delivery["message_id"]) == (204, message.id)
    assert api.get(f"{path}/deliveries", type="webhook.test").json()["_meta"]["totalCount"] == 1


@pytest.mark.django_db
def test_nothing_is_tested_where_nothing_is_sent(api, registered):
    path = f"/webhooks/{registered['id']}"
    api.patch(path, {"active": 0})
    answer = api.post(f"{path}/test")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["active"])
    assert planned() == []


@pytest.mark.django_db
def test_another_secret_is_shown_once_and_overlaps(api, registered):
    path = f"/webhooks/{registered['id']}"
    renewed = api.post(f"{path}/secret", {"overlap_hours": 2})
    assert renewed.status_code == 200
    assert renewed.json()["secret"] not in {registered["secret"], ""}
    assert renewed.json()["previous_secret_until"] is not None
    assert "secret" not in api.get(path).json()
    webhook = Webhook.objects.get()
    assert (webhook.secret, webhook.previous_secret) == (renewed.json()["secret"], registered["secret"])
    assert api.post(f"{path}/secret", {"overlap_hours": 0}).json()["previous_secret_until"] is None
    assert Webhook.objects.get().previous_secret == ""
    assert api.post(f"{path}/secret", {"overlap_hours": 169}).status_code == 422


@pytest.mark.django_db
def test_others_webhooks_do_not_exist(api_client_of, registered):
    stranger, path = api_client_of(name="Stranger"), f"/webhooks/{registered['id']}"
    answers = [
        stranger.patch(path, {"active": 0}),
        stranger.post(f"{path}/test"),
        stranger.post(f"{path}/secret"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert Webhook.objects.get().is_active


@pytest.mark.django_db
def test_tells_of_planning_editing_and_status(api, receiver):
    event = a_session().event
    api.post("/webhooks", {"url": receiver.url, "events": ["session.*", "event.*"]})
    body = {"event_id": event.pk, "name": "Knots", "date": event.starts_at.date().isoformat()}
    session = api.post("/sessions", {**body, "session_status": "submitted"}).json()
    path = f"/sessions/{session['id']}"
    api.patch(path, {"name": "More knots"})
    api.patch(path, {"capacity": 7, "name": "Most knots"})
    api.patch(path, {"session_status": "approved"})
    api.patch(path, {"name": "Most knots"})
    api.delete(path)
    api.patch(f"/events/{event.pk}", {"name": "Another name"})
    plan_and_send()
    assert [(message.type, message.data.get("name")) for message in receiver.messages] == [
        ("session.created", "Knots"),
        ("session.updated", "More knots"),
        # A new title is told to people, another capacity to whoever waits: two lines of the ledger, one message.
        ("session.updated", "Most knots"),
        ("session.updated", "Most knots"),
        ("session.deleted", None),
        ("event.updated", "Another name"),
    ]
    assert receiver.messages[2].data["capacity"] == 7
    assert receiver.messages[0].data == {**without(session, "warnings"), "cause": "planned"}


def without(record, *names):
    return {name: value for name, value in record.items() if name not in names}


@pytest.mark.django_db
def test_tells_of_other_details_and_of_erasure(api, receiver):
    from events.actors import SYSTEM

    session = a_session()
    registrant = claim(session, BOB).registration
    api.post("/webhooks", {"url": receiver.url, "events": ["registrant.*", "contact.*"]})
    api.patch(f"/registrants/{registrant.pk}", {"company": "Knots Ltd"})
    plan_and_send()
    actions.erase_contact(registrant.contact, actor=SYSTEM)
    plan_and_send()
    updated, cancelled, erased = receiver.messages
    assert (updated.type, updated.data["company"], updated.data["cause"]) == (
        "registrant.updated",
        "Knots Ltd",
        "details_changed",
    )
    assert (cancelled.type, cancelled.data["email"], cancelled.data["company"]) == (
        "registrant.cancelled",
        "",
        "",
    )
    assert (erased.type, erased.data["registrant_ids"]) == ("contact.erased", [registrant.pk])


@pytest.mark.django_db
def test_tells_of_entries_that_end_and_that_are_undone(api, receiver):
    session = a_session()
    registrant = claim(session, BOB).registration
    api.post("/webhooks", {"url": receiver.url, "events": ["check_in.*"]})
    entry = api.post("/check-ins", {"registrant_id": registrant.pk, "nonce": "one"}).json()
    api.post(f"/check-ins/{entry['id']}/check-out")
    again = api.post("/check-ins", {"registrant_id": registrant.pk, "nonce": "two"}).json()
    api.delete(f"/check-ins/{again['id']}")
    plan_and_send()
    told = [
        (message.type, message.data["id"], bool(message.data["left_at"]), bool(message.data["undone_at"]))
        for message in receiver.messages
    ]
    assert told == [
        ("check_in.created", entry["id"], False, False),
        ("check_in.updated", entry["id"], True, False),
        ("check_in.created", again["id"], False, False),
        ("check_in.undone", again["id"], False, True),
    ]


@pytest.mark.django_db
def test_tells_of_an_event_that_is_planned(api, receiver):
    api.post("/webhooks", {"url": receiver.url, "events": ["event.created"]})
    body = {"name": "Knots", "slug": "knots", "start": "2031-05-05T09:00:00Z", "end": "2031-05-06T17:00:00Z"}
    planned_event = api.post("/events", {**body, "timezone": "UTC"})
    assert planned_event.status_code == 201, planned_event.json()
    plan_and_send()
    (message,) = receiver.messages
    assert (message.data["id"], message.data["name"]) == (planned_event.json()["id"], "Knots")
