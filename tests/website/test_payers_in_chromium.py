"""Payers and staff in a browser: an invoice that is marked as paid, and a line for a pass that a refund lets move on.

Attendees have a small screen and no JavaScript; staff sit at a wide one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command

from events.models import Event, Pass
from registrations.actions import place_order
from registrations.links import order_path
from registrations.models import EventRegistration, Order, Payment
from registrations.payments import flow
from registrations.payments.test import TestAnswer
from registrations.rules.orders import Bought
from registrations.rules.people import Attendee
from tests.admin_panels.helpers import tab
from tests.journeys.ways import SMALL, WIDE
from tests.website.buying import HOW, a_pass, a_sale, the_order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.once]

Look = Callable[[Any, str], None]
Seats = Callable[..., None]


@pytest.fixture
def day(settings: Any, live_server: Any) -> Pass:
    """The last two passes of an event with a waitlist."""
    settings.PAYMENT_PROVIDERS, settings.SITE_URL = ["test"], live_server.url
    return a_pass(a_sale(waitlist_enabled=True), capacity=2)


@pytest.fixture
def phone(transactional_db: None, open_browser: Any) -> Any:
    return open_browser(width=SMALL, javascript=False)


@pytest.fixture
def desk(transactional_db: None, open_browser: Any, sign_in: Any, alice: Any) -> Any:
    page = open_browser(width=WIDE)
    sign_in(page, alice)
    return page


@pytest.fixture
def look(screenshot: Any, assert_accessible: Any) -> Look:
    """Nothing is to be scrolled sideways; where axe can run, it finds nothing."""

    def check(page: Any, name: str) -> None:
        page.wait_for_load_state()
        screenshot(page, f"payers-{name}-{page.viewport_size['width']}")
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        if page.has_javascript:
            assert_accessible(page)

    return check


def see(page: Any, *words: str) -> None:
    """The page comes to say all these words."""
    from playwright.sync_api import expect

    for each in words:
        # Between a currency and its sum the space does not break.
        expect(page.locator("main")).to_contain_text(re.compile(r"\s+".join(map(re.escape, each.split()))))


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def names_bob(page: Any) -> None:
    page.get_by_label("First name").fill("Bob")
    page.get_by_label("Last name").fill("Baker")
    page.get_by_label("E-mail").fill("bob@example.com")


def look_with_axe(desk: Any, phone: Any, look: Look, name: str) -> None:
    """The attendee's page where scripts run: axe is one."""
    desk.goto(phone.url)
    look(desk, name)


def open_at_desk(desk: Any, order: Order) -> None:
    """Find the order in the event's panel."""
    desk.goto(tab(order.event, "registration"))
    desk.locator("#panel-event_orders").get_by_role("link", name=order.code).click()
    see(desk, order.payer.email)


def read_mail(to: str, subject: str) -> str:
    """Let the worker do its round; return the only mail of those words to them."""
    mail.outbox.clear()
    call_command("worker", once=True, verbosity=0)
    [found] = [each for each in mail.outbox if each.to == [to] and subject in each.subject]
    return str(found.body)


