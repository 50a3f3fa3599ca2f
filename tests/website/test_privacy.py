"""What a stranger may learn of a person by the public pages: nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.actors import ATTENDEE
from events.models import Event
from registrations.actions import answer_link_requests, revoke_links
from registrations.models import AgendaDraft, EventRegistration, Notification
from registrations.rules.doors import Why
from registrations.rules.outcomes import Outcome
from registrations.rules.reasons import Reason
from registrations.rules.results import Line, PersonLine
from tests.factories import CustomRegistrationFieldFactory, EventFactory, SessionFactory, at
from tests.website.clicks import choose, finish, held, key_of, mine, outcomes, registered, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere() -> Event:
    """Another event on the same day."""
    return EventFactory(name="Secret Summit", slug="secret")


@pytest.fixture
def secret(elsewhere, bob):
    """Bob's seat at the other event."""
    session = SessionFactory(event=elsewhere, name="Union meeting", starts_at=at(9), ends_at=at(10))
    registered(elsewhere, bob, session)
    return session


def test_names_no_session_of_another_event(event, bob, secret):
    knots = SessionFactory(event=event, name="Knots", starts_at=at(9), ends_at=at(10))
    tides = SessionFactory(event=event, name="Tides", starts_at=at(9), ends_at=at(10))
    line = Line(knots, Outcome.CONFLICT, Reason(Why.CONFLICT, knots, (tides, secret)))
    person = PersonLine(bob, Outcome.CONFLICT, refused=[Reason(Why.CONFLICT, knots, (secret,))])
    assert line.message == "Overlaps Tides, a session at another event."
    assert person.message == "Clashes with a session at another event"


def test_clash_at_another_event_is_answered_like_a_known_address(client, event, bob, carol, secret):
    registered(event, carol, SessionFactory(event=event, name="Ropes"))
    choose(
        client,
        SessionFactory(event=event, name="Knots", starts_at=at(9), ends_at=at(10)),
        SessionFactory(event=event, name="Tides", starts_at=at(14), ends_at=at(15)),
    )
    client.get("/harbour/agenda/")  # says “added”, once
    known, clashing = finish(client, event, carol), finish(client, event, bob)
    assert (known.status_code, text(known)) == (clashing.status_code, text(clashing))
    assert held(bob) == ["Union meeting"]
    assert "seatwise_me" not in client.cookies
    assert not EventRegistration.objects.filter(event=event, contact__email=bob.email).exists()
    answer_link_requests()
    asked = Notification.objects.filter(kind="link_requested", contact__email=bob.email)
    assert [mail.event.slug for mail in asked] == ["secret"]


def test_personal_pages_do_not_name_what_is_held_elsewhere(client, event, bob, secret):
    knots = SessionFactory(event=event, name="Knots", starts_at=at(9), ends_at=at(10))
    tides = SessionFactory(event=event, name="Tides", starts_at=at(14), ends_at=at(15))
    registration = registered(event, bob, tides)
    client.get(mine("manage", registration))
    page = text(client.get("/harbour/sessions/"))
    assert "Clashes with a session at another event" in page
    refused = client.post(mine("manage_seat", registration, knots.uuid, "add"))
    assert refused.status_code == 409
    assert "Overlaps a session at another event" in text(refused)
    assert "Union meeting" not in page + text(refused)


def test_result_does_not_name_what_is_held_elsewhere(client, event, bob, secret):
    knots = SessionFactory(event=event, name="Knots", starts_at=at(9), ends_at=at(10))
    registration = registered(event, bob, SessionFactory(event=event, starts_at=at(14), ends_at=at(15)))
    browser = Client()
    choose(browser, knots)
    browser.get(mine("manage", registration))
    page = browser.get(browser.post(mine("manage_draft", registration)).url)
    assert [line.words for line in outcomes(page)] == ["Overlaps a session at another event"]


# Caches in between.


def test_pages_are_kept_by_no_cache_once_they_show_somebodys_agenda(client, event, bob):
    session = SessionFactory(event=event, name="Knots")
    stranger = client.get("/harbour/sessions/grid/")
    assert "no-store" not in stranger.get("Cache-Control", "")
    assert "Cookie" in stranger["Vary"]
    choose(client, session)
    assert "no-store" in client.get("/harbour/sessions/grid/")["Cache-Control"]
    registration = registered(event, bob, session)
    other = Client()
    other.get(mine("manage", registration))
    for page in ("/harbour/", "/harbour/sessions/", f"/harbour/sessions/{session.uuid}/"):
        answer = other.get(page)
        assert "no-store" in answer["Cache-Control"], page
        assert "Cookie" in answer["Vary"]


# A form kept in a browser is no personal link.


def test_form_posted_again_later_opens_nothing(client, event, bob):
    choose(client, SessionFactory(event=event, name="Knots"))
    key = key_of(client.get("/harbour/register/"))
    finish(client, event, bob, key=key)
    AgendaDraft.objects.update(updated_at=timezone.now() - timedelta(minutes=11))
    stranger = Client()
    page = finish(stranger, event, bob, key=key)
    assert (page.status_code, "We mailed a personal link" in text(page)) == (200, True)
    assert "seatwise_me" not in stranger.cookies


def test_form_posted_again_after_the_links_were_revoked_opens_nothing(client, event, bob):
    choose(client, SessionFactory(event=event, name="Knots"))
    key = key_of(client.get("/harbour/register/"))
    finish(client, event, bob, key=key)
    revoke_links(EventRegistration.objects.get(), actor=ATTENDEE)
    stranger = Client()
    page = finish(stranger, event, bob, key=key)
    assert (page.status_code, "We mailed a personal link" in text(page)) == (200, True)
    assert "seatwise_me" not in stranger.cookies


# What staff type is text, not markup.


@pytest.mark.parametrize("kind", ["text", "single_choice", "multiple_choice", "yes_no"])
def test_questions_are_text_not_markup(client, event, kind):
    CustomRegistrationFieldFactory(
        event=event, kind=kind, label="<b>1</b>", help_text="<i>2</i>", choices="<u>3</u>\n<s>4</s>"
    )
    choose(client, SessionFactory(event=event))
    page = client.get("/harbour/register/").content.decode()
    assert "&lt;b&gt;1" in page
    assert "&lt;i&gt;2" in page
    assert not any(tag in page for tag in ("<b>1", "<i>2", "<u>3", "<s>4", "&amp;lt;"))
