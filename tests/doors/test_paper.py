"""Badges and door lists: who is on them, in which order, how many statements they take, and what stays behind."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import User
from events.roles import setup_roles
from registrations import actions, door_codes
from registrations.models import Activity, EventRegistration
from registrations.rules.people import Attendee
from tests.admin_forms.paper import change
from tests.admin_panels.helpers import fill, tab, text, verb_url
from tests.factories import (
    EventFactory,
    EventTeamMemberFactory,
    PassFactory,
    SessionFactory,
    SessionTrackFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(db: None) -> Any:
    """A live event with badges of its own size."""
    return EventFactory(name="Harbour Conf", slug="harbour", badge_width_mm=100, badge_height_mm=60)


@pytest.fixture
def door_staff(event: Any) -> User:
    """Somebody who lets people in at the event, and may not take them along as a file."""
    return _member(event, "Door staff", "door_staff")


def _member(event: Any, group: str, role: str) -> User:
    setup_roles()
    user = UserFactory()
    user.groups.add(Group.objects.get(name=group))
    EventTeamMemberFactory(event=event, user=user, role=role)
    return user


def _register(session: Any, first: str, last: str, **details: Any) -> EventRegistration:
    email = f"{abs(hash(first + last))}@example.com"
    actions.submit_agenda(session.event, Attendee(email, first, last), [session], notify=False)
    registration = EventRegistration.objects.get(event=session.event, contact__email=email)
    EventRegistration.objects.filter(pk=registration.pk).update(**details)
    registration.refresh_from_db()
    return registration


def _paper(client: Any, target: Any, panel: str, paper: str, query: str = "", **sent: Any) -> str:
    url = reverse("admin:panel_print", args=[target._meta.model_name, target.pk, panel, paper]) + query
    response = client.post(url, {"confirmed": "1", "paper": "one", **sent})
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    return b"".join(response.streaming_content).decode()


def _firsts(page: str) -> list[str]:
    return re.findall(r'class="badge-first"[^>]*>([^<]*)', page)


def test_prints_one_badge_for_each_with_seat_by_name(client, door_staff, event):
    track = SessionTrackFactory(event=event, name="Navigation", colour="#1d4f91")
    session = SessionFactory(event=event, track=track)
    ana = _register(session, "Ana", "Ångström", company="Tide & Co")
    _register(session, "Zoë", "abel")
    EventRegistration.objects.filter(pk=_register(session, "Wim", "Waits").pk).update(status="waitlisted")
    client.force_login(door_staff)
    page = _paper(client, event, "event_registrations", "badges")
    assert _firsts(page) == ["Zoë", "Ana"]
    assert "size: 100mm 60mm" in page
    assert {"Tide &amp; Co", "#1d4f91", "Navigation"} <= set(re.split(r'[<>"]', page))
    ana.refresh_from_db()
    assert ana.door_code is not None
    assert door_codes.qr_svg(ana.door_code) in page
    [row] = Activity.objects.filter(verb="people_exported")
    assert (row.reason, row.detail["format"], row.detail["rows"]) == ("2 badges printed", "badges", 2)


def test_prints_ticked_rows_alone_and_asks_first(client, door_staff, event):
    session = SessionFactory(event=event)
    fill(session, 3)
    client.force_login(door_staff)
    seat = session.registrations.order_by("pk")[1]
    url = verb_url(session, "session_registrations", "door_list")
    asked = client.post(url, {"row": seat.pk})
    assert "Print a list of 1 person" in text(asked)
    assert not Activity.objects.filter(verb="people_exported").exists()
    page = b"".join(client.post(url, {"row": seat.pk, "confirmed": "1"}).streaming_content).decode()
    assert re.findall(r"Number\d+", page) == ["Number002"]


def test_lists_people_by_letter_with_their_sessions(client, door_staff, event):
    session = SessionFactory(event=event, name="Practical seamanship")
    for first, last in (("Ben", "Ödman"), ("Al", "Olsen"), ("Cy", "Bergman"), ("Dee", "")):
        _register(session, first, last)
    client.force_login(door_staff)
    page = _paper(client, event, "event_registrations", "door_list")
    assert re.findall(r'rowgroup" colspan="4">(\w)<', page) == ["B", "D", "O"]
    names = re.findall(r"<strong>([^<]*)</strong>(?:, ([^<]*))?<", page)
    assert names == [("Bergman", "Cy"), ("Dee", ""), ("Ödman", "Ben"), ("Olsen", "Al")]
    assert page.count("Practical seamanship") == 4


def test_lists_at_session_also_who_attends_by_pass(client, db):
    offered = PassFactory(event__allow_custom_agenda=False)
    session = SessionFactory(event=offered.event)
    offered.sessions.add(session)
    attendee = Attendee("pat@example.com", "Pat", "Passholder")
    actions.register_for_event(offered.event, attendee, offered, notify=False)
    client.force_login(_member(offered.event, "Door staff", "door_staff"))
    assert "Passholder" in _paper(client, session, "session_registrations", "door_list")
    assert "Passholder" not in _paper(client, session, "session_registrations", "door_list", "?regs-q=Nobody")


@pytest.mark.parametrize("paper", ["badges", "door_list"])
def test_takes_as_many_statements_for_thirty_as_for_one(client, door_staff, event, paper):
    track = SessionTrackFactory(event=event)
    session = SessionFactory(event=event, track=track, capacity=100)
    fill(session, 1)
    client.force_login(door_staff)
    _paper(client, event, "event_registrations", paper)
    with CaptureQueriesContext(connection) as one:
        _paper(client, event, "event_registrations", paper)
    fill(session, 29, start=2)
    actions.door_codes_for(event)
    with CaptureQueriesContext(connection) as thirty:
        page = _paper(client, event, "event_registrations", paper)
    assert page.count("Number0") >= 30
    assert len(thirty) == len(one)


def test_offers_paper_to_whoever_lets_people_in(client, door_staff, event):
    session = SessionFactory(event=event)
    fill(session, 1)
    client.force_login(door_staff)
    assert "/print/badges/" in text(client.get(tab(event)))
    client.force_login(_member(event, "Viewer", "viewer"))
    assert "/print/badges/" not in text(client.get(tab(event)))
    url = reverse("admin:panel_print", args=["event", event.pk, "event_registrations", "badges"])
    assert client.post(url, {"confirmed": "1", "paper": "one"}).status_code == 403


@pytest.mark.parametrize(("width", "is_saved"), [("40", True), ("39", False), ("297", True), ("298", False)])
def test_keeps_badges_to_what_can_be_printed(client, event, width, is_saved):
    client.force_login(UserFactory(is_superuser=True))
    answer = change(client, tab(event, "doors"), "event_form", badge_width_mm=width)
    assert (answer.status_code == 302) is is_saved
    event.refresh_from_db()
    assert event.badge_width_mm == (int(width) if is_saved else 100)
