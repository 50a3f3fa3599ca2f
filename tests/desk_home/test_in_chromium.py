"""The first page and the search in a real browser, with and without JavaScript, wide and narrow."""

from __future__ import annotations

import re

import pytest

from tests.desk_home.test_home import make_trouble

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = [1440, 768, 375]


def test_leads_from_decision_and_search_to_where_it_is_decided(
    open_browser, sign_in, alice, screenshot, assert_accessible
):
    make_trouble(alice)
    for width in WIDTHS:
        page = open_browser(width=width)
        sign_in(page, alice)
        page.goto("/admin/")
        screenshot(page, f"home-{width}")
        assert_accessible(page, themes=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("/")
        page.keyboard.type("harbour")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("q=harbour"))
        screenshot(page, f"search-{width}")
        assert_accessible(page, themes=True)
        page.locator("#content").get_by_role("link", name="Harbour 0", exact=True).click()
        page.wait_for_url(re.compile("/admin/events/event/"))


def test_works_without_javascript(open_browser, sign_in, alice, screenshot):
    make_trouble(alice)
    for width in WIDTHS:
        page = open_browser(width=width, javascript=False)
        sign_in(page, alice)
        page.goto("/admin/")
        menu = page.get_by_text("Menu", exact=True)
        assert menu.is_visible() == (width < 1024)
        if width < 1024:
            assert not page.get_by_role("link", name="Outbox").is_visible()
            menu.click()
            screenshot(page, f"menu-{width}")
        with page.expect_navigation():
            page.get_by_role("link", name="Outbox").click()
        assert page.locator("a[aria-current=page]:visible").count() == int(width >= 1024)
        page.get_by_label("Search people, sessions and events").fill("vip0")
        page.get_by_role("button", name="Search").first.click()
        page.get_by_role("heading", name="People").wait_for()
        page.goto("/admin/")
        page.get_by_role("link", name=re.compile("Over: 2 of 1")).click()
        page.get_by_role("heading", name="Over").first.wait_for()
