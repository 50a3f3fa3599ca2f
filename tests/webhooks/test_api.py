"""Other systems register their addresses themselves, and look at what they were told."""

from __future__ import annotations

import pytest

from registrations.models import Webhook, WebhookDelivery
from registrations.webhooks import plan_and_send
from tests.engine.acts import claim, fill, person
from tests.webhooks.receiver import status
from tests.webhooks.scenes import a_session

NAMES = ["session_registration.created", "check_in.created"]
BOB = person("bob")


@pytest.fixture
def registered(api, receiver):
    """The receiver, registered through the API."""
    return api.post("/webhooks", {"url": receiver.url, "events": NAMES[:1]}).json()


@pytest.mark.django_db
def test_creates_webhook_and_shows_secret_once(api, receiver):
    answer = api.post("/webhooks", {"url": receiver.url, "events": NAMES})
    assert answer.status_code == 201
    webhook = Webhook.objects.get()
    created = webhook.created_at.isoformat().replace("+00:00", "Z")
    record = {
        "id": webhook.pk,
        "url": receiver.url,
        "events": NAMES,
        "event_id": None,
        "active": True,
        "created_at": created,
        "failing_since": None,
        "switched_off_at": None,
        "switched_off_reason": "",
        "previous_secret_until": None,
    }
    assert answer.json() == {**record, "secret": webhook.secret}
    assert (webhook.client, webhook.secret[:6], len(webhook.secret)) == (api.client, "whsec_", 50)
    assert api.get(f"/webhooks/{webhook.pk}").json() == record
    assert api.get("/webhooks").json()["items"] == [record]


@pytest.mark.django_db
def test_what_was_registered_through_api_is_told_and_verified(api, receiver, registered):
    claim(a_session(), BOB)
    plan_and_send()
    (message,) = receiver.messages
    assert message.verified(registered["secret"])["type"] == "session_registration.created"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"url": "https://10.0.0.1/", "events": NAMES}, ["url"]),
        ({"url": "http://93.184.216.34/", "events": NAMES}, ["url"]),
        ({"url": "https://93.184.216.34/", "events": ["session.exploded"]}, ["events.0"]),
        ({"url": "https://93.184.216.34/", "events": []}, ["events"]),
        ({"url": "https://93.184.216.34/"}, ["events"]),
        ({"events": NAMES}, ["url"]),
        ({"url": "https://93.184.216.34/", "events": NAMES, "event_id": 4711}, ["event_id"]),
        ({"url": "https://93.184.216.34/", "events": NAMES, "secret": "whsec_mine"}, ["secret"]),
        ({"url": 5, "events": "all"}, ["url", "events"]),
    ],
)
def test_refuses_what_cannot_be_told(api, body, fields):
    answer = api.post("/webhooks", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert sorted(answer.json()["fields"]) == sorted(fields)
    assert Webhook.objects.count() == 0


@pytest.mark.django_db
def test_one_event_only_and_only_one_of_the_clients(api_client_of, receiver):
    mine, foreign = a_session(), a_session()
    limited = api_client_of(events=[mine.event])
    body = {"url": receiver.url, "events": NAMES}
    refused = limited.post("/webhooks", {**body, "event_id": foreign.event_id})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["event_id"])
    assert limited.post("/webhooks", {**body, "event_id": mine.event_id}).json()["event_id"] == mine.event_id


@pytest.mark.django_db
def test_client_has_at_most_twenty(api, receiver):
    body = {"url": receiver.url, "events": NAMES}
    answers = [api.post("/webhooks", body).status_code for _ in range(21)]
    assert answers == [201] * 20 + [422]


@pytest.mark.django_db
def test_same_key_registers_once_and_gets_same_secret(api, receiver):
    body = {"url": receiver.url, "events": NAMES}
    first, second = [api.post("/webhooks", body, Idempotency_Key="one") for _ in range(2)]
    assert first.json() == second.json()
    assert Webhook.objects.count() == 1


