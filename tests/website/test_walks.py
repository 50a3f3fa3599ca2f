"""Walks between buildings: seen before the tap, and gaps and lunch in the agenda. A warning, never a refusal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Event
from events.models.walks import walk_key
from registrations.rules import WalksOfAgenda
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.factories import RoomFactory, SessionFactory, at
from tests.website.clicks import choose, chosen, listed, mine, registered, text


@pytest.fixture
def places(event: Event) -> list[Session]:
    """Sessions in the Hall until 11:00, in the Warehouse from 11:05, and in another room of the Hall at 12:45."""
    hall, warehouse = RoomFactory(), RoomFactory()
    dock = RoomFactory(building=hall.building)
    event.walk_minutes = {walk_key(hall.building_id, warehouse.building_id): 6}
    event.minutes_between_rooms = 2
    event.save()
    plan = (
        (hall, "Knots", (10, 0), (11, 0)),
        (warehouse, "Ropes", (11, 5), (11, 45)),
        (dock, "Tides", (12, 45), (13, 0)),
    )
    return [
        SessionFactory(
            event=event,
            name=name,
            room=room,
            building=room.building,
            starts_at=at(*begins),
            ends_at=at(*ends),
        )
        for room, name, begins, ends in plan
    ]


def row_of(client: Client, session: Session) -> list[str]:
    """The warnings beside a session in the programme."""
    page = client.get(f"/{session.event.slug}/sessions/")
    [seat] = [each for each in listed(page) if each.session == session]
    return [walk.replace("\u2068", "").replace("\u2069", "") for walk in seat.walks]


@pytest.mark.django_db
def test_short_time_is_said_before_the_tap_and_refuses_nothing(client, event, places):
    knots, ropes, tides = places
    assert row_of(client, ropes) == []
    answer = choose(client, knots)
    assert answer.status_code == 302
    assert row_of(client, ropes) == ["6 min walk from Knots, you have 5"]
    assert row_of(client, tides) == []
    page = client.get(reverse("session_page", args=["harbour", ropes.uuid]))
    assert "6 min walk from" in text(page)
    choose(client, ropes)
    assert chosen(client, event) == ["Knots", "Ropes"]
    assert row_of(client, knots) == ["6 min walk to Ropes, you have 5"]


@pytest.mark.django_db
def test_click_by_htmx_brings_the_rows_that_lie_far(client, event, places):
    knots, ropes, tides = places
    shown = ",".join(str(each.uuid) for each in places)
    address = reverse("draft_seat", args=["harbour", knots.uuid, "add"])
    answer = client.post(address, {"shown": shown}, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert "6 min walk from" in html
    assert f'id="seat-{ropes.uuid}"' in html
    assert f'id="seat-{tides.uuid}"' not in html


@pytest.mark.django_db
def test_agenda_shows_gaps_lunch_and_walks(client, event, places):
    choose(client, *places)
    said = text(client.get("/harbour/agenda/"))
    assert "6 min walk, you have 5" in said
    assert "1 h free: lunch 6 min walk" in said


@pytest.mark.django_db
def test_personal_page_and_result_say_it_too(client, event, places, bob: Attendee):
    registration = registered(event, bob, *places)
    assert "6 min walk, you have 5" in text(client.get(mine("manage", registration)))
    assert "Time is short between some sessions" in text(client.get(mine("manage_result", registration)))


@pytest.mark.django_db
def test_a_press_on_the_personal_page_asks_the_database_no_more_than_without_walks(
    client, event, places, bob
):
    registration = registered(event, bob, places[0])
    shown = ",".join(str(each.uuid) for each in places)

    def statements(verb: str) -> int:
        address = mine("manage_seat", registration, places[1].uuid, verb)
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(address, {"shown": shown}, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        return len(asked)

    with_walks = statements("add")
    statements("remove")
    Event.objects.update(walk_minutes=None, minutes_between_rooms=None)
    assert with_walks == statements("add")


@pytest.mark.once
@pytest.mark.parametrize(
    ("minutes", "gap", "room", "expected"),
    [
        (6, 5, "far", 1),
        (5, 5, "far", 0),
        (None, 0, "far", 0),
        (6, 0, "same", 0),
        (6, 1, "near", 1),
        (6, 2, "near", 0),
    ],
)
@pytest.mark.django_db
def test_only_known_ways_that_take_longer_are_short(event, minutes, gap, room, expected):
    here, far = RoomFactory(), RoomFactory()
    near = RoomFactory(building=here.building)
    event.minutes_between_rooms = 2
    event.walk_minutes = {walk_key(far.building_id, here.building_id): minutes} if minutes else None
    there = {"far": far, "near": near, "same": here}[room]
    one = SessionFactory(event=event, room=here, building=here.building, starts_at=at(10), ends_at=at(11))
    begins = at(11) + timedelta(minutes=gap)
    other = SessionFactory(
        event=event,
        room=there,
        building=there.building,
        starts_at=begins,
        ends_at=begins + timedelta(hours=1),
    )
    assert len(WalksOfAgenda(event, [one]).too_short(other)) == expected
    assert len(WalksOfAgenda(event, [other]).too_short(one)) == expected
