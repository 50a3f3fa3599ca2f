"""What holds for every operation that the description knows: whose it is, by whose leave, and bad input."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from events.actors import SYSTEM
from events.models import Event
from registrations import actions
from registrations.actions.sending.webhooks import create_webhook
from registrations.models import EventRegistration, WebhookDelivery
from registrations.webhooks import plan
from tests.api.agreeing import description, disagreement, operation_at
from tests.api.conftest import Api, make_api_client, make_token
from tests.api.registering import orders_with_money, registered, rows_of_every_table
from tests.factories import (
    CustomRegistrationFieldFactory,
    EventFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
)

pytestmark = pytest.mark.django_db
SCOPES = "read write override"
# Rooms belong to nobody in particular: who may change them is told by test_resources.py.
SHARED = "/locations"
INJECTION = "name; DROP TABLE events_event--"


def operations(*, with_ids=None, with_body=None):
    """Method, path below /api/v1 and example body of each operation that is so."""
    found = []
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if with_ids in (None, "{" in path) and with_body in (None, content is not None):
                [example] = (content or {}).get("examples", {"": {"value": None}}).values()
                found.append((method, path.removeprefix("/api/v1"), example["value"]))
    return found


LISTS = [path for method, path, _body in operations(with_ids=False) if method == "get"]


def named(operation):
    """How a test of this operation is called."""
    return f"{operation[0].upper()} {operation[1]}" if isinstance(operation, tuple) else str(operation)


@pytest.fixture(scope="module")
def owner(module_rows):
    """Who sees the event of all these tests."""
    api_client = make_api_client()
    return Api(api_client, make_token(api_client, "read write"), Client())


@pytest.fixture
def api(owner, client):
    """The owner, in this test's browser."""
    return replace(owner, browser=client)


@pytest.fixture
def ids(ids_of_all):
    """The ids of this test, which may add its own."""
    return dict(ids_of_all)


@pytest.fixture(scope="module")
def ids_of_all(owner):
    """One row of everything, at an event that only `api` sees, by the path's first word and by its variables."""
    api = owner
    event = EventFactory(allow_custom_agenda=True)
    session, full = SessionFactory(event=event), SessionFactory(event=event, capacity=0)
    create_webhook(api.client, "https://93.184.216.34/x", ["registrant.created"])
    rid = registered(api, event, [session])
    item = api.post("/waitlist-items", {"registrant_id": rid, "session_id": full.pk}).json()
    entry = api.post("/check-ins", {"registrant_id": rid, "nonce": "1"}).json()
    plan()
    found = {"events": event.pk, "sessions": session.pk, "registrants": rid, "rid": rid, "sid": session.pk}
    found |= {"full": full.pk}
    found |= {"waitlist-items": item["id"], "check-ins": entry["id"]}
    found |= {"session-registrations": api.get("/session-registrations").json()["items"][0]["id"]}
    found |= {"registrant_id": rid, "ledger": api.get(f"/registrants/{rid}/ledger").json()["items"][0]["id"]}
    found |= {"registration-fields": CustomRegistrationFieldFactory(event=event).pk}
    found |= {"contacts": api.get("/contacts").json()["items"][0]["id"]}
    found |= {"tracks": SessionTrackFactory(event=event).pk, "speakers": SpeakerFactory(event=event).pk}
    found |= {"webhooks": api.get("/webhooks").json()["items"][0]["id"]}
    found |= {"webhook_id": found["webhooks"], "deliveries": WebhookDelivery.objects.get().pk}
    found |= {"registration-fields": CustomRegistrationFieldFactory(event=event).pk}
    file = SimpleUploadedFile("people.csv", b"email,first_name\nbob@example.org,Bob\n")
    sent = {"file": file, "event_id": event.pk, "validate_only": 1}
    batch = api.browser.post("/api/v1/imports", sent, headers=api._headers({})).json()["id"]
    found |= {"imports": batch, "import_id": batch}
    found |= {"rows": api.get(f"/imports/{batch}/rows").json()["items"][0]["id"]}
    return found | {"passes": PassFactory(event=event).pk} | drawn(event, rid) | sold(event)


def sold(event):
    """An order that is owed, with an invoice, a payment of a wrong sum, and a refund that failed."""
    [order] = orders_with_money(event, 1)
    wrong = order.payments.create(
        provider="test",
        state="wrong",
        amount=5,
        currency="EUR",
        begun_at=order.placed_at,
        paid_at=order.placed_at,
    )
    refund = order.payments.get(state="paid").refunds.get()
    return {
        "orders": order.pk,
        "payments": wrong.pk,
        "refunds": refund.pk,
        "invoices": order.invoices.get().pk,
    }


