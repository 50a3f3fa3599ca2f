"""A right-to-left name keeps to itself: it turns around nothing of the line in which it stands."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from events.names import isolated
from registrations.actions import submit_agenda
from registrations.links import reminders_url
from registrations.mail import render
from registrations.models import Notification
from registrations.rules.people import Attendee
from tests.factories import (
    BuildingFactory,
    EventFactory,
    PassFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
    at,
)
from tests.website.clicks import choose, finish, mine

# Every name that people give, in Hebrew: “name”.
HEBREW = "שם"
DANA = Attendee("dana@example.com", HEBREW, HEBREW)


_EMPTY = {"input", "meta", "link", "br", "img", "hr", "use", "path", "circle", "rect"}


class Loose(HTMLParser):
    """Finds Hebrew that is neither in an element of its own direction nor between isolating marks."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in _EMPTY:
            # What programs read has no direction.
            is_own = tag == "bdi" or ("dir", "auto") in attrs or ("type", "application/ld+json") in attrs
            self.open.append((tag, is_own))

    def handle_endtag(self, tag: str) -> None:
        while tag not in _EMPTY and self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        rest = re.sub("\u2068[^\u2069]*\u2069", "", data)
        if HEBREW in rest and not any(is_own for _tag, is_own in self.open):
            self.found.append(data.strip())


def loose_in(page: str) -> list[str]:
    parser = Loose()
    parser.feed(page)
    assert HEBREW in page
    return parser.found


@pytest.mark.django_db
def test_names_are_isolated_on_every_page_and_in_every_mail(client: Client) -> None:
    building = BuildingFactory(name=HEBREW)
    event = EventFactory(name=HEBREW, slug="hebrew", building=building, passes_with_agenda=True)
    day_pass = PassFactory(event=event, name=HEBREW, description=HEBREW)
    room, track = RoomFactory(name=HEBREW, building=building), SessionTrackFactory(event=event, name=HEBREW)
    places = {"event": event, "name": HEBREW, "room": room, "building": building, "track": track}
    first = SessionFactory(**places, starts_at=at(9), ends_at=at(10))
    full = SessionFactory(**places, starts_at=at(11), ends_at=at(12), capacity=1, sold_out_message=HEBREW)
    beside = SessionFactory(**places, starts_at=at(9), ends_at=at(10))
    for session in (first, full, beside):
        session.speakers.add(SpeakerFactory(event=event, name=HEBREW))
        session.passes.add(day_pass)
    submit_agenda(event, Attendee("first@example.com", "First", "One"), [full], event_pass=day_pass)
    choose(client, first)
    addresses = [
        "/",
        "/hebrew/",
        "/hebrew/sessions/",
        "/hebrew/sessions/grid/",
        "/hebrew/agenda/",
        "/hebrew/register/",
    ]
    addresses.append(reverse("session_page", args=["hebrew", full.uuid]))
    pages = {address: client.get(address) for address in addresses}
    choose(client, full, beside)
    result = finish(client, event, DANA, event_pass=str(day_pass.uuid))
    registration = event.event_registrations.get(contact__email=DANA.email)
    names = ("manage", "manage_cancel", "manage_details", "manage_calendar", "manage_messages")
    pages["reminders"] = client.get(urlsplit(reminders_url(registration)).path)
    for address in [result.url, "/hebrew/link/", *(mine(name, registration) for name in names)]:
        pages[address] = client.get(address)
    assert {page.status_code for page in pages.values()} == {200}
    loose = {address: loose_in(page.content.decode()) for address, page in pages.items()}
    assert {address: found for address, found in loose.items() if found} == {}
    mail = render(Notification.objects.filter(contact=registration.contact).latest("id"))
    assert loose_in(str(mail.alternatives[0][0])) == []
    assert HEBREW not in re.sub("\u2068[^\u2069]*\u2069", "", f"{mail.subject} {mail.body}")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ana", "Ana"),
        ("Åsa Öberg 李", "Åsa Öberg 李"),
        (HEBREW, f"\u2068{HEBREW}\u2069"),
        ("علي", "\u2068علي\u2069"),
    ],
)
def test_only_what_may_turn_a_line_around_is_marked(name: str, shown: str) -> None:
    assert isolated(name) == shown
