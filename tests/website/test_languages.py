"""Each visitor reads their own language: chosen here, else their browser's, of those that the event offers."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation

from events.forms.event_form import EventForm
from events.models import Contact, Event
from registrations.actions import speak_to
from registrations.mail import render, send_due
from registrations.models import Notification
from tests.engine.acts import person
from tests.factories import SessionFactory, at
from tests.website.clicks import choose, chosen, finish, mine, registered

pytestmark = pytest.mark.django_db
BOB, CAROL = person("bob"), person("carol")
GERMAN = {"accept-language": "de-AT,de;q=0.9,en;q=0.5"}


def language_of(answer: Any) -> str:
    """The language in which a page says that it is."""
    page = answer.content.decode()
    spoken = page.partition('<html lang="')[2].partition('"')[0]
    assert answer["Content-Language"] == spoken
    assert {"Accept-Language", "Cookie"} <= {each.strip() for each in answer["Vary"].split(",")}
    return spoken


def say(client: Client, event: Event | None, language: str, back: str = "/") -> Any:
    """Press a language at the foot of a page."""
    address = reverse("choose_language_at", args=[event.slug]) if event else reverse("choose_language")
    return client.post(address, {"language": language, "next": back})


@pytest.mark.parametrize(
    ("offered", "own", "chosen_here", "asked_for", "said"),
    [
        ("", "en", "", "", "en"),
        ("", "de", "", "", "de"),
        ("", "en", "", "de-AT,fr;q=0.9", "de"),
        ("", "en", "", "pt-BR, fr;q=0.4", "fr"),
        ("", "en", "es", "de", "es"),
        ("es,fr", "fr", "", "de,es;q=0.2", "es"),
        ("es,fr", "fr", "", "de", "fr"),
        ("es,fr", "fr", "de", "es", "es"),
        ("es", "de", "", "fr", "de"),
        ("", "en", "xx", "*", "en"),
        ("", "en", "../../etc", "de;q=nonsense", "en"),
    ],
)
def test_event_answers_in_what_it_offers(
    client: Client, event: Event, offered: str, own: str, chosen_here: str, asked_for: str, said: str
) -> None:
    Event.objects.update(languages=offered, language=own)
    if chosen_here:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = chosen_here
    answer = client.get(reverse("event_page", args=["harbour"]), headers={"accept-language": asked_for})
    assert language_of(answer) == said
    assert translation.get_language() == "en"


@pytest.mark.once
def test_switch_keeps_choice_draft_and_place(client: Client, event: Event) -> None:
    session = SessionFactory(event=event, name="Knots", starts_at=at(9), ends_at=at(10))
    choose(client, session)
    here = reverse("session_list", args=["harbour"]) + "?q=kn"
    page = client.get(here).content.decode()
    assert 'lang="fr" >Français</button>' in page
    assert 'value="/harbour/sessions/?q=kn"' in page
    answer = say(client, event, "fr", here)
    assert (answer.status_code, answer.url) == (303, here)
    assert language_of(client.get(here)) == "fr"
    assert chosen(client, event) == ["Knots"]
    Event.objects.update(languages="de", language="de")
    assert "Français" not in client.get(here).content.decode()
    Event.objects.update(language="en", languages="en")
    assert 'class="languages"' not in client.get(here).content.decode()


@pytest.mark.once
@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_switch_leads_nowhere_else(client: Client, back: str) -> None:
    assert say(client, None, "de", back).url == "/"
    client.cookies.clear()
    assert say(client, None, "tlh", "/").url == "/"
    assert not client.cookies
    assert client.get(reverse("choose_language")).status_code == 405


@pytest.mark.once
def test_pages_of_nobody_and_of_the_desk_follow_too(client: Client) -> None:
    assert language_of(client.get("/", headers=GERMAN)) == "de"
    desk = client.get(reverse("admin:login"), headers=GERMAN)
    assert language_of(desk) == "de"
    assert 'class="languages"' in desk.content.decode()
    assert language_of(client.get("/nowhere/", headers=GERMAN)) == "de"
    assert 'class="languages"' in client.get(reverse("door"), headers=GERMAN).content.decode()


@pytest.mark.once
def test_other_systems_are_answered_in_english(client: Client) -> None:
    answer = client.get("/api/v1/events", headers=GERMAN)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    english = client.get("/api/v1/events").json()
    assert answer.json()["message"] == english["message"]


def test_person_is_written_to_in_the_language_they_registered_in(client: Client, event: Event) -> None:
    session = SessionFactory(event=event, starts_at=at(9), ends_at=at(10))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    choose(client, session)
    finish(client, event, BOB)
    registered(event, CAROL, session)
    assert dict(Contact.objects.values_list("email", "language")) == {BOB.email: "de", CAROL.email: ""}
    send_due()
    said = {each.to[0]: each.alternatives[0][0].partition('lang="')[2][:2] for each in mail.outbox}
    assert said == {BOB.email: "de", CAROL.email: "en"}
    assert translation.get_language() == "en"

    # The event's own language for whoever is not known, and for whom it has none.
    Event.objects.update(language="fr", languages="es")
    letters = {each.contact.email: render(each) for each in Notification.objects.all()}
    assert all('lang="fr"' in letter.alternatives[0][0] for letter in letters.values())


def test_own_page_is_in_the_persons_language_until_another_is_chosen(client: Client, event: Event) -> None:
    session = SessionFactory(event=event, starts_at=at(9), ends_at=at(10))
    registration = registered(event, BOB, session)
    speak_to(registration.contact, "es")
    page = mine("manage", registration)
    assert language_of(client.get(page, headers=GERMAN)) == "es"
    say(client, event, "fr", page)
    assert language_of(client.get(page, headers=GERMAN)) == "fr"
    assert Contact.objects.get().language == "fr"
    # A stranger's choice is only theirs.
    say(Client(), event, "de", page)
    assert Contact.objects.get().language == "fr"


def test_event_form_keeps_its_languages(event: Event) -> None:
    from django.forms.models import model_to_dict

    form = EventForm(instance=event)
    data = {**model_to_dict(event), **{name: form[name].value() or "" for name in ("language", "languages")}}
    assert data["languages"] == ["en", "de", "es", "fr"]
    for ticked, kept in ((["de", "fr"], "de,fr"), (["en", "de", "es", "fr"], ""), ([], "")):
        field = form.fields["languages"]
        assert field.clean(ticked) == kept
        assert not field.has_changed(kept, ticked or data["languages"])