@pytest.mark.django_db
def test_deletes_webhook(api, receiver, registered):
    claim(a_session(), BOB)
    assert api.delete(f"/webhooks/{registered['id']}").status_code == 204
    plan_and_send()
    assert receiver.messages == []
    assert api.get(f"/webhooks/{registered['id']}").status_code == 404
    assert api.delete(f"/webhooks/{registered['id']}").status_code == 404
    assert api.get("/webhooks").json()["items"] == []


@pytest.mark.django_db
def test_other_clients_webhooks_do_not_exist(api, api_client_of, registered):
    stranger = api_client_of(name="Stranger")
    path = f"/webhooks/{registered['id']}"
    assert stranger.get("/webhooks").json()["items"] == []
    assert stranger.get(path).status_code == 404
    assert stranger.get(f"{path}/deliveries").status_code == 404
    assert stranger.delete(path).status_code == 404
    assert Webhook.objects.get().deleted_at is None


@pytest.mark.django_db
def test_reading_token_registers_and_deletes_nothing(api_client_of, receiver, hook):
    reader = api_client_of("read")
    webhook = hook(client=reader.client)
    body = {"url": receiver.url, "events": NAMES}
    assert reader.post("/webhooks", body).status_code == 403
    assert reader.delete(f"/webhooks/{webhook.pk}").status_code == 403
    assert reader.get(f"/webhooks/{webhook.pk}").status_code == 200
    assert Webhook.objects.filter(deleted_at=None).count() == 1


@pytest.mark.django_db
def test_lists_deliveries_with_their_state(api, receiver, registered):
    receiver.script = [status(204), status(500, b"no")]
    session = a_session()
    claim(session, BOB)
    plan_and_send()
    claim(session, person("carol"))
    plan_and_send()
    path = f"/webhooks/{registered['id']}/deliveries"
    first, second = api.get(path).json()["items"]
    assert first["message_id"] == receiver.messages[0].id
    assert first["payload"]["data"]["email"] == "bob@example.org"
    assert (first["last_status"], second["last_status"]) == (204, 500)
    assert (second["attempts"], second["delivered_at"], second["last_error"]) == (1, None, "Answered 500: no")
    assert [row["id"] for row in api.get(path, state="pending").json()["items"]] == [second["id"]]
    assert [row["id"] for row in api.get(path, state="delivered").json()["items"]] == [first["id"]]
    assert api.get(path, type="check_in.created").json()["items"] == []
    assert api.get(path, state="lost").status_code == 422
    assert api.get(f"{path}/{first['id']}").json() == first
    assert api.get(f"/webhooks/{registered['id']}").json()["failing_since"] is not None


@pytest.mark.django_db
def test_repeats_message_with_same_id(api, receiver, registered):
    claim(a_session(), BOB)
    plan_and_send()
    delivery = WebhookDelivery.objects.get()
    answer = api.post(f"/webhooks/{registered['id']}/deliveries/{delivery.pk}/repetition")
    assert (answer.status_code, answer.json()["delivered_at"]) == (200, None)
    plan_and_send()
    assert [message.id for message in receiver.messages] == [str(delivery.uuid)] * 2


@pytest.mark.django_db
def test_lists_take_same_number_of_queries_for_many(
    api,
    receiver,
    hook,
    registered,
    django_assert_num_queries,
):
    session = a_session(capacity=200)
    claim(session, BOB)
    plan_and_send()
    path = f"/webhooks/{registered['id']}/deliveries"
    with django_assert_num_queries(3):
        api.get(path)
    with django_assert_num_queries(2):
        api.get("/webhooks")
    fill(session, 199)
    plan_and_send()
    for _ in range(10):
        hook(client=api.client)
    with django_assert_num_queries(3):
        assert len(api.get(path, **{"per-page": 200}).json()["items"]) == 200
    with django_assert_num_queries(2):
        assert len(api.get("/webhooks").json()["items"]) == 11
