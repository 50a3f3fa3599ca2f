"""A stormed form asks for a sum or a turn; nothing typed is lost, and in calm times nothing is asked."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from events.models import Event
from registrations.actions import register_for_event
from registrations.models import AddressMail, EventRegistration, LinkRequest
from registrations.rules.people import Attendee
from registrations.website import stormed
from tests.factories import CustomRegistrationFieldFactory, EventFactory
from tests.website.clicks import text

REGISTER, LINK = "/summit/register/", "/summit/link/"
TYPED = {"first_name": "Bob", "last_name": "Baker", "email": "bob@example.com"}


@pytest.fixture
def summit(db: None) -> Event:
    return EventFactory(name="Summit", slug="summit", session_level=False, capacity=50)


@pytest.fixture
def storm(summit: Event, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Event:
    """More forms arrive than people would send: here any at all."""
    settings.FORMS_PER_MINUTE = 0
    monkeypatch.setattr(stormed, "SHARE_OF_AUDIENCE", 1000)
    return summit


def people() -> int:
    return EventRegistration.objects.count()


def sum_on(page: Any) -> dict[str, str]:
    """What the browser works out of a page: its task, and the number that solves it."""
    task, bits = re.findall(r'data-sum="([^"]+)"\s+data-bits="(\d+)"', page.content.decode())[0]
    proof = next(str(each) for each in itertools.count() if stormed.is_solved(task, str(each), int(bits)))
    return {"task": task, "proof": proof}


def test_calm_forms_carry_no_sum(client: Client, summit: Event) -> None:
    assert "data-sum" not in client.get(REGISTER).content.decode()
    assert client.post(REGISTER, TYPED).status_code == 302
    assert people() == 1


def test_in_a_storm_the_form_waits_for_a_sum_and_keeps_what_was_typed(client: Client, storm: Event) -> None:
    asked = client.post(REGISTER, TYPED)
    assert (asked.status_code, asked.url, people()) == (303, REGISTER, 0)
    page = client.get(REGISTER)
    assert page.status_code == 200
    assert page.context["form"]["email"].value() == "bob@example.com"
    assert "Very many forms are being sent" in text(page)
    assert client.post(REGISTER, {**TYPED, **sum_on(page)}).status_code == 302
    assert people() == 1


def test_whoever_comes_in_a_storm_finds_the_sum_on_the_page(client: Client, storm: Event) -> None:
    Client().post(REGISTER, {**TYPED, "email": "eve@example.com"})
    page = client.get(REGISTER)
    assert client.post(REGISTER, {**TYPED, **sum_on(page)}).status_code == 302


def test_a_sum_is_good_for_one_form_of_this_event_and_half_an_hour(client: Client, storm: Event) -> None:
    client.post(REGISTER, TYPED)
    first, second = sum_on(client.get(REGISTER)), sum_on(client.get(REGISTER))
    other = EventFactory(slug="other", session_level=False)
    wrong = [
        {**first, "proof": "0"},
        {**first, "task": "x"},
        {"task": second["task"], "proof": first["proof"]},
    ]
    for each in wrong:
        assert Client().post(REGISTER, {**TYPED, **each}).status_code == 303
    assert Client().post(f"/{other.slug}/register/", {**TYPED, **first}).status_code == 303
    assert Client().post(REGISTER, {**TYPED, **first}).status_code == 302
    again = {**TYPED, **first, "email": "eve@example.com"}
    assert Client().post(REGISTER, again).status_code == 303
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert Client().post(REGISTER, {**again, **second}).status_code == 303
    assert people() == 1


def test_without_scripts_each_network_address_has_a_turn_every_ten_seconds(storm: Event) -> None:
    now = timezone.now()
    first, second = Client(), Client()
    with time_machine.travel(now, tick=False):
        for browser in (first, second, first):
            assert browser.post(REGISTER, TYPED).status_code == 303
        assert "in 20 seconds" in text(second.get(REGISTER))
    with time_machine.travel(now + timedelta(seconds=11), tick=False):
        other = {**TYPED, "email": "eve@example.com"}
        assert second.post(REGISTER, other).status_code == 303
        turn = first.cookies[stormed.COOKIE].value
        assert first.post(REGISTER, TYPED).status_code == 302
        # The turn is used up, also in another browser.
        thief = Client()
        thief.cookies[stormed.COOKIE] = turn
        assert thief.post(REGISTER, {**TYPED, "email": "mal@example.com"}).status_code == 303
    with time_machine.travel(now + timedelta(seconds=21), tick=False):
        assert second.post(REGISTER, other).status_code == 302
    assert people() == 2


def test_whose_turn_is_too_far_away_is_told_to_wait(client: Client, storm: Event) -> None:
    for _other in range(60):
        Client().post(LINK, {"email": "x@example.com"})
    assert client.post(LINK, {"email": "x@example.com"}).status_code == 429
    refused = client.post(REGISTER, TYPED)
    assert (refused.status_code, people()) == (429, 0)
    assert "ten minutes" in text(refused)


def test_a_field_that_nobody_sees_asks_for_the_sum_also_in_calm_times(client: Client, summit: Event) -> None:
    assert client.post(REGISTER, {**TYPED, "homepage": "https://spam.example"}).status_code == 303
    page = client.get(REGISTER)
    assert "people do not see" in text(page)
    assert "spam.example" not in page.content.decode()
    # Whose browser fills in everything by itself comes through all the same.
    sent = {**TYPED, **sum_on(page), "homepage": "https://spam.example"}
    assert client.post(REGISTER, sent).status_code == 302
    assert "data-sum" not in Client().get(REGISTER).content.decode()


def test_what_is_too_long_for_a_cookie_stays_on_the_page(client: Client, storm: Event) -> None:
    question = CustomRegistrationFieldFactory(event=storm, label="Why?", kind="long_text")
    name = next(each for each in client.get(REGISTER).context["form"].fields if str(question.pk) in each)
    answer = token_urlsafe(3_700)[:4_900]
    page = client.post(REGISTER, {**TYPED, name: answer})
    assert (page.status_code, people()) == (429, 0)
    assert "no-store" in page["Cache-Control"]
    assert f'name="{name}" value="{answer}"' in page.content.decode()
    assert client.post(REGISTER, {**TYPED, name: answer, **sum_on(page)}).status_code == 302


def test_asking_for_a_link_is_guarded_as_well(client: Client, storm: Event, bob: Attendee) -> None:
    register_for_event(storm, bob)
    asked_for = LinkRequest.objects.all()
    assert client.post(LINK, {"email": bob.email}).status_code == 303
    assert not asked_for.exists()
    page = client.get(LINK)
    assert client.post(LINK, {"email": bob.email, **sum_on(page)}).status_code == 200
    assert asked_for.count() == 1


def test_without_a_cache_whoever_did_the_sum_comes_through(
    client: Client, summit: Event, settings: Any
) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "config.caches.ForgivingRedis", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    filled = {**TYPED, "homepage": "x"}
    assert client.post(REGISTER, filled).status_code == 303
    assert client.post(REGISTER, {**filled, **sum_on(client.get(REGISTER))}).status_code == 302
    assert people() == 1


@pytest.mark.parametrize("address", ["/summit/register/address/", "/me/"])
def test_codes_by_mail_are_guarded_as_well(client: Client, storm: Event, address: str) -> None:
    Event.objects.update(allow_anonymous_registration=False)
    assert client.post(address, {"email": "bob@example.com"}).url == address
    assert not AddressMail.objects.exists()
    page = client.get(address)
    assert page.context["form"]["email"].value() == "bob@example.com"
    assert client.post(address, {"email": "bob@example.com", **sum_on(page)}).status_code == 302
    assert AddressMail.objects.count() == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_browser_does_the_sum_and_sends_the_form_by_itself(
    browser_page: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    summit = EventFactory(name="Summit", slug="summit", session_level=False)
    errors: list[str] = []
    browser_page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    browser_page.goto(REGISTER)
    for label, typed in {"First name": "Bob", "Last name": "Baker", "E-mail": "bob@example.com"}.items():
        browser_page.get_by_label(label).fill(typed)
    # The storm begins while somebody types.
    settings.FORMS_PER_MINUTE = 0
    monkeypatch.setattr(stormed, "SHARE_OF_AUDIENCE", 1000)
    browser_page.get_by_role("button", name="Register", exact=True).click()
    browser_page.get_by_role("heading", name="You are registered").wait_for()
    assert EventRegistration.objects.get().event == summit
    assert errors == []
