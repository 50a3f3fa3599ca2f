"""The event's calendar, and moving a session from it: what a move would do is shown before it is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.actors import Actor
from registrations import actions
from registrations.models import Notification
from sessions_app.models import Session
from tests.admin_forms.paper import read
from tests.admin_panels.helpers import fill, panel, person, tab, text
from tests.factories import EventFactory, RoomFactory, SessionFactory, SpeakerFactory

pytestmark = pytest.mark.django_db(transaction=True)

NINE = datetime(2031, 5, 5, 9, tzinfo=UTC)


@pytest.fixture
def rooms():
    """Two rooms of one building; forty fit into the first, two into the second."""
    pier = RoomFactory(name="Pier", capacity=40)
    return pier, RoomFactory(name="Quay", capacity=2, building=pier.building)


def at(event, name, hour, room=None, speakers=(), **more):
    """A session of an hour."""
    starts = NINE + timedelta(hours=hour - 9)
    building = room.building if room else None
    session = SessionFactory(
        event=event,
        name=name,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        room=room,
        building=building,
        **more,
    )
    session.speakers.set(speakers)
    return session


def move_url(session) -> str:
    return reverse("admin:sessions_app_session_move", args=[session.pk])


def calendar(client, event, **more) -> str:
    return panel(
        client.get(tab(event, "agenda") + "&view=calendar" + "".join(f"&{k}={v}" for k, v in more.items())),
        "event_calendar",
    )


def test_shows_one_day_with_its_rooms(client, alice, event, rooms):
    pier, quay = rooms
    at(event, "Knots", 9, pier)
    at(event, "Tides", 10, quay)
    at(event, "Stars", 33, pier)
    client.force_login(alice)
    first = calendar(client, event)
    assert "Knots" in first
    assert "Stars" not in first
    assert first.count('class="calendar-room') == 2
    second = calendar(client, event, day="2031-05-06")
    assert "Stars" in second
    # An empty room stands there to be moved into.
    assert second.count('class="calendar-room') == 2
    assert "Knots" in calendar(client, event, day="no-day")


def test_marks_clashes_of_rooms_and_speakers_in_words(client, alice, event, rooms):
    pier, quay = rooms
    ada = SpeakerFactory(event=event, name="Ada")
    at(event, "Knots", 9, pier, speakers=[ada])
    at(event, "Tides", 9, pier)
    at(event, "Stars", 9, quay, speakers=[ada])
    at(event, "Alone", 11, quay)
    client.force_login(alice)
    page = calendar(client, event)
    assert "Pier is also booked for “Knots” at that time." in page
    assert "Ada also speaks at “Knots” at that time." in page
    cells = page.split("<article")[1:]
    assert ["is-clashing" in cell for cell in cells] == [True, True, True, False]


def test_costs_the_same_queries_for_one_session_and_for_thirty(client, alice, event, rooms):
    pier, quay = rooms
    client.force_login(alice)
    at(event, "First", 9, pier)
    calendar(client, event)
    with CaptureQueriesContext(connection) as one:
        calendar(client, event)
    for number in range(30):
        at(
            event,
            f"S{number}",
            9 + number % 8,
            (pier, quay)[number % 2],
            speakers=[SpeakerFactory(event=event)],
        )
    with CaptureQueriesContext(connection) as thirty:
        calendar(client, event)
    assert len(thirty) == len(one)


def test_moves_by_a_form_once_its_consequences_were_seen(client, alice, event, rooms, assert_seats_true):
    pier, quay = rooms
    knots, other = at(event, "Knots", 9, pier, capacity=5), at(event, "Tides", 11, quay)
    fill(knots, 3)
    actions.submit_agenda(event, person(1), [other], notify=False)
    client.force_login(alice)
    page = client.get(move_url(knots))
    assert page.status_code == 200
    typed = {**read(page, "sw-confirm").data, "start_time": "11:30", "end_time": "", "room": str(quay.pk)}
    looked = client.post(move_url(knots), typed)
    said = text(looked)
    assert looked.status_code == 200
    assert "clash with another session they hold; they keep both seats" in said
    assert "too small by 1: only 2 fit; nobody is removed" in said
    assert "Quay is also booked for “Tides” at that time." in said
    assert "Move, with 3 people in it" in said
    knots.refresh_from_db()
    assert (knots.starts_at, knots.room) == (NINE, pier)
    answer = client.post(move_url(knots), read(looked, "sw-confirm").data)
    assert answer.status_code == 302
    knots.refresh_from_db()
    assert (knots.starts_at, knots.ends_at - knots.starts_at, knots.room) == (
        NINE + timedelta(hours=2, minutes=30),
        timedelta(hours=1),
        quay,
    )
    assert Notification.objects.filter(kind=Notification.Kind.SESSION_CHANGED).count() == 3
    assert_seats_true(event)


def test_shows_again_what_another_move_would_do(client, alice, event, rooms):
    knots = at(event, "Knots", 9, rooms[0])
    client.force_login(alice)
    typed = {**read(client.get(move_url(knots)), "sw-confirm").data, "start_time": "11:00", "end_time": ""}
    seen = read(client.post(move_url(knots), typed), "sw-confirm").data
    other = client.post(move_url(knots), {**seen, "start_time": "15:00", "end_time": ""})
    assert other.status_code == 200
    assert Session.objects.get(pk=knots.pk).starts_at == NINE
    client.post(move_url(knots), read(other, "sw-confirm").data)
    assert Session.objects.get(pk=knots.pk).starts_at == NINE + timedelta(hours=6)


def test_a_drop_on_the_calendar_asks_the_same(client, alice, rooms):
    pier, quay = rooms
    event = EventFactory(timezone="Europe/Amsterdam")
    knots = at(event, "Knots", 9, pier, own_timezone="America/New_York")
    client.force_login(alice)
    back = f"{tab(event, 'agenda')}&view=calendar&day=2031-05-05"
    dropped = {"date": "2031-05-05", "start_time": "15:00", "room": quay.pk, "back": back}
    page = client.get(move_url(knots), dropped)
    assert "Move it" in text(page)
    assert Session.objects.get(pk=knots.pk).room == pier
    answer = client.post(move_url(knots), read(page, "sw-confirm").data)
    assert answer["Location"] == back
    moved = Session.objects.get(pk=knots.pk)
    assert (moved.starts_at, moved.room, moved.building) == (
        datetime(2031, 5, 5, 13, tzinfo=UTC),
        quay,
        quay.building,
    )


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"start_time": "25:00"}, 422),
        ({"date": ""}, 422),
        ({"room": "999999"}, 422),
        ({"start_time": "10:00", "end_time": "09:00"}, 422),
        ({}, 200),
    ],
)
def test_moves_nothing_that_cannot_be(client, alice, event, rooms, typed, status):
    knots = at(event, "Knots", 9, rooms[0])
    client.force_login(alice)
    sent = {**read(client.get(move_url(knots)), "sw-confirm").data, **typed}
    answer = client.post(move_url(knots), sent)
    assert answer.status_code == status
    assert "Move it" not in text(answer)
    assert Session.objects.get(pk=knots.pk).starts_at == NINE


def test_only_planners_move(client, alice, desk, event, rooms):
    knots = at(event, "Knots", 9, rooms[0])
    client.force_login(desk)
    assert "Move" not in calendar(client, event)
    assert client.get(move_url(knots)).status_code == 403
    client.force_login(alice)
    actions.cancel_session(knots, reason="", actor=Actor.staff(alice))
    assert client.get(move_url(knots)).status_code == 302