def drawn(event, rid):
    """A draw whose number is known, with what it decided for this registrant."""
    now, session = timezone.now(), SessionFactory(event=event)
    opens, closes = now - timedelta(days=2), now - timedelta(days=1)
    draw = actions.plan_draw(event, [session], opens, closes, "The lottery", actor=SYSTEM, at=opens)
    wishes = [(session, None)]
    actions.state_wishes(EventRegistration.objects.get(pk=rid), draw, wishes, at=opens + timedelta(hours=1))
    actions.freeze(draw, at=now)
    actions.enter_public_number(draw, "7", actor=SYSTEM)
    return {"draws": draw.pk, "draw_id": draw.pk, "decisions": draw.decisions.get().pk}


def address(path, ids):
    """The path with the ids of the rows it is about."""
    parts = path.split("/")
    for place, part in enumerate(parts):
        if part == "{id}":
            owner = next(name for name in reversed(parts[:place]) if name in ids)
            parts[place] = str(ids[owner])
        elif part.startswith("{"):
            parts[place] = str(ids[part.strip("{}")])
    return "/".join(parts)


def ask(api, method, path, body):
    """Send it, with a body where it takes one."""
    return getattr(api, method)(path) if method in {"get", "delete"} else getattr(api, method)(path, body)


OWNED = [each for each in operations(with_ids=True) if not each[1].startswith(SHARED)]


