"""Tokens: fetched by client credentials, hashed, dead after half an hour."""

from __future__ import annotations

import base64
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from events.models import ApiClient
from tests.api.conftest import make_api_client, make_token
from tests.factories import EventFactory

pytestmark = pytest.mark.django_db
FORM = {"grant_type": "client_credentials"}


def _basic(client_id, secret="sw_secret"):
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def test_gives_token_for_basic_credentials(client):
    owner = make_api_client()
    with time_machine.travel(datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC), tick=False):
        answer = client.post("/oauth2/token", FORM, headers=_basic(owner.client_id))
    said = answer.json()
    token = said.pop("access_token")
    assert len(token) >= 30
    assert (answer.status_code, said) == (
        200,
        {
            "token_type": "Bearer",
            "expires_in": 1800,
            "scope": "read write",
            "type": "bearer",
            "expires_at": "2030-01-02 03:34:05",
        },
    )
    assert answer["Cache-Control"] == "no-store"


def test_gives_token_for_form_credentials_and_the_scope_asked_for(client):
    owner = make_api_client(scopes="read write override")
    fields = {**FORM, "client_id": owner.client_id, "client_secret": "sw_secret", "scope": "read"}
    answer = client.post("/oauth2/token", fields)
    assert (answer.status_code, answer.json()["scope"]) == (200, "read")


def test_keeps_neither_secret_nor_token(client):
    from oauth2_provider.models import get_access_token_model

    owner = make_api_client()
    token = client.post("/oauth2/token", FORM, headers=_basic(owner.client_id)).json()["access_token"]
    owner.refresh_from_db()
    assert "sw_secret" not in owner.client_secret
    stored = get_access_token_model().objects.values().get()
    assert token not in json.dumps(stored, default=str)


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "a\x00b"}, 400, "invalid_request"),
        ({"grant_type": "password", "username": "a", "password": "b"}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "unsupported_grant_type"),
        ({"scope": "override"}, 400, "invalid_scope"),
    ],
)
def test_refuses_token_with_code(client, fields, status, code):
    from oauth2_provider.models import get_access_token_model

    owner = make_api_client()
    sent = {**FORM, "client_id": owner.client_id, "client_secret": "sw_secret", **fields}
    answer = client.post("/oauth2/token", sent)
    said = answer.json()
    assert (answer.status_code, said["code"], said["error"]) == (status, code, code)
    assert said["detail"]
    assert get_access_token_model().objects.count() == 0


@pytest.mark.parametrize(
    "header", ["Basic ====", "Basic bm9jb2xvbg==", "Basic /////w==", "Bearer x", "Basic YQBiOmM="]
)
def test_refuses_headers_that_are_no_credentials(client, header):
    answer = client.post("/oauth2/token", FORM, headers={"Authorization": header})
    assert answer.status_code in {400, 401}
    said = {"error", "error_description", "code", "detail", "message", "request_id", "documentation_url"}
    assert set(answer.json()) == said


def test_refuses_other_methods_and_addresses_of_oauth(client):
    assert client.get("/oauth2/token").status_code == 405
    answer = client.get("/oauth2/authorize")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_token_dies_after_half_an_hour(api):
    start = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        fetched = api.browser.post("/oauth2/token", FORM, headers=_basic(api.client.client_id)).json()
    api.token = fetched["access_token"]
    with time_machine.travel(start + timedelta(minutes=30, seconds=-1), tick=False):
        assert api.get("/events").status_code == 200
    with time_machine.travel(start + timedelta(minutes=30), tick=False):
        answer = api.get("/events")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer a b", "Bearer unknown", "Basic x", "Bearer \xff"])
def test_refuses_requests_without_living_token(client, db, header):
    headers = {"Authorization": header} if header else {}
    answer = client.get("/api/v1/events", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_refuses_scope_that_token_lacks(client, api_client_of):
    reader = api_client_of("read")
    answer = reader.post("/tracks", {"event_id": EventFactory().pk, "name": "x"})
    assert (answer.status_code, answer.json()["code"], answer.json()["scope"]) == (
        403,
        "insufficient_scope",
        "write",
    )
    writer = api_client_of("read write")
    writer.token = make_token(writer.client, "write")
    assert writer.get("/events").status_code == 403


def test_command_makes_client_and_prints_its_secret_once(client):
    event = EventFactory(slug="expo")
    out, err = io.StringIO(), io.StringIO()
    call_command("create_api_client", "Badges", "--event", "expo", "--scopes", "read", stdout=out, stderr=err)
    printed = dict(line.split("=", 1) for line in out.getvalue().split())
    made = ApiClient.objects.get(client_id=printed["client_id"])
    assert printed["client_secret"].startswith("sw_")
    assert (made.name, made.scopes, list(made.events.all())) == ("Badges", "read", [event])
    assert not made.sees_every_event
    answer = client.post(
        "/oauth2/token",
        FORM,
        headers=_basic(**{"client_id": made.client_id, "secret": printed["client_secret"]}),
    )
    assert (answer.status_code, answer.json()["scope"]) == (200, "read")


def test_command_makes_client_of_every_event():
    call_command("create_api_client", "Badges", stdout=io.StringIO(), stderr=io.StringIO())
    made = ApiClient.objects.get()
    assert (made.sees_every_event, made.scopes, made.events.count()) == (True, "read write", 0)


def test_command_refuses_unknown_event():
    with pytest.raises(CommandError, match="nowhere"):
        call_command("create_api_client", "Badges", "--event", "nowhere")
    assert ApiClient.objects.count() == 0


def test_scope_taken_from_client_is_gone_at_once(api):
    event = EventFactory()
    assert api.post("/tracks", {"event_id": event.pk, "name": "A"}).status_code == 201
    ApiClient.objects.update(scopes="read")
    assert api.post("/tracks", {"event_id": event.pk, "name": "B"}).status_code == 403
    assert api.get("/tracks").status_code == 200


def test_worker_forgets_dead_tokens_only(api):
    from oauth2_provider.models import get_access_token_model

    make_token(api.client, "read", minutes=-61)
    make_token(api.client, "read", minutes=-1)
    call_command("worker", "--once", stdout=io.StringIO())
    assert get_access_token_model().objects.count() == 2
    assert api.get("/events").status_code == 200
