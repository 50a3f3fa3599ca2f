"""Every word on pages and in mails goes through the catalogues: a language that nobody speaks shows which does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from events.models import Contact
from registrations.actions import door_code_of
from registrations.door_codes import said
from registrations.mail import render
from registrations.models import Notification
from tests.factories import SessionTrackFactory, SpeakerFactory, UserFactory
from tests.languages import pseudo
from tests.mail import order_scenes, scenes
from tests.website.clicks import choose, mine

pytestmark = [pytest.mark.django_db, pytest.mark.once]
# What people wrote, and names that are the same in every language.
DATA = [
    *("Harbour Conf", "Harbour Hall", "Quay 12", "3011 AA Rotterdam", "info@harbour.example"),
    *("Practical seamanship", "Reading the tide", "Knots under load", "Charts without paper", "Room 2"),
    *("Room 5", "Room is too small", "Seamanship for all", "Lights at night", "The speaker is ill", "Storm"),
    *("Boots", "Hello Bob", "bring boots", "Conference"),
    *("Bob", "Baker", "bob@example.org", "Carol", "Carter", "Ada Lovelace", "Ropework", "Deck pass"),
    *("Pass 0", "Pass 1", "BCDF2345", "EUR", "By transfer to NL02 ABNA.", "Goodwill"),
    *("Seatwise", "Europe/Amsterdam", "CEST", "UTC", "English", "Deutsch", "Español", "Français", "Pseudo"),
]


# Django's own icon says so beside a button that is translated.
OF_DJANGO = {"Search"}


@pytest.fixture
def visitor(settings, pseudo_folder: Path) -> Client:
    pseudo.speak_it(settings, pseudo_folder)
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = pseudo.CODE
    return client


def said_in(client: Client, addresses: list[str], data: list[str] = DATA) -> dict[str, list[str]]:
    """What each of the pages says past the catalogues."""
    found = {}
    for address in addresses:
        answer = client.get(address, follow=True)
        assert answer.status_code in {200, 404, 409, 410}, address
        page = answer.content.decode()
        assert f'<html lang="{pseudo.CODE}"' in page, address
        if said := set(pseudo.unwrapped(page, data)) - OF_DJANGO:
            found[address] = sorted(said)
    return found


def test_pages_of_visitors_and_attendees(visitor: Client) -> None:
    event = scenes.registered_for_several().event
    session = event.sessions.order_by("pk").last()
    session.track = SessionTrackFactory(event=event, name="Ropework")
    session.save()
    session.speakers.add(SpeakerFactory(name="Ada Lovelace"))
    registration = event.event_registrations.get(contact__email=scenes.BOB.email)
    public = [reverse(name, args=[event.slug]) for name in ("event_page", "session_list", "session_grid")]
    public += ["/", "/nowhere/", "/door/", reverse("session_page", args=[event.slug, session.uuid])]
    assert said_in(visitor, public) == {}

    choose(visitor, session)
    names = ("session_list", "session_grid", "agenda", "finish_registration", "request_link", "broken_link")
    assert said_in(visitor, [reverse(name, args=[event.slug]) for name in names]) == {}

    own = [f"manage{end}" for end in ("", "_details", "_address", "_messages", "_calendar", "_cancel")]
    code = said(door_code_of(registration))
    assert said_in(visitor, [mine(name, registration) for name in own], [*DATA, code]) == {}


def test_pages_of_the_desk(visitor: Client) -> None:
    event = scenes.waitlisted().event
    session = event.sessions.get()
    visitor.force_login(UserFactory(email="ada@example.org", is_superuser=True, is_staff=True))
    one, other = (
        reverse(f"admin:{each._meta.label_lower.replace('.', '_')}_change", args=[each.pk])
        for each in (event, session)
    )
    # Each tab holds the fields of all; a form to add something, those of the form to change it.
    tabs = [f"{one}?tab={tab}" for tab in ("agenda", "registration", "doors", "overview")]
    more = [
        *("index", "events_event_changelist", "sessions_app_session_changelist"),
        *("events_contact_changelist", "registrations_notification_changelist"),
        *("password_change", "events_building_changelist", "events_building_add"),
    ]
    pages = [*tabs, other, *(reverse(f"admin:{name}") for name in more), reverse("upload_schedule")]
    named = [event.uuid, session.uuid, *Contact.objects.values_list("email", flat=True), "ada@example.org"]
    people = {name for each in Contact.objects.all() for name in (each.first_name, each.last_name) if name}
    assert said_in(visitor, pages, [*DATA, *map(str, [*named, *people])]) == {}


# One of each kind, and those that say more.
TOLD = [
    *("registered_for_several", "registered_by_pass", "waitlisted_for_event", "promoted", "drawn", "invited"),
    *("invitation_taken", "invitation_expired", "cancelled_by_staff", "removed_from_waitlist"),
    *("sessions_changed", "session_cancelled", "event_cancelled", "link_requested", "address_code"),
    *("session_changed_for_waiting", "session_changed_for_invited", "sessions_changed_for_waiting"),
    *("reminder", "reminder_of_session", "message"),
]


@pytest.mark.parametrize("name", [*TOLD, *order_scenes.SCENES])
def test_mails(visitor: Client, name: str) -> None:
    notification = {**scenes.SCENES, **order_scenes.SCENES}[name]()
    Contact.objects.update(language=pseudo.CODE)
    mail = render(Notification.objects.get(pk=notification.pk), checked=False)
    texts = [mail.subject, str(mail.body), str(mail.alternatives[0][0])]
    assert [pseudo.unwrapped(each, DATA) for each in texts] == [[], [], []]
    assert translation.get_language() == "en"
