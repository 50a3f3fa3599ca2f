"""The same POST twice: carried out once, answered byte for byte the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from events import answers
from events.errors import Busy
from events.models import IdempotencyKey
from registrations.models import CheckIn, EventRegistration, Notification
from tests.api.registering import BOB, emails_in, register, registered, rows_of_every_table
from tests.engine.acts import fill
from tests.factories import EventFactory, SessionFactory
from waitlists.models import WaitlistItem

KEY = {"Idempotency_Key": "order-4711"}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """Nobody waits five seconds for a test."""
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", 0)


@pytest.fixture
def event(db):
    return EventFactory(sessions_required=False)


@pytest.fixture
def session(event):
    return SessionFactory(event=event, capacity=2)


def wish(event, *sessions, **more):
    return {**BOB, "event_id": event.pk, "session_ids": [session.pk for session in sessions], **more}


def assert_same(first, again):
    assert again.status_code == first.status_code
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"]
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")


def test_repeat_gets_the_stored_answer_and_changes_nothing(api, event, session):
    first = api.post("/registrants", wish(event, session), **KEY)
    assert first.status_code == 201
    api.patch(f"/registrants/{first.json()['id']}", {"first_name": "Robert"})
    before = rows_of_every_table()
    assert_same(first, api.post("/registrants", wish(event, session), **KEY))
    assert rows_of_every_table() == before
    assert Notification.objects.count() == 1


def test_answer_is_stored_by_the_action_itself(api, event, session):
    """Not after it: when the transaction is over, seat and answer are there together, or neither."""
    api.post("/registrants", wish(event, session), **KEY)
    row = IdempotencyKey.objects.get()
    assert (row.status_code, row.request) == (201, "POST /api/v1/registrants")
    assert row.answer.startswith('{"applied":true,"id":')


@pytest.mark.parametrize("kind", ["body", "path", "query", "form"])
def test_refuses_another_request_under_the_same_key(api, event, session, kind):
    rid = registered(api, event)
    path = f"/registrants/{rid}/session/{session.pk}"
    assert api.post(path, **KEY).status_code == 200
    before = rows_of_every_table()
    other = SessionFactory(event=event)
    before = rows_of_every_table()
    response = {
        "body": lambda: api.post(path, {"waitlist": 1}, **KEY),
        "path": lambda: api.post(f"/registrants/{rid}/session/{other.pk}", **KEY),
        "query": lambda: api.post(f"{path}?waitlist=1", **KEY),
        "form": lambda: api.post(path, {}, form=True, **KEY),
    }[kind]()
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert set(response.json()["fields"]) == {"Idempotency-Key"}
    assert rows_of_every_table() == before


def test_keys_are_the_clients_own(api, api_client_of, event, session):
    first = api.post("/registrants", wish(event, session), **KEY)
    other = api_client_of(name="Other").post("/registrants", wish(event, session), **KEY)
    assert (first.status_code, other.status_code) == (201, 200)
    assert IdempotencyKey.objects.count() == 2


def test_refusals_are_stored_too(api, event, session):
    fill(session)
    first = api.post("/registrants", wish(event, session), **KEY)
    assert first.status_code == 409
    assert {"message", "request_id", "documentation_url"} <= set(first.json())
    api.delete(f"/registrants/{EventRegistration.objects.earliest('id').pk}")
    assert_same(first, api.post("/registrants", wish(event, session), **KEY))
    assert api.post("/registrants", wish(event, session), Idempotency_Key="order-4712").status_code == 201


def test_what_cannot_be_is_stored_and_what_cannot_be_read_needs_no_key(api):
    first = api.post("/registrants", {"event_id": "x"}, **KEY)
    assert first.status_code == 422
    assert_same(first, api.post("/registrants", {"event_id": "x"}, **KEY))
    assert api.post("/registrants", "{", Idempotency_Key="order-4712").status_code == 400
    assert IdempotencyKey.objects.count() == 1


def test_while_the_first_runs_others_are_told_so(api, event, session):
    api.post("/registrants", wish(event, session), **KEY)
    IdempotencyKey.objects.update(status_code=None, answer="")
    response = api.post("/registrants", wish(event, session), **KEY)
    assert (response.status_code, response.json()["code"]) == (409, "in_progress")
    assert response["Retry-After"]
    # Its process died: when the lease is over, the repeat is carried out, and finds what was done.
    IdempotencyKey.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert api.post("/registrants", wish(event, session), **KEY).status_code == 200
    assert emails_in(session) == ["bob@example.com"]


def test_act_is_undone_when_its_key_was_taken_over(api, event, session, monkeypatch):
    """The request outlived its lease, and a repeat took the key: two answers for one key must not be."""
    from events.api import idempotency

    claim = idempotency.claim_key

    def claimed_and_lost(asked):
        row = claim(asked)
        answers.claim_key(
            answers.Repeatable(asked.client, asked.key, asked.fingerprint, asked.request),
            at=timezone.now() + answers.LEASE,
        )
        return row

    monkeypatch.setattr(idempotency, "claim_key", claimed_and_lost)
    response = api.post("/registrants", wish(event, session), **KEY)
    assert (response.status_code, response.json()["code"]) == (409, "in_progress")
    assert not EventRegistration.objects.exists()
    refused = api.post("/registrants", wish(event, session, company=1), Idempotency_Key="other")
    assert (refused.status_code, refused.json()["code"]) == (409, "in_progress")
    assert {"message", "request_id", "documentation_url"} <= set(refused.json())


def test_busy_frees_the_key(api, event, session, monkeypatch):
    from registrations.api import adding

    def busy(*args, **kwargs):
        raise Busy

    with monkeypatch.context() as patched:
        patched.setattr(adding, "submit_agenda", busy)
        response = api.post("/registrants", wish(event, session), **KEY)
        assert (response.status_code, response.json()["code"]) == (503, "busy")
    assert not IdempotencyKey.objects.exists()
    assert api.post("/registrants", wish(event, session), **KEY).status_code == 201


def test_error_frees_the_key(api, event, session, monkeypatch):
    from registrations.api import adding

    def broken(*args, **kwargs):
        raise RuntimeError("a bug")

    api.browser.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr(adding, "submit_agenda", broken)
        assert api.post("/registrants", wish(event, session), **KEY).status_code == 500
    assert not IdempotencyKey.objects.exists()


def test_dry_run_needs_no_key(api, event, session):
    tried = api.post("/registrants?validate_only=1", wish(event, session), **KEY)
    assert tried.status_code == 200
    assert not IdempotencyKey.objects.exists()


def test_who_may_not_claims_no_key(api_client_of, event, session):
    for client in (api_client_of("read"), api_client_of()):
        query = "?override_capacity_errors=1"
        assert client.post(f"/registrants{query}", wish(event, session), **KEY).status_code == 403
    assert not IdempotencyKey.objects.exists()


def test_refuses_key_that_is_too_long(api, event, session):
    response = api.post("/registrants", wish(event, session), Idempotency_Key="x" * 256)
    assert (response.status_code, set(response.json()["fields"])) == (422, {"Idempotency-Key"})
    assert api.post("/registrants", wish(event, session), Idempotency_Key="x" * 255).status_code == 201


@pytest.mark.parametrize(
    "act",
    [
        "seat",
        "override",
        "agenda",
        "several past capacity",
        "event",
        "event past capacity",
        "join",
        "invite",
        "register",
        "check in",
        "cancel session",
    ],
)
def test_every_post_is_repeatable(api_client_of, event, act, monkeypatch):
    """Each keeps its answer in the action's own transaction: nothing is written apart from it."""
    from events.api import idempotency

    apart = []
    monkeypatch.setattr(idempotency, "keep_answer", lambda *args: apart.append(args))
    desk = api_client_of("read write override")
    rid = registered(desk, event)
    free, full = SessionFactory(event=event), SessionFactory(event=event, capacity=0)
    whole, none_left = EventFactory(session_level=False), EventFactory(session_level=False, capacity=0)
    override = "?override_capacity_errors=1"
    item = register(desk, event, [full], waitlist=1, email="waits@example.com") and WaitlistItem.objects.get()
    if act == "invite":
        # One free seat, which nobody was served: the line is off while it comes.
        full.seats.capacity = 1
        full.seats.save(update_fields=["capacity"])
    path, body = {
        "seat": (f"/registrants/{rid}/session/{free.pk}", {}),
        "override": (f"/registrants/{rid}/session/{full.pk}{override}", {}),
        "agenda": (f"/registrants/{rid}/agenda", {"add": [free.pk]}),
        "several past capacity": (
            f"/registrants{override}",
            wish(event, full, free, email="new@example.com"),
        ),
        "event": ("/registrants", wish(whole)),
        "event past capacity": (f"/registrants{override}", wish(none_left)),
        "join": ("/waitlist-items", {"session_id": full.pk, "registrant_id": rid}),
        "invite": (f"/waitlist-items/{item.pk}/invitation", {}),
        "register": (f"/waitlist-items/{item.pk}/registration{override}", {}),
        "check in": ("/check-ins", {"registrant_id": rid, "nonce": "1"}),
        "cancel session": (f"/sessions/{free.pk}/cancellation", {"reason": "Ill"}),
    }[act]
    first = desk.post(path, body, **KEY)
    assert first.status_code in {200, 201}, first.content
    assert apart == []
    before = rows_of_every_table()
    assert_same(first, desk.post(path, body, **KEY))
    assert rows_of_every_table() == before
    assert IdempotencyKey.objects.count() == 1
    assert CheckIn.objects.count() == (act == "check in")


@pytest.mark.parametrize("kind", ["sessions", "sessions/create", "tracks", "events", "passes", "webhooks"])
def test_plain_rows_are_made_once(api, event, kind):
    """Row and answer in one transaction: a repeat makes no second one."""
    body = {
        "sessions": {"event_id": event.pk, "name": "Opening", "date": "2031-05-05"},
        "sessions/create": {"event_id": event.pk, "name": "Opening", "date": "2031-05-05"},
        "tracks": {"event_id": event.pk, "name": "Health"},
        "events": {
            "name": "Days",
            "slug": "days",
            "start": "2031-05-05T09:00:00Z",
            "end": "2031-05-05T18:00:00Z",
        },
        "passes": {"event_id": EventFactory(session_level=False).pk, "name": "Gold"},
        "webhooks": {"url": "https://93.184.215.14/hook", "events": ["registrant.created"]},
    }[kind]
    first = api.post(f"/{kind}", body, **KEY)
    assert first.status_code == 201, first.content
    before = rows_of_every_table()
    assert_same(first, api.post(f"/{kind}", body, **KEY))
    assert rows_of_every_table() == before
    assert IdempotencyKey.objects.get().status_code == 201
