"""A group of three, with and without JavaScript: added, one removed, one with sessions of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from events.models import Event
from registrations.actions import add_to_draft, draft_token
from registrations.website.visitor import DRAFT_COOKIE
from tests.engine.acts import fill, holders
from tests.factories import SessionFactory, at
from tests.journeys.ways import VISITOR_WAYS
from waitlists.models import WaitlistItem

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("browser_page", VISITOR_WAYS, indirect=True)
def test_registers_three_who_wait_together(
    browser_page: Any, assert_accessible: Callable[..., None], event: Event
) -> None:
    knots = SessionFactory(event=event, name="Knots", capacity=9, starts_at=at(9), ends_at=at(10))
    tides = SessionFactory(event=event, name="Tides", capacity=3, starts_at=at(11), ends_at=at(12))
    fill(tides, 2)
    page = browser_page
    draft = add_to_draft(event, add_to_draft(event, None, knots), tides)
    page.goto("/harbour/")
    page.context.add_cookies([{"name": DRAFT_COOKIE, "value": draft_token(draft), "url": page.url}])
    page.goto("/harbour/register/")
    page.get_by_label("First name").fill("Bob")
    page.get_by_label("E-mail").fill("bob@example.com")
    for number, name in ((2, "Eve"), (3, "Carol"), (4, "Dave")):
        page.get_by_role("button", name="Add another person").click()
        box = page.locator(f"#id_p{number}-first_name")
        box.wait_for()
        page.locator(f"#id_p{number}-first_name:focus").wait_for()
        page.keyboard.type(name)
        page.locator(f"#id_p{number}-email").fill(f"{name.lower()}@example.com")
    page.get_by_role("button", name="Remove person 2").click()
    page.locator("#id_p2-email").wait_for(state="detached")
    assert page.locator("#id_p4-first_name").input_value() == "Dave"
    dave = page.get_by_role("group", name="Person 3").last
    dave.get_by_label("Own agenda").check()
    dave.get_by_role("checkbox", name="Tides").uncheck()
    page.get_by_role("group", name="Only if all of us get a seat").get_by_role(
        "checkbox", name="Tides"
    ).check()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    if page.has_javascript:
        assert_accessible(page)
    page.get_by_role("button", name="Register 3 people").click()
    page.get_by_role("heading", name="3 people are registered").wait_for()
    assert page.get_by_text("Waiting together, until there is a seat for all of you").count() == 2
    assert (holders(knots), len(holders(tides))) == ({"bob", "carol", "dave"}, 2)
    assert WaitlistItem.objects.filter(together__isnull=False).count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    if page.has_javascript:
        assert_accessible(page)
