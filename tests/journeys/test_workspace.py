"""The event's page as a place to work in, in a real browser with JavaScript and without, wide and narrow."""

from __future__ import annotations

import pytest

from registrations.actions import submit_agenda
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.admin_panels.helpers import tab
from tests.factories import EventFactory, RoomFactory, SessionFactory
from tests.journeys.ways import WAYS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def event():
    """A live event with two rooms, a full session with somebody in line, and one without a capacity."""
    event = EventFactory(name="Harbour Conf")
    pier, quay = RoomFactory(name="Pier", capacity=40), RoomFactory(name="Quay", capacity=12)
    full = SessionFactory(event=event, name="Knots under load", room=pier, building=pier.building, capacity=1)
    SessionFactory(event=event, name="Reading the tide", room=quay, building=quay.building, capacity=None)
    for number in range(2):
        submit_agenda(event, Attendee(f"p{number}@example.com", "Pia", "P"), [full], wait=True, notify=False)
    return event


@pytest.mark.parametrize("browser_page", WAYS, indirect=True)
def test_works_through_the_tabs(browser_page, sign_in, alice, event, screenshot, assert_accessible):
    page = browser_page
    has_javascript = page.has_javascript
    sign_in(page, alice)
    page.goto(tab(event, "general"))
    screenshot(page, f"workspace-general-{page.viewport_size['width']}")
    assert page.get_by_role("link", name="Give 1 session a capacity").is_visible()
    page.evaluate("window.isSame = true") if has_javascript else None
    page.locator(".sw-tabs").get_by_role("link", name="Agenda").click()
    page.locator("#panel-event_sessions").wait_for()
    assert page.url.endswith("?tab=agenda")
    assert page.title().startswith("Agenda · Harbour Conf")
    assert page.locator(".sw-tabs [aria-current=page]").inner_text() == "Agenda"
    screenshot(page, f"workspace-agenda-{page.viewport_size['width']}")
    page.locator(".sw-views").get_by_role("link", name="Speakers").click()
    page.locator("#panel-speakers").wait_for()
    page.go_back()
    page.locator("#panel-event_sessions").wait_for()
    page.go_back()
    page.locator("#panel-event_sessions").wait_for(state="detached")
    assert page.locator(".sw-tabs [aria-current=page]").inner_text() == "General"
    assert page.title().startswith("General · Harbour Conf")
    page.go_forward()
    page.locator("#panel-event_sessions").wait_for()
    if has_javascript:
        assert page.evaluate("window.isSame"), "the page was loaded again"
        assert_accessible(page, themes=True)
    assert (
        page.locator("#panel-event_sessions").bounding_box()["y"]
        < page.locator("#event_form").bounding_box()["y"]
    )


@pytest.mark.parametrize("browser_page", WAYS, indirect=True)
def test_adds_sessions_without_leaving_the_page(browser_page, sign_in, alice, event, screenshot):
    page = browser_page
    sign_in(page, alice)
    page.goto(tab(event, "agenda"))
    page.get_by_role("link", name="Add session").click()
    page.locator("#id_quick-name").fill("Practical seamanship")
    page.locator("#id_quick-start_time").fill("13:00")
    page.locator("#id_quick-end_time").fill("14:00")
    page.locator("#id_quick-room").select_option(label="Pier")
    screenshot(page, f"workspace-add-{page.viewport_size['width']}")
    page.get_by_role("button", name="Add session").click()
    page.get_by_text("was added. It is not live yet.").wait_for()
    dialog = page.locator("#sw-dialog")
    if dialog.is_visible():
        assert page.locator("#id_quick-name").input_value() == ""
        screenshot(page, f"workspace-added-{page.viewport_size['width']}")
        dialog.get_by_role("button", name="Close").click()
    page.locator("#panel-event_sessions").get_by_text("Practical seamanship").wait_for()
    session = Session.objects.get(name="Practical seamanship")
    assert (session.room.name, session.seats.capacity if session.seats.capacity else 0) == ("Pier", 40)


def _drag_an_hour_on(page, cell, room):
    """Drag the cell to below the head of another room, an hour later."""
    page.locator(".calendar-scroll").evaluate("region => region.scrollIntoView()")
    begin, end = cell.bounding_box(), room.bounding_box()
    an_hour = begin["height"] + 2
    page.mouse.move(begin["x"] + 20, begin["y"] + 30)
    page.mouse.down()
    page.mouse.move(end["x"] + 40, begin["y"] + 30 + an_hour / 2, steps=3)
    page.mouse.move(end["x"] + 40, begin["y"] + 30 + an_hour, steps=3)
    page.mouse.up()


@pytest.mark.parametrize("browser_page", WAYS, indirect=True)
def test_moves_a_session_in_the_calendar(browser_page, sign_in, alice, event, screenshot, assert_accessible):
    page, width = browser_page, browser_page.viewport_size["width"]
    sign_in(page, alice)
    page.goto(tab(event, "agenda"))
    page.locator(".sw-views").get_by_role("link", name="Calendar").click()
    cell = page.locator(".calendar-cell", has_text="Knots under load")
    cell.wait_for()
    screenshot(page, f"calendar-{width}")
    if width == 1440 and page.has_javascript:
        assert_accessible(page, themes=True)
        _drag_an_hour_on(page, cell, page.locator(".calendar-room", has_text="Quay"))
        page.get_by_text("What the move does").wait_for()
    else:
        cell.get_by_role("link", name="Move Knots under load").click()
        page.get_by_label("Start").fill("10:00")
        page.get_by_label("Room").select_option(label="Quay")
        page.get_by_label("End", exact=True).fill("11:00")
        page.get_by_role("button", name="See what happens").click()
    page.get_by_text("Quay is also booked for “Reading the tide” at that time.").wait_for()
    screenshot(page, f"calendar-move-{width}")
    if width == 768 and page.has_javascript:
        assert_accessible(page, themes=True)
    session = Session.objects.get(name="Knots under load")
    assert session.room.name == "Pier"
    page.get_by_role("button", name="Move, with 1 person in it").click()
    page.locator(".calendar-cell.is-clashing", has_text="Knots under load").wait_for()
    assert "view=calendar" in page.url
    screenshot(page, f"calendar-moved-{width}")
    session.refresh_from_db()
    assert (session.room.name, session.starts_at.hour) == ("Quay", 10)
