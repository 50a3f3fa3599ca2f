"""A form with a mistake in it: shown again by GET, with all that was typed; and what is far too long."""

from __future__ import annotations

from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from events.models import Event
from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from registrations.website import kept
from tests.factories import CustomRegistrationFieldFactory, EventFactory, SessionFactory
from tests.website.clicks import choose, finish, mine, registered, text, use_up

pytestmark = pytest.mark.django_db
REGISTER = "/summit/register/"
TYPED = {"first_name": "Bob", "last_name": "Baker", "email": "bob"}


@pytest.fixture
def summit() -> Event:
    return EventFactory(name="Summit", slug="summit", session_level=False)


def send(client: Client, address: str, **typed: Any) -> Any:
    """Send the form as a browser does."""
    form = urlencode(typed, doseq=True)
    return client.post(address, form, content_type="application/x-www-form-urlencoded")


def test_going_back_asks_for_the_form_by_get_and_finds_what_was_typed(client: Client, summit: Event) -> None:
    answer = send(client, REGISTER, **TYPED, key="abc")
    assert (answer.status_code, answer.url) == (303, REGISTER)
    page = client.get(REGISTER)
    assert page.status_code == 422
    assert page.context["form"]["last_name"].value() == "Baker"
    assert list(page.context["form"].errors) == ["email"]
    assert page.context["key"] == "abc"
    assert "no-store" in page["Cache-Control"]
    # Nobody else is shown it, and no other form.
    assert not Client().get(REGISTER).context["form"].is_bound
    assert client.get("/summit/link/").context["form"].is_bound is False


def test_what_was_typed_is_forgotten_once_it_has_done_its_work(client: Client, summit: Event) -> None:
    send(client, REGISTER, **TYPED)
    assert send(client, REGISTER, **{**TYPED, "email": "bob@example.com"}).status_code == 302
    client.cookies.pop("seatwise_me")
    assert not client.get(REGISTER).context["form"].is_bound


def test_what_was_refused_is_still_there_after_a_look_elsewhere(
    client: Client, event: Event, bob: Attendee
) -> None:
    choose(client, SessionFactory(event=event))
    use_up("register-from")
    assert finish(client, event, bob).status_code == 429
    client.get("/harbour/sessions/")
    assert client.get("/harbour/register/").context["form"]["email"].value() == bob.email


def test_forms_of_the_personal_page_go_the_same_way(client: Client, event: Event, bob: Attendee) -> None:
    registration = registered(event, bob, SessionFactory(event=event))
    for name, typed, error in (
        ("manage_details", {"first_name": "", "last_name": ""}, "first_name"),
        ("manage_address", {"email": "bob"}, "email"),
    ):
        address = mine(name, registration)
        assert send(client, address, **typed).status_code == 303
        page = client.get(address)
        assert (page.status_code, list(page.context["form"].errors)) == (422, [error])
    assert send(client, "/harbour/link/", email="bob", key="k").status_code == 303
    assert client.get("/harbour/link/").context["form"]["email"].value() == "bob"


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c"])
def test_forged_cookie_fills_in_nothing(client: Client, summit: Event, cookie: str) -> None:
    client.cookies[kept.COOKIE] = cookie
    assert not client.get(REGISTER).context["form"].is_bound


@pytest.mark.parametrize("typed", ["x" * 10_000_000, token_hex(5_000)], ids=["10 MB", "more than a cookie"])
def test_far_too_long_text_is_refused_at_its_field_and_the_rest_is_kept(
    client: Client, summit: Event, typed: str
) -> None:
    asked = CustomRegistrationFieldFactory(event=summit, kind="long_text")
    question = f"question_{asked.pk}"
    page = send(client, REGISTER, **TYPED, **{question: typed})
    page = client.get(page.url) if page.status_code == 303 else page
    assert page.status_code == 422
    assert "At most 5000 characters fit here" in text(page)
    assert page.context["form"]["last_name"].value() == "Baker"
    assert page.context["form"].errors[question] == ["At most 5000 characters fit here. Please shorten this."]
    assert EventRegistration.objects.count() == 0


def test_what_nobody_reads_says_that_it_was_too_much(summit: Event) -> None:
    client = Client(raise_request_exception=False)
    page = client.post(
        REGISTER, b"x=1", content_type="application/x-www-form-urlencoded", CONTENT_LENGTH="90000000"
    )
    assert page.status_code == 413
    assert "far longer than what can be kept" in text(page)