def test_by_invoice_until_staff_mark_it_as_paid(
    day: Pass, phone: Any, desk: Any, look: Look, assert_seats_true: Seats
) -> None:
    phone.goto("/expo/")
    phone.get_by_role("link", name="Choose the pass Day pass").click()
    names_bob(phone)
    phone.get_by_label("By invoice").check()
    phone.get_by_text("Company, address and VAT number").click()
    phone.get_by_label("Company").fill("Baker Ltd")
    phone.get_by_label("Street and number").fill("Quay 7")
    phone.get_by_label("Your own reference").fill("PO 77")
    look(phone, "billing")
    press(phone, "Order for EUR 40.00")
    see(phone, "Waiting for your payment", "Baker Ltd", HOW)
    order = the_order()
    assert phone.locator(".order-standing .ticket-code").inner_text() == order.code
    look(phone, "transfer")
    look_with_axe(desk, phone, look, "transfer")
    invoice = phone.get_by_role("link", name="(PDF)")
    file = phone.request.get(invoice.get_attribute("href"))
    assert (file.headers["content-type"], file.body()[:5]) == ("application/pdf", b"%PDF-")
    assert not EventRegistration.objects.exists()

    open_at_desk(desk, order)
    look(desk, "desk-order")
    press(desk, "Mark as paid")
    see(desk, "EUR 40.00 open", "paid; 1 person registered and told")
    desk.get_by_label("How it came").fill("Statement 7")
    look(desk, "desk-mark")
    press(desk, "Mark 1 order as paid")
    see(desk, "1 order is paid.", "Statement 7")
    assert Payment.objects.get().note == "Statement 7"

    phone.reload()
    see(phone, "Paid", "Everybody on this order is registered")
    assert HOW not in phone.locator("main").inner_text()
    look(phone, "invoice-paid")
    assert phone.request.get(invoice.get_attribute("href")).body() == file.body()
    phone.get_by_role("link", name="My page and ticket").click()
    see(phone, "You are registered", order.code)
    assert_seats_true(swept=True)


def sold_to_two(day: Pass, *people: Attendee) -> Order:
    """Both passes, paid online."""
    order = place_order(day.event, people[0], [Bought(each, day) for each in people])
    flow.start(order, "test")
    flow.say(Payment.objects.get(order=order), TestAnswer.PAID)
    return Order.objects.select_related("event", "payer").get(pk=order.pk)


def refund_one_at_desk(desk: Any, order: Order, of: str, look: Look) -> None:
    open_at_desk(desk, order)
    press(desk, "Refund…")
    desk.get_by_label(of).check()
    desk.get_by_text("Cannot come", exact=True).click()
    press(desk, "See what happens")
    see(desk, "loses the registration, and is told")
    look(desk, "desk-refund")
    press(desk, "Give EUR 40.00 back")
    see(desk, order.code, "Cannot come")


def test_waits_for_a_sold_out_pass_is_invited_by_a_refund_and_pays(
    day: Pass,
    carol: Attendee,
    phone: Any,
    desk: Any,
    look: Look,
    assert_seats_true: Seats,
) -> None:
    event: Event = day.event
    order = sold_to_two(day, carol, Attendee("dora@example.com", "Dora", "Dale"))
    phone.goto("/expo/")
    see(phone, "Sold out – join the waitlist")
    look(phone, "sold-out")
    phone.get_by_role("link", name="Day pass").first.click()
    names_bob(phone)
    press(phone, "Join the waitlist")
    see(phone, "You are on the waitlist")
    look(phone, "waits")

    refund_one_at_desk(desk, order, "Dora Dale", look)
    # Carol paid for both, and sees who is registered no more.
    desk.goto(order_path(order))
    see(desk, "Paid", "Dora Dale Day pass Cancelled", "credited EUR 40.00", "EUR 40.00 go back to you.")
    assert "Everybody on this order is registered" not in desk.locator("main").inner_text()
    said = read_mail("bob@example.com", "seat")
    desk.reload()
    see(desk, "EUR 40.00 went back to you on")
    look(desk, "refunded")

    phone.goto(re.search(r"http\S+/invitation/\S+", said)[0])  # type: ignore[index]
    see(phone, "A seat is held for you", "EUR 40.00")
    look(phone, "invited")
    look_with_axe(desk, phone, look, "invited")
    press(phone, "Order for EUR 40.00")
    see(phone, "no money moves")
    press(phone, "Pay EUR 40.00")
    see(phone, "Everybody on this order is registered")
    look(phone, "line-paid")
    assert_seats_true(swept=True)
    phone.get_by_role("link", name="My page and ticket").click()
    see(phone, "You are registered")
    confirmed = EventRegistration.objects.confirmed().filter(event=event)
    assert {each.contact.email for each in confirmed} == {carol.email, "bob@example.com"}
