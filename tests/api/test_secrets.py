"""Secrets of API clients: changed with time to spare or at once; tokens end with them, or when the client says so."""

from __future__ import annotations

import base64
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.urls import reverse

from events.models import ApiClient
from tests.api.conftest import make_token
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
START = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


def basic(api, secret):
    words = base64.b64encode(f"{api.client.client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {words}"}


def fetch(api, secret, **more):
    fields = {"grant_type": "client_credentials", **more}
    return api.browser.post("/oauth2/token", fields, headers=basic(api, secret))


def renewed(api, overlap):
    out = io.StringIO()
    call_command(
        "renew_api_secret", api.client.client_id, "--overlap", str(overlap), stdout=out, stderr=io.StringIO()
    )
    return out.getvalue().strip().removeprefix("client_secret=")


def test_both_secrets_are_taken_for_a_while(api):
    with time_machine.travel(START, tick=False) as clock:
        secret = renewed(api, overlap=2)
        assert [fetch(api, each).status_code for each in ("sw_secret", secret, "sw_other")] == [200, 200, 401]
        as_form = {
            "client_id": api.client.client_id,
            "client_secret": "sw_secret",
            "grant_type": "client_credentials",
        }
        assert api.browser.post("/oauth2/token", as_form).status_code == 200
        clock.shift(timedelta(hours=2))
        assert [fetch(api, each).status_code for each in ("sw_secret", secret)] == [401, 200]
    assert secret.startswith("sw_")
    assert secret not in str(ApiClient.objects.values().get())


@pytest.mark.parametrize(("hours", "taken"), [("24", [200, 200]), ("0", [401, 200])])
def test_desk_makes_another_and_shows_it_once(api, client, hours, taken):
    staff = UserFactory(is_superuser=True, is_staff=True)
    client.force_login(staff)
    url = reverse("admin:events_apiclient_new_secret", args=[api.client.pk])
    assert url in client.get(reverse("admin:events_apiclient_change", args=[api.client.pk])).content.decode()
    before = api.client.client_secret
    assert client.get(url).status_code == 200
    assert client.post(url, {"hours": "3"}).status_code == 422
    assert ApiClient.objects.get().client_secret == before
    shown = client.post(url, {"hours": hours})
    secret = shown.context["done"].shown_once
    assert (shown.status_code, "no-store" in shown["Cache-Control"]) == (200, True)
    assert f'value="{secret}"' in shown.content.decode()
    assert [fetch(api, each).status_code for each in ("sw_secret", secret)] == taken
    for page in (url, reverse("admin:events_apiclient_change", args=[api.client.pk])):
        assert secret not in client.get(page).content.decode()
    [entry] = LogEntry.objects.all()
    assert (entry.user, entry.get_change_message()) == (staff, "The secret was renewed.")


def test_desk_makes_none_for_those_who_may_not(api, client):
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename="view_apiclient"))
    client.force_login(staff)
    url = reverse("admin:events_apiclient_new_secret", args=[api.client.pk])
    assert client.post(url, {"hours": "0"}).status_code == 403
    assert fetch(api, "sw_secret").status_code == 200


def test_token_fetched_by_the_secret_before_ends_with_it(api):
    with time_machine.travel(START, tick=False) as clock:
        renewed(api, overlap=1)
        clock.shift(timedelta(minutes=50))
        said = fetch(api, "sw_secret").json()
        assert (said["expires_in"], said["expires_at"]) == (600, "2030-01-02 04:04:05")
        api.token = said["access_token"]
        assert api.get("/events").status_code == 200
        clock.shift(timedelta(minutes=10))
        assert api.get("/events").status_code == 401


def test_secret_changed_at_once_ends_its_tokens(api):
    assert api.get("/events").status_code == 200
    secret = renewed(api, overlap=0)
    assert api.get("/events").status_code == 401
    assert [fetch(api, each).status_code for each in ("sw_secret", secret)] == [401, 200]


def test_secret_changed_on_the_desk_ends_tokens_and_the_one_before(api):
    second = renewed(api, overlap=5)
    api.token = fetch(api, second).json()["access_token"]
    assert api.get("/events").status_code == 200
    client = ApiClient.objects.get()
    client.client_secret = "sw_typed"
    client.save()
    assert api.get("/events").status_code == 401
    taken = [fetch(api, each).status_code for each in ("sw_secret", second, "sw_typed")]
    assert taken == [401, 401, 200]


def test_other_changes_of_a_client_end_nothing(api):
    client = ApiClient.objects.get()
    client.name = "Another"
    client.save()
    assert api.get("/events").status_code == 200


def test_says_when_each_secret_was_last_used(api):
    with time_machine.travel(START, tick=False) as clock:
        fetch(api, "sw_secret")
        assert ApiClient.objects.get().secret_used_at == START
        secret = renewed(api, overlap=2)
        assert ApiClient.objects.get().secret_used_at is None
        clock.shift(timedelta(minutes=5))
        fetch(api, secret)
        clock.shift(timedelta(minutes=5))
        fetch(api, "sw_secret")
        fetch(api, "sw_wrong")
    client = ApiClient.objects.get()
    assert client.secret_used_at == START + timedelta(minutes=5)
    assert client.previous_secret_used_at == START + timedelta(minutes=10)


def test_client_revokes_its_token(api, api_client_of):
    stranger = api_client_of(name="Stranger")
    other = make_token(stranger.client, "read")
    revoke = {"token": api.token}
    assert api.browser.post("/oauth2/revoke", revoke, headers=basic(api, "sw_wrong")).status_code == 401
    assert api.get("/events").status_code == 200
    answer = api.browser.post("/oauth2/revoke", revoke, headers=basic(api, "sw_secret"))
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, b"", "no-store")
    assert api.get("/events").status_code == 401
    for token in (api.token, "unknown", other):
        again = api.browser.post("/oauth2/revoke", {"token": token}, headers=basic(api, "sw_secret"))
        assert again.status_code == 200
    stranger.token = other
    assert stranger.get("/events").status_code == 200


def test_revocation_refuses_what_it_cannot_read(api):
    assert api.browser.get("/oauth2/revoke").status_code == 405
    empty = api.browser.post("/oauth2/revoke", {}, headers=basic(api, "sw_secret"))
    assert (empty.status_code, empty.json()["code"]) == (400, "invalid_request")
    assert {"error", "error_description", "code", "detail"} <= set(empty.json())


@pytest.mark.parametrize("overlap", ["-1", "9999"])
def test_command_refuses_impossible_overlaps(api, overlap):
    with pytest.raises(CommandError, match="hours"):
        call_command("renew_api_secret", api.client.client_id, "--overlap", overlap)


def test_command_refuses_unknown_client(db):
    with pytest.raises(CommandError, match="nobody"):
        call_command("renew_api_secret", "nobody")
