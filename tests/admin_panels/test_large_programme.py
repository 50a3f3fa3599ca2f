"""A large programme on the desk: `SEATWISE_LARGE=1000,50000` measures sessions and people as many as that."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
from django.db import connection

from sessions_app.models import Session
from tests.admin_panels.helpers import add_url, tab, typed
from tests.benchmarks.world import make_event, make_people, seat
from tests.factories import FIRST_DAY, BuildingFactory, RoomFactory

pytestmark = pytest.mark.django_db

SESSIONS, PEOPLE = (int(number) for number in os.environ.get("SEATWISE_LARGE", "40,60").split(","))
IS_MEASURED = "SEATWISE_LARGE" in os.environ
ROOMS = 20
# Of a day: from nine to five.
SLOTS = 8
PART = {"HX-Request": "true"}


@pytest.fixture
def programme():
    """An event whose sessions lie side by side in twenty rooms, eight a day in each; everybody has one."""
    building = BuildingFactory()
    rooms = [RoomFactory(building=building) for _number in range(ROOMS)]
    event, sessions = make_event(sessions=SESSIONS, allow_custom_agenda=True, building=building)
    for number, session in enumerate(sessions):
        slot, room = divmod(number, ROOMS)
        day, hour = divmod(slot, SLOTS)
        session.starts_at = FIRST_DAY + timedelta(days=day, hours=hour)
        session.ends_at = session.starts_at + timedelta(hours=1)
        session.date, session.room, session.building = session.starts_at.date(), rooms[room], building
    fields = ["starts_at", "ends_at", "date", "room", "building"]
    Session.objects.bulk_update(sessions, fields, batch_size=200)
    seat(make_people(event, PEOPLE), sessions)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return event


def test_pages_ask_little_however_large_the_programme(
    client, alice, programme, django_assert_max_num_queries
):
    client.force_login(alice)
    add = add_url(programme)
    asked = {
        "calendar": (40, lambda: client.get(f"{tab(programme, 'agenda')}&view=calendar&_panels=1")),
        "list": (30, lambda: client.get(f"{tab(programme, 'agenda')}&_panels=1")),
        "registrations": (40, lambda: client.get(f"{tab(programme, 'registration')}&_panels=1")),
        "whole page": (40, lambda: client.get(tab(programme, "agenda"))),
        "add registration": (20, lambda: client.get(add)),
        "type-ahead": (
            15,
            lambda: client.post(add, {**typed(), "q": "ada no", "step": "search"}, headers=PART),
        ),
        "type-ahead, one": (
            15,
            lambda: client.post(add, {**typed(), "q": "person77", "step": "search"}, headers=PART),
        ),
        # Everybody's first name and address begin with it.
        "type-ahead, all": (
            15,
            lambda: client.post(add, {**typed(), "q": "ADA", "step": "search"}, headers=PART),
        ),
    }
    for name, (most, ask) in asked.items():
        ask()
        begun, cpu = time.perf_counter(), time.process_time()
        with django_assert_max_num_queries(most) as queries:
            page = ask()
        cpu, took = time.process_time() - cpu, time.perf_counter() - begun
        assert page.status_code == 200
        print(f"{name}: {cpu:.3f} s CPU, {took:.3f} s, {len(queries)} queries, {len(page.content):,} bytes")
        assert not IS_MEASURED or cpu < 0.35
