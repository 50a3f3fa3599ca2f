"""Add registration in a real browser: people and sessions are picked, what happens is seen at once, and decided."""

from __future__ import annotations

import pytest

from registrations.models import SessionRegistration
from tests.admin_panels.helpers import add_url, fill, person
from tests.factories import ContactFactory, EventFactory, SessionFactory
from tests.journeys.ways import WAYS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("browser_page", WAYS, indirect=True)
def test_adds_people_to_several_sessions(
    browser_page, sign_in, alice, screenshot, assert_accessible, assert_seats_true
):
    event = EventFactory(name="Harbour Conf")
    free = SessionFactory(event=event, name="Knots under load", capacity=3)
    full = SessionFactory(event=event, name="Reading the tide", capacity=1)
    SessionFactory(event=event, name="Stars", starts_at=free.starts_at, ends_at=free.ends_at)
    fill(full, 1, start=90)
    ContactFactory(email="ada@example.com", first_name="Ada", last_name="Lovelace")
    page, width = browser_page, browser_page.viewport_size["width"]
    sign_in(page, alice)
    page.goto(add_url(event))
    search = page.get_by_label("Name or e-mail")
    if not page.has_javascript:
        search.fill("lov")
        page.locator("#content").get_by_role("button", name="Search").click()
    else:
        search.press_sequentially("lov")
    page.get_by_label("Ada Lovelace").check()
    page.get_by_label("E-mail", exact=True).first.fill(person(1).email)
    page.get_by_label("First name").first.fill("Guest")
    page.get_by_label("Knots under load").check()
    page.get_by_label("Reading the tide").check()
    screenshot(page, f"add-picked-{width}")
    if not page.has_javascript:
        page.get_by_role("button", name="See what happens").click()
    page.get_by_text("No free seat: 2 past capacity").wait_for()
    if page.has_javascript:
        page.get_by_label("Stars").check()
        page.get_by_text("Clashes with").first.wait_for()
        page.get_by_label("Stars").uncheck()
        page.get_by_text("Clashes with").first.wait_for(state="detached")
    page.get_by_text("VIP", exact=True).click()
    page.get_by_label("Tell them by mail").uncheck()
    screenshot(page, f"add-effects-{width}")
    if page.has_javascript:
        assert_accessible(page, within="#content", themes=True)
    page.get_by_role("button", name="Give 4 seats, 2 past capacity").click()
    page.get_by_text("4 seats given, 2 of them past capacity to 2 people.").wait_for()
    seats = SessionRegistration.objects.active().filter(reason="VIP")
    assert {
        (seat.contact.email, seat.session.name) for seat in seats.select_related("contact", "session")
    } == {
        (email, name)
        for email in ("ada@example.com", person(1).email)
        for name in ("Knots under load", "Reading the tide")
    }
    assert_seats_true(event)
