"""A busy day on a phone: jump to an hour, fold, filter; with scripts and without."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from events.models import Event
from tests.website.test_timeline import LIST, busy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHIFTS = """() => new Promise(done => {
  let moved = 0;
  new PerformanceObserver(list => list.getEntries().forEach(each => { moved += each.value; }))
    .observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => done(moved)));
})"""


@pytest.mark.parametrize(
    "browser_page",
    [{"width": 320}, {"width": 320, "javascript": False}],
    indirect=True,
    ids=["scripts", "none"],
)
def test_busy_day_on_a_phone(browser_page: Any, event: Event, assert_accessible: Any) -> None:
    busy(event)
    page = browser_page
    page.goto(LIST)
    rows, early = page.locator(".session-row"), page.locator("#at-2031-05-05T0900")
    # Without scripts a button to search stands above them.
    assert rows.first.bounding_box()["y"] <= (380 if page.has_javascript else 440)
    assert rows.count() == 48
    if page.has_javascript:
        assert page.evaluate(SHIFTS) == 0
        assert_accessible(page)
    # An hour that is not drawn yet: the jump lands at it, and what lies between is not asked for.
    page.locator(".hours").get_by_role("link", name="15:00").click()
    later = page.locator("#at-2031-05-05T1500")
    if not page.has_javascript:
        later.get_by_role("link", name="Show 6 sessions").click()
    expect(later.locator(".session-row")).to_have_count(6)
    expect(later.locator("summary")).to_be_in_viewport()
    assert page.locator("#at-2031-05-05T1300 .session-row").count() == 0
    page.goto(LIST)
    early.locator("summary").click()
    expect(early.locator(".session-row").first).to_be_hidden()
    if page.has_javascript:
        # What was folded stays so when seats are looked at anew, and when a filter brings the day anew.
        page.evaluate("document.dispatchEvent(new Event('seatwise:look'))")
        page.locator(".filters-fold summary").click()
        page.get_by_label("Seats free").check()
        expect(page.locator(".chips")).to_contain_text("Seats free")
        expect(page.locator("#filter-count")).to_have_text("1")
        assert page.url.endswith("?free=true")
        assert early.get_attribute("open") is None
        page.get_by_role("link", name="Remove the filter “Seats free”").click()
        page.wait_for_url(f"**{LIST}?")
    expect(rows.last).to_be_attached()