@pytest.mark.parametrize("operation", OWNED, ids=named)
def test_finds_nothing_of_another_organizer(api, api_client_of, ids, operation):
    method, path, body = operation
    stranger = api_client_of(SCOPES, events=[EventFactory()])
    where, before = address(path, ids), rows_of_every_table()
    if method == "get":
        assert api.get(where).status_code == 200, "the owner finds it"
    answer = ask(stranger, method, where, body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert disagreement(method, f"/api/v1{where}", answer) == ""
    assert rows_of_every_table() == before


@pytest.mark.parametrize("path", [path for path in LISTS if path != SHARED])
def test_lists_nothing_of_another_organizer(api, api_client_of, ids, path):
    stranger = api_client_of(SCOPES, events=[EventFactory()])
    known = api.get(path).json()["items"]
    assert known, "there is something to be seen"
    seen = [row["id"] for row in stranger.get(path).json()["items"]]
    assert seen == ([stranger.client.events.get().pk] if path == "/events" else [])


@pytest.mark.parametrize("operation", operations(), ids=named)
def test_needs_token_and_scope(api_client_of, operation):
    method, path, body = operation
    [needed] = operation_at(method, f"/api/v1{path}")["security"][0]["oauth2"]
    wrong = api_client_of(SCOPES.replace(needed, ""))
    where, before = address(path, _Ones()), rows_of_every_table()
    refused = ask(wrong, method, where, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert refused.json()["scope"] == needed
    wrong.token = "nobody's"
    unknown = ask(wrong, method, where, body)
    assert (unknown.status_code, unknown.json()["code"]) == (401, "not_authenticated")
    assert [disagreement(method, f"/api/v1{where}", each) for each in (refused, unknown)] == ["", ""]
    assert rows_of_every_table() == before


class _Ones(dict):
    """An id for whatever is asked: a token is looked at before any row is."""

    def __contains__(self, name):
        return True

    def __missing__(self, name):
        return 1


OVERRIDING = [
    each for each in operations() if len(operation_at(each[0], f"/api/v1{each[1]}")["security"]) > 1
]


@pytest.mark.parametrize("operation", OVERRIDING, ids=named)
def test_going_past_a_rule_needs_the_scope_that_is_described(api_client_of, operation):
    method, path, body = operation
    [_plain, needed] = operation_at(method, f"/api/v1{path}")["security"]
    assert needed["oauth2"] == ["write", "override"]
    past = {"override": 1} if path == "/check-ins" else {"override_closed": 1}
    refused = ask(api_client_of("read write"), method, address(path, _Ones()), {**(body or {}), **past})
    assert (refused.status_code, refused.json()["scope"]) == (403, "override")


# What is asked last: with it the other things could not be had any more.
ENDS = {
    "/sessions/{id}": 1,
    "/sessions/{id}/cancellation": 2,
    "/passes/{id}": 3,
    "/passes": 3,
    "/registrants/{id}": 3,
}
ENDS |= {"/events/{id}": 4, "/events/{id}/cancellation": 5}
# Another number decides anew; what is published stays.
ENDS |= {"/draws/{id}/public-number": 1, "/draws/{id}/publication": 2}
ENDS |= {"/orders/{id}/payment": 1, "/orders/{id}/refunds": 2}
# Why an operation refuses what its example asks, with the rows of `ids`.
REFUSED = {
    # Its body is no JSON.
    "post /imports": "invalid",
    "post /imports/{id}/undo": "not_now",
    # What is waited for is full, and the token may not go past that.
    "post /waitlist-items/{id}/invitation": "full",
    "post /waitlist-items/{id}/registration": "insufficient_scope",
    "delete /waitlist-items/{id}/invitation": "invitation_gone",
    # Its window is over, and it is published in the end.
    "put /draws/{id}": "invalid",
    "patch /draws/{id}": "invalid",
    "delete /draws/{id}": "invalid",
    # At that event everybody chooses sessions.
    "post /orders": "wrong_level",
    # Its lines are no lines of this order.
    "post /orders/{id}/refunds": "invalid",
    # One of its sessions is named twice.
    "put /registrants/{rid}/draws/{draw_id}/wishes": "invalid",
    # Sessions take place there by now.
    "delete /locations/{id}": "in_use",
    # Gone with what was deleted before.
    "delete /registrants/{rid}/session/{sid}": "cancelled",
    "delete /sessions/{id}": "not_found",
}


def test_answers_what_is_described(api, ids):
    """Each operation once, with real rows: every field that is required, and none that is not named."""
    room, carol = RoomFactory(), registered(api, Event.objects.get(), email="carol@example.com")
    ids = ids | {"locations": room.pk, "building": room.building_id, "rid": carol}
    asked = sorted(operations(), key=lambda each: (each[0] == "delete", ENDS.get(each[1], 0), len(each[1])))
    wrong, refused = [], {}
    for method, path, body in asked:
        where = address(path, ids)
        answer = ask(api, method, where, fitting(body, ids, f"{method} {where}"))
        wrong += [said] if (said := disagreement(method, f"/api/v1{where}", answer)) else []
        if answer.status_code >= 400:
            refused[f"{method} {path}"] = answer.json()["code"]
    assert wrong == []
    assert refused == REFUSED


def fitting(body, ids, name):
    """The example with the ids of rows that are there, and what may be there once only."""
    own = {"event_id": ids["events"], "session_id": ids["full"], "registrant_id": ids["rid"]}
    own |= {"location_id": ids["locations"], "track_id": ids["tracks"], "building_id": ids["building"]}
    own |= {"pass_id": ids["passes"]}
    own |= {"session_ids": [ids["sessions"]], "add": [ids["sessions"]], "drop": []}
    own |= {"name": name, "slug": name.replace(" ", "").replace("/", "-"), "url": "https://93.184.216.34/y"}
    own |= {"timezone": "UTC", "allow_custom_agenda": 0, "left_at": timezone.now().isoformat()}
    if isinstance(body, list):
        return [fitting(each, ids, name) for each in body]
    if not isinstance(body, dict):
        return body
    return {word: own.get(word, fitting(value, ids, name)) for word, value in body.items()}


CHANGES = [each for each in operations() if each[0] != "get"]


@pytest.mark.parametrize("operation", CHANGES, ids=named)
def test_condition_that_does_not_hold_changes_nothing(api, ids, operation):
    """Of one record it is refused; where `If-Match` is not looked at, that is said."""
    method, path, _body = operation
    where, before = address(path, ids | {"locations": RoomFactory().pk}), rows_of_every_table()
    answer = getattr(api, method)(where, **({} if method == "delete" else {"data": {}}), if_match='"0-0"')
    is_of_one_record = method != "post" and path.endswith("{id}")
    expected = (412, "changed_meanwhile") if is_of_one_record else (422, "invalid")
    assert (answer.status_code, answer.json()["code"]) == expected
    assert disagreement(method, f"/api/v1{where}", answer) == ""
    assert rows_of_every_table() == before


BODIES = [
    ("{", 400, "malformed"),
    ('["a list"]', 400, "malformed"),
    ('{"no_such_field": 1}', 422, "invalid"),
    ('{"x": "' + "x" * 1_100_000 + '"}', 413, "too_large"),
]


@pytest.mark.parametrize("operation", operations(with_body=True), ids=named)
def test_refuses_bodies_that_cannot_be(api, ids, operation):
    method, path, _body = operation
    where, before = address(path, ids | {"locations": RoomFactory().pk}), rows_of_every_table()
    for body, status, code in BODIES:
        answer = ask(api, method, where, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body[:40]
        assert disagreement(method, f"/api/v1{where}", answer) == ""
        assert "no_such_field" in answer.json()["fields"] if status == 422 else answer.json()["detail"]
    answer = getattr(api, method)(where, "a: b", content_type="text/yaml")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert rows_of_every_table() == before


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sort", INJECTION),
        ("event__name", "x"),
        ("per-page", "0"),
        ("ids", INJECTION),
        ("page", "0 OR 1=1"),
    ],
)
def test_refuses_parameters_of_lists_that_cannot_be(api, path, name, value):
    answer = api.get(path, **{name: value})
    assert (answer.status_code, answer.json()["code"], set(answer.json()["fields"])) == (
        422,
        "invalid",
        {name},
    )


FILTERS = [
    (path, parameter["name"])
    for path in LISTS
    for parameter in description()["paths"][f"/api/v1{path}"]["get"]["parameters"]
    if parameter["in"] == "query" and parameter["schema"].get("type") in {"integer", "number"}
]


@pytest.mark.parametrize(("path", "name"), FILTERS)
def test_refuses_sql_in_filters_of_numbers(api, path, name):
    answer = api.get(path, **{name: "1 OR 1=1"})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {name})
