"""A form into which nothing was typed is drawn once, and says what one drawn anew says, whatever is asked."""

from __future__ import annotations

import re

import pytest
from django.conf import LazySettings
from django.test import Client

from events.models import CustomRegistrationField, Event
from registrations.website import blank_forms
from registrations.website.fragments import Fragments
from tests.factories import SessionFactory
from tests.website.clicks import choose

pytestmark = pytest.mark.django_db
FORM = "/harbour/register/"
OF_ANSWER = re.compile(r'(csrfmiddlewaretoken" value="|nonce="|name="key" value=")[^"]+')


def fields_in(client: Client) -> str:
    return OF_ANSWER.sub("", client.get(FORM).content.decode())


def test_kept_form_equals_the_one_drawn_anew_whatever_is_asked(
    client: Client, event: Event, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Fragments()
    monkeypatch.setattr(blank_forms, "fragments", kept)
    choose(client, SessionFactory(event=event))
    # What was done is said once: by the first page after it.
    client.get(FORM)
    kept._kept.clear()
    pages = set()

    def ask_again() -> None:
        settings.FRAGMENTS_KEPT = 8000
        first, second = fields_in(client), fields_in(client)
        settings.FRAGMENTS_KEPT = 0
        assert first == second == fields_in(client)
        pages.add(first)

    ask_again()
    question = CustomRegistrationField.objects.create(
        event=event, label="Meal <1>", kind="single_choice", choices="Soup\nPie"
    )
    ask_again()
    CustomRegistrationField.objects.update(choices="Soup\nStew")
    ask_again()
    CustomRegistrationField.objects.update(is_required=True)
    ask_again()
    CustomRegistrationField.objects.update(label="Food")
    ask_again()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    ask_again()
    question.delete()
    Event.objects.update(waitlist_enabled=not event.waitlist_enabled)
    ask_again()
    assert len(pages) == 7
    assert 7 <= len(kept) <= 14


def test_what_was_typed_is_never_kept(client: Client, event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Fragments()
    monkeypatch.setattr(blank_forms, "fragments", kept)
    choose(client, SessionFactory(event=event))
    answer = client.post(FORM, {"first_name": "Zebulon", "email": "no address"})
    assert "Zebulon" in client.get(answer.url).content.decode()
    other = Client()
    choose(other, SessionFactory(event=event))
    assert "Zebulon" not in other.get(FORM).content.decode()
    assert "Zebulon" not in " ".join(kept._kept.values())
