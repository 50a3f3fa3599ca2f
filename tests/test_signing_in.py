"""Signing in while others guess: strangers are slowed, the pages are not, and nobody is locked out for good."""

from __future__ import annotations

import threading

import pytest
from django.test import Client
from django.urls import reverse

from events.signing_in import (
    DEVICE_COOKIE,
    FROM_EVERYWHERE,
    FROM_KNOWN_DEVICE,
    FROM_ONE_ADDRESS,
    TooManyAtOnce,
    hashing,
)
from tests.api.conftest import make_api_client

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
GRANT = {"grant_type": "client_credentials"}


def sign_in(browser, password, *, who="alice@example.com", at="192.0.2.1", **more):
    fields = {"username": who, "password": password, **more}
    return browser.post(LOGIN, fields, REMOTE_ADDR=at)


def fetch_token(client_id, secret, *, at="192.0.2.1"):
    fields = {**GRANT, "client_id": client_id, "client_secret": secret}
    return Client().post("/oauth2/token", fields, REMOTE_ADDR=at)


def is_in(browser):
    return browser.get("/admin/").status_code == 200


def test_right_password_opens_the_desk_without_next(client, alice):
    response = sign_in(client, "alice")
    assert (response.status_code, response["Location"]) == (302, reverse("admin:index"))
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", ""])
def test_foreign_next_ends_on_the_desk(client, alice, wanted):
    assert sign_in(client, "alice", next=wanted)["Location"] == reverse("admin:index")


def test_wrong_passwords_from_one_address_are_refused_in_time(client, alice, settings):
    most = settings.WRONG_SECRETS_PER_NETWORK_ADDRESS
    said = [sign_in(client, "wrong", who=f"staff{n}@example.com") for n in range(most + 2)]
    assert [each.status_code for each in said] == [200] * most + [429] * 2
    assert said[-1]["Retry-After"] == "600"
    assert "wait ten minutes" in said[-1].content.decode()


def test_one_account_is_refused_sooner_than_its_address(client, alice):
    said = [sign_in(client, "wrong").status_code for _ in range(FROM_ONE_ADDRESS + 1)]
    assert said == [200] * FROM_ONE_ADDRESS + [429]
    page = sign_in(client, "alice")
    assert (page.status_code, page["Retry-After"], is_in(client)) == (429, "600", False)
    assert page.context["form"]["username"].value() == "alice@example.com"
    assert "too often" in page.content.decode()
    assert sign_in(client, "wrong", who="staff@example.com").status_code == 200


def test_right_password_works_from_another_address_whatever_strangers_did(client, alice):
    for number in range(FROM_EVERYWHERE + 20):
        sign_in(client, "wrong", at=f"192.0.2.{number}")
    assert sign_in(client, "alice", at="198.51.100.7").status_code == 302
    assert is_in(client)


def test_account_guessed_at_from_everywhere_gives_each_address_one_try(client, alice):
    for number in range(FROM_EVERYWHERE):
        sign_in(client, "wrong", at=f"192.0.2.{number}")
    said = [sign_in(client, "wrong", at="198.51.100.7").status_code for _ in range(2)]
    assert said == [200, 429]


def test_known_browser_signs_in_beside_a_storm_from_its_own_address(client, alice, settings):
    sign_in(client, "alice")
    client.post(reverse("admin:logout"))
    assert not is_in(client)
    for number in range(settings.WRONG_SECRETS_PER_NETWORK_ADDRESS + 5):
        sign_in(Client(), "wrong", who=f"staff{number}@example.com")
        sign_in(Client(), "wrong")
    assert sign_in(Client(), "alice").status_code == 429
    assert sign_in(client, "alice").status_code == 302


def test_known_browser_has_a_count_of_its_own(client, alice):
    sign_in(client, "alice")
    said = [sign_in(client, "wrong").status_code for _ in range(FROM_KNOWN_DEVICE + 1)]
    assert said == [200] * FROM_KNOWN_DEVICE + [429]


