"""Past capacity in a real browser, from the event's tab and from the session's."""

from __future__ import annotations

import pytest

from events.actors import Actor
from events.models import SeatCount
from registrations import actions
from registrations.models import Activity, SessionRegistration
from tests.admin_panels.helpers import add_url, person, see_what_happens, tab
from tests.factories import EventFactory
from waitlists.models import WaitlistItem

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [{"width": 1440}, {"width": 320, "dark": True}, {"width": 1440, "javascript": False}]


def type_person(page, someone):
    """Type one new person into the page, once it listens to what is typed."""
    page.get_by_label("E-mail").nth(1).wait_for()
    page.wait_for_load_state()
    page.get_by_label("E-mail").nth(1).fill(someone.email)
    page.get_by_label("First name").first.fill(someone.first_name)
    page.get_by_label("Last name").first.fill(someone.last_name)


@pytest.fixture
def full_session_waiting(full_session):
    """Return the full session with one person in line."""
    actions.submit_agenda(full_session.event, person(60), [full_session], wait=True, notify=False)
    return full_session


@pytest.mark.parametrize("browser_page", SIZES, indirect=True)
def test_adds_past_capacity_from_the_sessions_tab(
    browser_page, sign_in, staff, full_session_waiting, screenshot, assert_seats_true
):
    page, session = browser_page, full_session_waiting
    sign_in(page, staff)
    page.goto(tab(session))
    screenshot(page, "session-tab")
    page.get_by_role("link", name="Add registration").click()
    screenshot(page, "add-pick")
    type_person(page, person(50))
    see_what_happens(page, "Guest Number050")
    page.get_by_text("Speaker", exact=True).click()
    screenshot(page, "add-look")
    page.get_by_role("button", name="Add 1 past capacity").click()
    screenshot(page, "session-tab-after")
    panel = page.locator("#panel-session_registrations")
    assert "11 of 10, 1 past capacity" in panel.locator(".panel-summary").inner_text()
    assert SeatCount.objects.get(pk=session.seats_id).capacity == 10
    entry = Activity.objects.get(verb=Activity.Verb.ADDED_PAST_CAPACITY)
    assert (entry.user, entry.reason) == (staff, "Speaker")
    seat = SessionRegistration.objects.active().get(session=session, contact__email=person(1).email)
    actions.cancel_session_registrations([seat], actor=Actor.staff(staff))
    assert WaitlistItem.objects.waiting().count() == 1
    assert_seats_true(session.event)


@pytest.mark.parametrize("browser_page", SIZES, indirect=True)
def test_adds_past_capacity_from_the_events_tab(browser_page, sign_in, alice, screenshot, assert_seats_true):
    event = EventFactory(name="Briefing", session_level=False, capacity=1)
    actions.register_for_event(event, person(1), notify=False)
    page = browser_page
    sign_in(page, alice)
    page.goto(tab(event))
    page.get_by_role("link", name="Add registration").click()
    type_person(page, person(50))
    see_what_happens(page, "Guest Number050")
    page.get_by_text("VIP", exact=True).click()
    page.get_by_role("button", name="Add 1 past capacity").click()
    screenshot(page, "event-tab-after")
    panel = page.locator("#panel-event_registrations")
    assert "2 of 1, 1 past capacity" in panel.locator(".panel-summary").inner_text()
    assert SeatCount.objects.get(pk=event.seats_id).capacity == 1
    assert_seats_true(event)


@pytest.mark.parametrize("browser_page", SIZES, indirect=True)
def test_shows_the_control_disabled_without_permission(browser_page, sign_in, desk, full_session, screenshot):
    page = browser_page
    sign_in(page, desk)
    page.goto(tab(full_session))
    page.get_by_role("link", name="Add registration").click()
    type_person(page, person(50))
    see_what_happens(page, "Guest Number050")
    screenshot(page, "add-look-disabled")
    assert page.get_by_role("button", name="Add 1 past capacity").is_disabled()
    assert page.locator("#why-not-past").is_visible()


@pytest.mark.parametrize(("width", "dark"), [(320, True), (1440, False)])
def test_panels_have_no_barriers(
    open_browser, sign_in, alice, full_session_waiting, assert_accessible, screenshot, width, dark
):
    session = full_session_waiting
    page = open_browser(width=width, dark=dark)
    sign_in(page, alice)
    for slug in ("agenda", "registration", "more"):
        page.goto(tab(session.event, slug))
        screenshot(page, f"event-{slug}-{width}-{'dark' if dark else 'light'}")
        assert_accessible(page, within="#sw-panels", themes=True)
    page.goto(tab(session))
    screenshot(page, f"session-registration-{width}-{'dark' if dark else 'light'}")
    assert_accessible(page, within="#sw-panels", themes=True)


@pytest.mark.parametrize(("width", "dark"), [(320, True), (1440, False)])
def test_verb_pages_have_no_barriers(
    open_browser, sign_in, staff, full_session_waiting, assert_accessible, screenshot, width, dark
):
    session = full_session_waiting
    page = open_browser(width=width, dark=dark)
    shot = f"{width}-{'dark' if dark else 'light'}"
    sign_in(page, staff)

    def look(name):
        screenshot(page, f"{name}-{shot}")
        assert_accessible(page, within="#content", themes=True)

    page.goto(tab(session))
    for box in page.locator("#panel-session_registrations input[name=row]").all()[:3]:
        box.check()
    screenshot(page, f"ticked-{shot}")
    with page.expect_navigation():
        page.locator("#panel-session_registrations").get_by_role("button", name="Cancel").click()
    look("confirm-cancel")
    page.get_by_role("link", name="Back, change nothing").click()
    page.locator("#panel-session_waitlist input[name=row]").first.check()
    with page.expect_navigation():
        page.get_by_role("button", name="Register now").click()
    look("confirm-register")
    assert page.get_by_role("button", name="Register 1 person").is_disabled()
    page.get_by_label("Past capacity, if no seat is free").check()
    assert page.get_by_role("button", name="Register 1 person, 1 past capacity").is_enabled()
    with page.expect_navigation():
        page.get_by_role("button", name="Register 1 person").click()
    look("reason-missing")
    assert page.get_by_text("Choose a reason: it is kept in the ledger.").is_visible()
    page.goto(add_url(session))
    page.get_by_label("Name or e-mail").fill("guest")
    with page.expect_navigation():
        page.locator("#content").get_by_role("button", name="Search").click()
    look("pick-found")
    type_person(page, person(50))
    see_what_happens(page, "Guest Number050")
    look("look")
    page.goto(tab(session))
    with page.expect_navigation():
        page.get_by_role("link", name="Guest Number001").first.click()
    look("person")
