"""The event's Agenda tab: a session in one line, missing capacities filled at once."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from events.models import Room
from sessions_app.models import Session, SessionTrack, Speaker
from tests.admin_forms.paper import change, errors, read, said
from tests.factories import BuildingFactory, EventFactory, RoomFactory, SessionFactory, SessionTrackFactory

pytestmark = pytest.mark.django_db(transaction=True)

LINE = {
    "quick-name": "Knots",
    "quick-date": "2031-05-05",
    "quick-start_time": "10:00",
    "quick-end_time": "11:00",
    "quick-capacity": "12",
}


@pytest.fixture
def event():
    return EventFactory(timezone="Europe/Amsterdam")


def quick(event) -> str:
    return reverse("admin:sessions_app_session_quick_create", args=[event.pk])


def add(event, kind: str) -> str:
    return reverse(f"admin:sessions_app_{kind}_quick_create", args=[event.pk])


def fill(event) -> str:
    return reverse("admin:sessions_app_session_fill_capacities", args=[event.pk])


def test_adds_session_in_one_line(desk, url, event, assert_seats_true):
    page = desk.get(url(event, tab="agenda")).content.decode()
    assert re.search(rf'href="{add(event, "session")}\?back=[^"]*"\s+data-dialog', page)
    answer = desk.post(quick(event), LINE)
    assert answer["Location"] == f"{url(event, tab='agenda')}#sw-panels"
    session = Session.objects.get()
    assert (session.seats.capacity, session.starts_at.hour, session.session_status) == (12, 8, "approved")
    assert_seats_true()


def test_adds_session_in_dialog_and_offers_the_next(desk, event):
    htmx = {"HX-Request": "true"}
    assert "<html" not in desk.get(add(event, "session"), headers=htmx).content.decode()
    refused = desk.post(add(event, "session"), {**LINE, "quick-name": ""}, headers=htmx)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["name"])
    answer = desk.post(add(event, "session"), LINE, headers=htmx)
    page = answer.content.decode()
    assert (answer.status_code, Session.objects.get().name) == (200, "Knots")
    assert "was added. It is not live yet." in page
    assert "data-added" in page
    assert 'value="Knots"' not in page


@pytest.mark.parametrize(
    ("kind", "typed", "view"),
    [
        ("track", {"quick-name": "Sails", "quick-colour": "#0f766e"}, "&view=tracks"),
        ("speaker", {"quick-name": "Ada Lovelace", "quick-company": "Engines"}, "&view=speakers"),
        ("room", {"quick-name": "Hall", "quick-new_building": "Pier", "quick-capacity": "80"}, ""),
    ],
)
def test_adds_what_a_programme_needs_beside_sessions(desk, url, event, kind, typed, view):
    answer = desk.post(add(event, kind), typed)
    assert answer["Location"] == f"{url(event, tab='agenda')}{view}#sw-panels"
    model = {"track": SessionTrack, "speaker": Speaker, "room": Room}[kind]
    row = model.objects.get()
    assert row.name == typed["quick-name"]
    if kind == "room":
        assert (row.building.name, row.capacity) == ("Pier", 80)
    else:
        assert row.event == event
        assert row.name in desk.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("track", {"quick-name": "Sails"}, "name"),
        ("track", {"quick-name": "Ropes", "quick-colour": "blue"}, "colour"),
        ("room", {"quick-name": "Hall"}, "building"),
        ("room", {"quick-name": "Hall", "quick-new_building": "Pier"}, "name"),
    ],
)
def test_refuses_what_is_there_already_or_not_enough(desk, event, kind, typed, field):
    SessionTrackFactory(event=event, name="Sails")
    RoomFactory(name="Hall", building=BuildingFactory(name="Pier"))
    answer = desk.post(add(event, kind), typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert (SessionTrack.objects.count(), Room.objects.count()) == (1, 1)


def test_views_of_the_tab_show_each_their_own(desk, url, event):
    SessionFactory(event=event, name="For all", selection_control="included")
    SessionFactory(event=event, name="By choice")
    page = desk.get(url(event, tab="agenda") + "&view=included")
    assert [panel.key for panel in page.context["panels"]] == ["included_sessions"]
    shown = page.content.decode()
    assert "For all" in shown
    assert "By choice" not in shown
    assert [view.title for view in page.context["views"] if view.is_current] == ["Included sessions"]
    first = desk.get(url(event, tab="agenda") + "&view=none-such")
    assert [panel.key for panel in first.context["panels"]] == ["event_sessions"]


def test_takes_capacity_of_room_in_one_line(desk, event):
    room = RoomFactory(capacity=80)
    desk.post(quick(event), {**LINE, "quick-capacity": "", "quick-room": room.pk})
    session = Session.objects.get()
    assert (session.seats.capacity, session.building) == (80, room.building)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"quick-capacity": ""}, "capacity"),
        ({"quick-name": ""}, "name"),
        ({"quick-end_time": "09:00"}, "end_time"),
        ({"quick-capacity": "60000"}, "capacity"),
        ({"quick-date": "2031-03-30", "quick-start_time": "02:30"}, "start_time"),
    ],
)
def test_refuses_line_at_field(desk, event, typed, field):
    answer = desk.post(quick(event), {**LINE, **typed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Session.objects.count() == 0


def test_asks_no_capacity_where_event_registers_people(desk):
    event = EventFactory(session_level=False)
    assert desk.post(quick(event), {**LINE, "quick-capacity": ""}).status_code == 302


def test_requires_capacity_on_the_whole_form_too(desk, url, event):
    session = SessionFactory(event=event, capacity=5)
    assert list(errors(change(desk, url(session), "session_form", capacity=""))) == ["capacity"]
    said(desk, change(desk, url(session), "session_form", capacity="", format="webinar"))


def test_lists_sessions_without_capacity_and_fills_them_from_places(desk, url, event):
    room = RoomFactory(capacity=30)
    placed = SessionFactory(event=event, name="Placed", capacity=None, room=room)
    nowhere = SessionFactory(event=event, name="Nowhere", capacity=None)
    page = desk.get(url(event, tab="agenda")).content.decode()
    assert 'id="panel-capacity_missing"' in page
    messages = said(desk, desk.post(fill(event), {"from": "places"}))
    assert messages[:2] == ["1 session now has a capacity.", "1 session has no place with a capacity."]
    said(desk, desk.post(fill(event), {"from": "number", "number": "15"}))
    capacities = {s.name: s.seats.capacity for s in Session.objects.select_related("seats")}
    assert capacities == {placed.name: 30, nowhere.name: 15}
    assert 'id="panel-capacity_missing"' not in desk.get(url(event, tab="agenda")).content.decode()


@pytest.mark.parametrize("number", ["", "-1", "60000", "99999", "9" * 5000, "many"])
def test_refuses_number_that_is_no_capacity(desk, event, number):
    SessionFactory(event=event, capacity=None)
    answer = desk.post(fill(event), {"from": "number", "number": number})
    assert answer.status_code == 422
    assert [str(said) for said in answer.context["messages"]] == ["Give a whole number from 0 to 50,000."]
    assert "number" in read(answer, "sw-panel-tools").data
    assert Session.objects.capacity_missing().count() == 1


def test_refuses_event_smaller_than_a_session(desk, url, event):
    SessionFactory(event=event, capacity=40)
    assert list(errors(change(desk, url(event), "event_form", capacity="30"))) == ["capacity"]


def test_refuses_session_larger_than_event(desk, url):
    event = EventFactory(capacity=30)
    session = SessionFactory(event=event, capacity=20)
    assert list(errors(change(desk, url(session), "session_form", capacity="31"))) == ["capacity"]


def test_warns_when_sessions_have_fewer_seats_than_event(desk, url, event):
    SessionFactory(event=event, capacity=40)
    messages = said(desk, change(desk, url(event), "event_form", capacity="50"))
    assert "All sessions together have 40 seats, fewer than the event's 50." in messages
