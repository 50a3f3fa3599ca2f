"""Capacity follows the place until somebody types another, without JavaScript and with it."""

from __future__ import annotations

import pytest

from tests.admin_forms.paper import change, errors, said
from tests.factories import BuildingFactory, EventFactory, LayoutFactory, RoomFactory, SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall():
    """A building for 500 with a room for 80 that has a layout for 40."""
    building = BuildingFactory(name="Hall", capacity=500)
    room = RoomFactory(name="Room 2", building=building, capacity=80)
    return {
        "building": building,
        "room": room,
        "layout": LayoutFactory(name="Tables", room=room, capacity=40),
    }


@pytest.fixture(params=["event", "session"])
def subject(request):
    """Something that has a place."""
    event = EventFactory(session_level=False, capacity=None)
    return event if request.param == "event" else SessionFactory(event=event, capacity=None, format="hybrid")


def form_of(subject) -> str:
    return f"{subject._meta.model_name}_form"


def capacity_of(subject) -> int | None:
    subject.refresh_from_db()
    subject.seats.refresh_from_db()
    return subject.seats.capacity


def test_prefills_capacity_from_most_specific_place(desk, url, hall, subject):
    steps = [
        ({"building": hall["building"].pk}, 500),
        ({"room": hall["room"].pk}, 80),
        ({"layout": hall["layout"].pk}, 40),
        ({"layout": ""}, 80),
        ({"capacity": 35}, 35),
        ({"name": "Renamed"}, 35),
        ({}, 35),
        ({"layout": hall["layout"].pk}, 40),
    ]
    for typed, wanted in steps:
        said(desk, change(desk, url(subject), form_of(subject), **typed))
        assert capacity_of(subject) == wanted, typed


def test_keeps_number_typed_together_with_place(desk, url, hall, subject):
    change(desk, url(subject), form_of(subject), room=hall["room"].pk, capacity=35)
    assert capacity_of(subject) == 35
    assert subject.building == hall["building"]


def test_keeps_capacity_where_new_place_has_none(desk, url, hall, subject):
    change(desk, url(subject), form_of(subject), room=hall["room"].pk)
    change(desk, url(subject), form_of(subject), building=BuildingFactory(capacity=None).pk, room="")
    assert capacity_of(subject) == 80


def test_trusts_number_typed_by_hand_even_when_it_is_the_old_one(desk, url, hall, subject):
    change(desk, url(subject), form_of(subject), capacity=60)
    change(desk, url(subject), form_of(subject), room=hall["room"].pk, capacity=60, capacity_follows="hand")
    assert capacity_of(subject) == 60


def test_refuses_room_of_another_building(desk, url, hall, subject):
    answer = change(
        desk, url(subject), form_of(subject), building=BuildingFactory(name="Shed").pk, room=hall["room"].pk
    )
    assert errors(answer) == {"room": ["Room 2 is not in Shed. Choose one of its rooms."]}


def test_refuses_layout_of_another_room(desk, url, hall, subject):
    other = RoomFactory(name="Room 5", building=hall["building"])
    answer = change(desk, url(subject), form_of(subject), room=other.pk, layout=hall["layout"].pk)
    assert errors(answer) == {"layout": ["Tables is not a layout of Room 5. Choose one of its own."]}


def test_leaves_event_capacity_alone_where_sessions_limit(desk, url, hall):
    event = EventFactory(session_level=True, capacity=None)
    change(desk, url(event), "event_form", room=hall["room"].pk)
    assert capacity_of(event) is None


def test_warns_of_double_booked_room(desk, url, hall):
    event = EventFactory(session_level=True)
    there = SessionFactory(event=event, name="Knots", room=hall["room"], building=hall["building"])
    session = SessionFactory(event=event, starts_at=there.starts_at, ends_at=there.ends_at)
    answer = change(desk, url(session), "session_form", room=hall["room"].pk)
    assert "Room 2 is also booked for “Knots” at that time." in said(desk, answer)


@pytest.mark.browser
def test_prefills_in_browser(open_browser, sign_in, alice, url, hall, subject):
    page = open_browser()
    sign_in(page, alice)
    page.goto(url(subject))
    box = page.locator("#id_capacity")
    page.select_option("#id_building", label="Hall")
    assert box.input_value() == "500"
    page.select_option("#id_room", label="Room 2")
    assert box.input_value() == "80"
    page.select_option("#id_layout", label="Tables · Room 2")
    assert box.input_value() == "40"
    page.select_option("#id_layout", value="")
    assert box.input_value() == "80"
    box.fill("35")
    for _round in range(2):
        page.click("input[name=_continue]")
        page.wait_for_load_state()
        assert box.input_value() == "35"
    assert capacity_of(subject) == 35
    page.select_option("#id_layout", label="Tables · Room 2")
    page.click("input[name=_continue]")
    page.wait_for_load_state()
    assert capacity_of(subject) == 40


@pytest.mark.browser
def test_offers_rooms_of_chosen_building_only(open_browser, sign_in, alice, url, hall, subject):
    shed = RoomFactory(name="Bench", building__name="Shed")
    page = open_browser()
    sign_in(page, alice)
    page.goto(url(subject))
    page.select_option("#id_building", label="Shed")
    assert page.locator("#id_room option").all_inner_texts() == ["---------", "Bench"]
    page.select_option("#id_building", value="")
    page.select_option("#id_room", label="Room 2")
    assert page.locator("#id_building").input_value() == str(hall["building"].pk)
    assert shed.name not in page.locator("#id_room option").all_inner_texts()


def test_names_the_room_of_each_layout(desk, url):
    pier, quay = RoomFactory(name="Pier"), RoomFactory(name="Quay")
    for room in (pier, quay):
        LayoutFactory(room=room, name="Rows")
    page = desk.get(url(EventFactory())).content.decode()
    assert ">Rows · Pier<" in page
    assert ">Rows · Quay<" in page
