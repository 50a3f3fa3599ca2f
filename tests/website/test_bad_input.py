"""What strangers type into every form and address of the website: a page for people, and what was typed is kept."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event
from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.factories import CustomRegistrationFieldFactory, SessionFactory, SpeakerFactory
from tests.website.clicks import choose, mine, registered

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
NASTY = {
    "script": SCRIPT,
    "emoji": "👩\u200d💻🏳️\u200d🌈 \U0001f9d1\u200d\U0001f9af",
    "right to left": "\u202eشخص مجهول\u2066",
    "combining marks": "Z" + "\u0351\u036b\u0343\u036a\u0302" * 40,
    "null": "a\x00b",
    "half a character": "\ud83d",
    "template": "{{ 7|add:7 }}{% now 'Y' %}${7*7}",
    "sql": "'; DROP TABLE events_event; --",
    "long": "x" * 100_000,
    "lines": "a\r\nBcc: everybody@example.org\r\n\r\nb",
    "nothing": " \t\u200b",
}
EACH = pytest.mark.parametrize("typed", [pytest.param(text, id=name) for name, text in NASTY.items()])


@pytest.fixture
def knots(event: Event) -> Session:
    CustomRegistrationFieldFactory(event=event, label="Why?", kind="long_text")
    session: Session = SessionFactory(event=event, name="Knots")
    session.speakers.add(SpeakerFactory(event=event, name="Alma Diaz"))
    return session


def is_harmless(answer: Any) -> bool:
    """A page below 500, in which nothing that was typed has become markup, and no template was run."""
    page = answer.content.decode()
    return (
        answer.status_code < 500
        and "<script>alert" not in page
        and "<img src=x" not in page
        and "$49" not in page
    )


def everything(typed: str) -> dict[str, str]:
    """Each field of each public form, filled with the same."""
    names = (
        "first_name",
        "last_name",
        "email",
        "key",
        "q",
        "code",
        "wait",
        "next",
        "give_up",
        "shown",
        "homepage",
    )
    group = ("people", "add", "remove", "p2-first_name", "p2-email", "p2-agenda", "together")
    waiting = (
        "place_at_most",
        "until_hours",
        "when_clashing",
        "task",
        "proof",
        "language",
        "wish",
        "do",
        "moved",
        "again",
        "speaker",
        "day",
        "at",
    )
    return dict.fromkeys((*names, *group, *waiting), typed)


@EACH
def test_addresses_take_anything(client: Client, event: Event, knots: Session, typed: str) -> None:
    narrowing = ("track", "room", "kind", "level", "time", "free", "fits", "starred", "sort", "page")
    sent = typed.encode("utf-8", "replace").decode()[:1_500]
    fields = {**everything(sent), **dict.fromkeys(narrowing, sent)}
    for path in (
        "/",
        "/harbour/",
        "/harbour/sessions/",
        "/harbour/sessions/grid/",
        "/harbour/speakers/",
        "/harbour/wishes/",
    ):
        assert is_harmless(client.get(path, fields)), path
    for path in (
        "/harbour/embed/",
        "/harbour/embed/fragment/",
        "/harbour/live/",
        "/harbour/live.json",
        "/me/",
    ):
        assert is_harmless(client.get(path, fields)), path


@EACH
def test_forms_take_anything(client: Client, event: Event, knots: Session, bob: Attendee, typed: str) -> None:
    typed = typed.encode("utf-8", "replace").decode()
    mine_at = registered(event, bob, knots)
    choose(client, knots)
    paths: list[str] = ["/harbour/register/", "/harbour/link/", "/me/", "/i18n/language/", "/harbour/wishes/"]
    paths += [
        reverse("draft_seat", args=["harbour", knots.uuid, verb])
        for verb in ("add", "remove", "swap", "wish")
    ]
    for path in paths:
        answer = client.post(path, everything(typed))
        assert is_harmless(answer), path
        if answer.status_code == 303:
            assert is_harmless(client.get(answer.url)), path
    stranger = Client()
    forms = (
        "details",
        "address",
        "messages",
        "export",
        "erase",
        "wishes",
        "wish_group",
        "prove",
        "draw_back",
    )
    for name in (f"manage_{each}" for each in forms):
        assert is_harmless(stranger.post(mine(name, mine_at), everything(typed))), name
    assert EventRegistration.objects.filter(contact__email=bob.email).exists()


@pytest.mark.parametrize("name", ["script", "emoji", "combining marks", "sql", "template"])
def test_what_was_typed_is_kept(client: Client, event: Event, knots: Session, name: str) -> None:
    typed = NASTY[name][:90]
    choose(client, knots)
    answer = client.post("/harbour/register/", {"first_name": typed, "email": "no address"})
    assert answer.status_code == 303
    page = client.get(answer.url)
    assert f'value="{html.escape(typed)}"' in page.content.decode()
    assert page.status_code == 422


def test_ten_megabytes_are_refused_at_their_field(client: Client, event: Event, knots: Session) -> None:
    choose(client, knots)
    sent = {"first_name": "Bob", "email": "bob@example.com", "last_name": "x" * 10_000_000}
    form = "&".join(f"{name}={value}" for name, value in sent.items())
    answer = client.post("/harbour/register/", form, content_type="application/x-www-form-urlencoded")
    assert answer.status_code < 500
    page = client.get(answer.url) if answer.status_code == 303 else answer
    assert "last_name" in page.context["form"].errors
    assert page.context["form"]["email"].value() == "bob@example.com"


@pytest.mark.parametrize(
    "break_it",
    [
        lambda token: token[:-1],
        lambda token: token + "x",
        lambda token: token.replace(".", "/"),
        lambda token: "a" * 500,
        lambda token: "%00",
        lambda token: token.swapcase(),
    ],
)
def test_forged_links_open_nothing_and_offer_a_new_one(
    client: Client, event: Event, knots: Session, bob: Attendee, break_it: Callable[[str], str]
) -> None:
    address = mine("manage", registered(event, bob, knots))
    token = address.strip("/").split("/")[-1]
    answer = client.get(f"/harbour/me/{break_it(token)}/")
    page = answer.content.decode()
    assert answer.status_code in {403, 404, 410}
    assert bob.email not in page
    assert "Bob" not in page


def test_plus_addresses_are_addresses_of_their_own(client: Client, event: Event, knots: Session) -> None:
    for number, email in enumerate(("bob+talks@example.com", "bob+work@example.com")):
        visitor = Client()
        choose(visitor, knots)
        assert (
            visitor.post("/harbour/register/", {"first_name": f"Bob {number}", "email": email}).status_code
            == 302
        )
    assert EventRegistration.objects.count() == 2
