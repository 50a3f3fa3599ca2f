"""How somebody wants to wait: asked on a page of its own, said in words wherever they are shown to wait."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.actors import ATTENDEE
from events.models import Event
from registrations.actions import cancel_session_registrations, join_together, leave_waitlist, submit_agenda
from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import fill, holders, past_line, person
from tests.factories import SessionFactory, at
from tests.website.clicks import mine, registered, text
from waitlists.models import WaitlistItem

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def knots(event: Event) -> Session:
    return SessionFactory(event=event, name="Knots", starts_at=at(9), ends_at=at(10))


@pytest.fixture
def tides(event: Event) -> Session:
    """Full, and at the same time as Knots."""
    session = SessionFactory(event=event, name="Tides", starts_at=at(9, 30), ends_at=at(11), capacity=1)
    fill(session)
    return session


@pytest.fixture
def registration(event: Event, bob: Attendee, knots: Session, tides: Session) -> EventRegistration:
    """Bob's: a seat in Knots, and a place in line for Tides."""
    made = registered(event, bob, knots)
    submit_agenda(event, bob, [tides], wait=True)
    return made


@pytest.fixture
def item(registration: EventRegistration) -> WaitlistItem:
    return WaitlistItem.objects.get(contact=registration.contact)


@pytest.fixture
def address(registration: EventRegistration, item: WaitlistItem) -> str:
    return mine("manage_waiting", registration, item.uuid)


CHOSEN = {"when_clashing": "swap", "until_hours": "2", "place_at_most": "10"}


def test_choices_are_saved_and_said_in_words(
    client: Client, registration: EventRegistration, item: WaitlistItem, address: str
) -> None:
    personal = client.get(mine("manage", registration))
    assert f'href="{address}"' in personal.content.decode()
    page = text(client.get(address))
    assert "You are 1st in line. It overlaps Knots: when a seat frees, we ask you by mail" in page
    assert "Register me automatically" not in page
    saved = client.post(address, CHOSEN, follow=True)
    said = text(saved)
    assert "Saved. You keep your place in line." in said
    assert (
        "As soon as a seat frees you get it and give up Knots. You wait until 2 hours before the start."
        in said
    )
    assert "Only while you are among the first 10." in said
    item.refresh_from_db()
    assert (item.when_clashing, item.until_hours, item.place_at_most) == ("swap", 2, 10)
    assert 'value="10"' in client.get(address).content.decode()


def test_swap_chosen_later_gives_the_seat_that_was_free(
    client: Client, knots: Session, tides: Session, item: WaitlistItem, address: str
) -> None:
    WaitlistItem.objects.update(when_clashing="skip")
    cancel_session_registrations(tides.registrations.active(), actor=ATTENDEE)
    assert "It overlaps a session that you keep; you keep your place" in text(client.get(address))
    client.post(address, CHOSEN)
    assert (holders(tides), holders(knots)) == ({item.contact.email.split("@")[0]}, set())


def test_what_cannot_be_is_refused_by_get_with_what_was_typed(
    client: Client, tides: Session, item: WaitlistItem, address: str
) -> None:
    WaitlistItem.objects.update(joined_at=item.joined_at)
    ahead = person("ahead")
    submit_agenda(tides.event, ahead, [tides], wait=True, at=item.joined_at.replace(year=2025))
    refused = client.post(address, {**CHOSEN, "place_at_most": "1", "until_hours": "24"})
    assert (refused.status_code, refused["Location"]) == (303, address)
    page = client.get(address)
    assert page.status_code == 422
    assert "You would be number 2 in line" in text(page)
    assert 'value="24"' in page.content.decode()
    wrong = client.post(address, {**CHOSEN, "until_hours": "-1"})
    assert (wrong.status_code, client.get(address).status_code) == (303, 422)
    item.refresh_from_db()
    assert item.place_at_most is None


def test_one_of_a_group_may_wait_alone(
    client: Client, event: Event, bob: Attendee, knots: Session, tides: Session
) -> None:
    registration = registered(event, bob, knots)
    join_together(tides, [bob, person("Friend")])
    item = WaitlistItem.objects.get(contact=registration.contact)
    address = mine("manage_waiting", registration, item.uuid)
    assert "You wait together: all of your group get seats at once." in text(client.get(address))
    client.post(address, {"when_clashing": "ask", "together": "on"})
    assert WaitlistItem.objects.filter(together__isnull=False).count() == 2
    client.post(address, {"when_clashing": "ask"})
    assert WaitlistItem.objects.filter(together__isnull=False).count() == 1


def test_past_lines_and_movement_are_told_to_who_waits_and_nobody_else(
    client: Client, event: Event, registration: EventRegistration, tides: Session, item: WaitlistItem
) -> None:
    """On the own page and the session's; the programme does not say it, and whoever does not wait asks for nothing."""
    submit_agenda(event, person("Ann"), [tides], wait=True)
    friend = submit_agenda(event, person("Friend"), [tides], wait=True).registration
    assert friend is not None
    start = timezone.now() - timedelta(days=3)
    begun = SessionFactory(event=event, capacity=1, starts_at=start, ends_at=start + timedelta(hours=1))
    past_line(begun, [("registered", True)] * 16 + [("waiting", False)] * 8)
    leave_waitlist(item, contact=item.contact)
    pages = [
        (mine("manage", friend), 1),
        (reverse("session_page", args=[event.slug, tides.uuid]), 1),
        (reverse("session_list", args=[event.slug]), 0),
    ]
    chance = "In lines like this one, 7 of 10 people at about your place got a seat."
    for address, times in pages:
        said = text(client.get(address))
        assert said.count("Up 1 place since yesterday.") == times, address
        assert said.count(chance) == times, address
    stranger = Client()
    with CaptureQueriesContext(connection) as queries:
        assert chance not in text(stranger.get(pages[1][0]))
        stranger.get(mine("manage", registration))
    asked = [query["sql"] for query in queries]
    assert not [sql for sql in asked if "moved_in_line" in sql or "UNBOUNDED" in sql]


def test_nobody_else_sees_it_and_an_ended_place_is_not_found(
    client: Client, registration: EventRegistration, item: WaitlistItem, address: str, knots: Session
) -> None:
    other = registered(knots.event, person("Mallory"), knots)
    assert client.get(mine("manage_waiting", other, item.uuid)).status_code == 404
    assert client.get(mine("manage_waiting", registration, uuid.uuid4())).status_code == 404
    WaitlistItem.objects.update(status="withdrawn", closed_at=item.joined_at)
    assert client.get(address).status_code == 404