@pytest.mark.parametrize("forged", ["x", "x:y", "alice@example.com-1:sig"])
def test_forged_mark_of_a_browser_counts_for_nothing(client, alice, forged, settings):
    client.cookies[DEVICE_COOKIE] = forged
    most = settings.WRONG_SECRETS_PER_NETWORK_ADDRESS
    said = [sign_in(client, "wrong", who=f"staff{n}@example.com").status_code for n in range(most + 1)]
    assert said[-1] == 429


def test_mark_for_one_account_is_none_for_another(client, alice):
    sign_in(client, "alice")
    said = [sign_in(client, "wrong", who="bob@example.com").status_code for _ in range(FROM_ONE_ADDRESS + 1)]
    assert said[-1] == 429


def test_right_passwords_are_not_counted(client, alice, settings):
    for _time in range(settings.WRONG_SECRETS_PER_NETWORK_ADDRESS + 5):
        assert sign_in(Client(), "alice").status_code == 302


def test_no_more_is_hashed_at_once_than_has_a_place(client, alice, settings):
    settings.HASHES_AT_ONCE = 2
    with hashing.one(0), hashing.one(0):
        page = sign_in(client, "alice")
        token = fetch_token("x", "y")
    assert (page.status_code, page["Retry-After"], is_in(client)) == (503, "1", False)
    assert "try again in a moment" in page.content.decode()
    assert (token.status_code, token["Retry-After"], token.json()["code"]) == (503, "1", "busy")
    assert sign_in(client, "alice").status_code == 302


def test_slots_are_never_more_than_were_set(settings):
    settings.HASHES_AT_ONCE = 2
    most, now, lock, refused = 0, 0, threading.Lock(), []
    start = threading.Barrier(8)

    def hash_once() -> None:
        nonlocal most, now
        start.wait(timeout=10)
        for _round in range(50):
            try:
                with hashing.one(0):
                    with lock:
                        now += 1
                        most = max(most, now)
                    with lock:
                        now -= 1
            except TooManyAtOnce:
                refused.append(1)

    threads = [threading.Thread(target=hash_once) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert most <= 2
    assert not hashing.is_full


def test_known_browser_waits_for_a_place(client, alice):
    """Whoever was here before is let in when the place is free again, without asking twice."""
    sign_in(client, "alice")
    client.post(reverse("admin:logout"))
    place = hashing.one(0)
    place.__enter__()
    later = threading.Timer(0.2, lambda: place.__exit__(None, None, None))
    later.start()
    assert sign_in(client, "alice").status_code == 302
    later.join()


def test_wrong_secrets_of_clients_are_refused_in_time_too(settings):
    owner = make_api_client()
    said = [fetch_token(owner.client_id, "wrong") for _ in range(FROM_ONE_ADDRESS + 1)]
    assert [each.status_code for each in said] == [401] * FROM_ONE_ADDRESS + [429]
    assert (said[-1].json()["code"], said[-1]["Retry-After"]) == ("too_often", "600")
    assert fetch_token(owner.client_id, "sw_secret", at="198.51.100.7").status_code == 200


def test_client_that_was_here_fetches_beside_a_storm_from_its_own_address(settings):
    owner = make_api_client()
    assert fetch_token(owner.client_id, "sw_secret").status_code == 200
    for number in range(settings.WRONG_SECRETS_PER_NETWORK_ADDRESS - 1):
        assert fetch_token(f"unknown{number}", "wrong").status_code == 401
    fetch_token("one-more", "wrong")
    assert fetch_token("yet-another", "wrong").status_code == 429
    assert fetch_token(owner.client_id, "sw_secret").status_code == 200


def test_nothing_is_hashed_beyond_the_limit(client, alice, settings, monkeypatch):
    """What is refused costs no core: the hasher is not asked any more."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, *given: hashed.append(1) or encode(self, *given)
    )
    for number in range(settings.WRONG_SECRETS_PER_NETWORK_ADDRESS * 3):
        sign_in(client, "wrong", who=f"nobody{number}@example.com")
    assert len(hashed) == settings.WRONG_SECRETS_PER_NETWORK_ADDRESS
