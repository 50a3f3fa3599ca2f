"""Two passes bought and paid in a browser, small without JavaScript and wide with it; then one refunded."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events.models import Sale
from registrations.actions import expire_orders
from registrations.models import Order
from tests.journeys.ways import VISITOR_WAYS
from tests.website.buying import a_pass, a_sale, the_order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.once]


def fits(page: Any) -> bool:
    """Nothing is to be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("browser_page", VISITOR_WAYS, indirect=True)
def test_buys_two_passes_pays_late_and_cancels(
    browser_page: Any,
    assert_accessible: Callable[..., None],
    screenshot: Callable[[Any, str], None],
    live_server: Any,
    settings: Any,
) -> None:
    settings.PAYMENT_PROVIDERS, settings.SITE_URL = ["test"], live_server.url
    page = browser_page
    event = a_sale()
    Sale.objects.update(refunds_until=timezone.now() + timedelta(days=1), refund_percent=100)
    a_pass(event)
    a_pass(event, "Half day", price="12.50", vat_rate=7)
    looked_at = f"{page.viewport_size['width']}"

    def look(name: str) -> None:
        screenshot(page, f"order-{name}-{looked_at}")
        assert fits(page)
        if page.has_javascript:
            assert_accessible(page, themes=True)

    page.goto("/expo/")
    page.get_by_role("link", name="Choose the pass Day pass").click()
    page.get_by_label("First name").fill("Bob")
    page.get_by_label("E-mail").fill("bob@example.com")
    page.get_by_role("button", name="Add another person").click()
    page.locator("#id_p2-first_name").fill("Carol")
    page.locator("#id_p2-email").fill("carol@example.com")
    page.locator("#id_p2-event_pass").select_option(label="Half day · EUR 12.50")
    look("form")
    if not page.has_javascript:
        # With scripts the sum follows what is chosen; without them it is shown before anything is ordered.
        page.locator(".finish-submit button").click()
    page.get_by_role("button", name="Order for EUR 52.50").wait_for()
    look("sum")
    page.get_by_role("button", name="Order for EUR 52.50").click()
    page.get_by_role("heading", name="Test payment: no money moves").wait_for()
    look("test")
    # Too late: the seats are free again while the payer looks for their card.
    order = the_order()
    page.get_by_role("link", name="Back to the order").click()
    page.get_by_role("button", name="Go on to pay EUR 52.50").wait_for()
    if page.has_javascript:
        page.locator(".order-clock", has_text=re.compile(r"^\s*(49|50):")).wait_for()
    look("held")
    page.get_by_role("button", name="Go on to pay EUR 52.50").click()
    page.get_by_role("button", name="Pay EUR 52.50").wait_for()
    expire_orders(timezone.now() + timedelta(minutes=51))
    order.refresh_from_db()
    assert order.state == Order.State.EXPIRED
    page.get_by_role("button", name="Pay EUR 52.50").click()
    # There are seats left: what came late is given all the same.
    page.get_by_role("heading", name="Paid").wait_for()
    look("paid")
    page.get_by_role("link", name="Cancel the order").click()
    page.get_by_text("EUR 52.50 go back to you.").wait_for()
    page.get_by_role("button", name="Cancel the order").click()
    page.get_by_role("heading", name="This order was cancelled").wait_for()
    page.get_by_text("EUR 52.50 go back to you.").wait_for()
    look("cancelled")
