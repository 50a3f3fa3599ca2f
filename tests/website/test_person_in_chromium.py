"""In a real browser: an address that is confirmed, a ticket without network, and somebody who is erased."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from events.models import Contact, Event
from registrations.links import manage_token, reminders_url
from registrations.models import AddressMail, EventRegistration
from tests.factories import RoomFactory, SessionFactory
from tests.journeys.ways import IS_EVERY_WAY, SCRIPTED_WAYS, VISITOR_WAYS
from tests.website.clicks import held, mine, registered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def knots(event: Event) -> Any:
    return SessionFactory(event=event, name="Knots", room=RoomFactory(name="Great Dock"))


def see(page: Any, *words: str) -> None:
    """The page comes to say all these words."""
    from playwright.sync_api import expect

    for each in words:
        expect(page.locator("main")).to_contain_text(re.compile(re.escape(each)))


def fits(page: Any, assert_accessible: Any, screenshot: Any, name: str) -> None:
    """Nothing sticks out sideways, and axe finds nothing."""
    wide, shown = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    screenshot(page, f"{name}-{shown}")
    assert wide <= shown, f"{name} is {wide} wide"
    if page.has_javascript:
        assert_accessible(page)


def until(page: Any, condition: str) -> None:
    """The condition, JavaScript that may be a promise, comes true on the page."""
    page.evaluate(
        f"""new Promise((resolve, reject) => {{
          const late = Date.now() + 15_000;
          const look = async () => {{
            if (await ({condition})) resolve();
            else if (Date.now() > late) reject(new Error("late"));
            else setTimeout(look, 50);
          }};
          look();
        }})"""
    )


def type_code(page: Any, button: str, code: str = "") -> None:
    page.get_by_label("Code").fill(code or AddressMail.objects.latest("pk").code)
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize("browser_page", VISITOR_WAYS, indirect=True)
def test_address_is_confirmed_and_the_agenda_is_kept(
    browser_page, assert_accessible, screenshot, event, knots, bob
):
    Event.objects.update(allow_anonymous_registration=False)
    page = browser_page
    page.goto("/harbour/sessions/")
    page.get_by_role("button", name="Add: Knots").first.click()
    page.locator(".seat-state").first.get_by_text("In your agenda").wait_for()
    page.goto("/harbour/register/")
    see(page, "Confirm your address first")
    fits(page, assert_accessible, screenshot, "confirm")
    page.get_by_label("E-mail").fill(bob.email)
    page.get_by_role("button", name="Mail me a code").click()
    see(page, "is on its way to bob@example.com")
    wrong = AddressMail.objects.get()
    type_code(page, "Confirm and go on", "000000" if wrong.code != "000000" else "111111")
    see(page, "This is not the code of the last mail")
    fits(page, assert_accessible, screenshot, "wrong-code")
    # Back from elsewhere: the page again, and no question whether to send the form once more.
    page.goto("/harbour/")
    page.go_back()
    see(page, "is on its way to bob@example.com")
    type_code(page, "Confirm and go on")
    see(page, "Finish registration", "You have confirmed this address.")
    assert page.get_by_label("E-mail").input_value() == bob.email
    fits(page, assert_accessible, screenshot, "confirmed")
    page.get_by_label("First name").fill("Bob")
    page.get_by_role("button", name="Register", exact=True).click()
    see(page, "You are registered")
    assert held(bob) == ["Knots"]
    page.goto("/me/")
    page.get_by_label("E-mail").fill(bob.email)
    page.get_by_role("button", name="Mail me a code").click()
    see(page, "is on its way")
    type_code(page, "Show my registrations")
    see(page, "My registrations", "Harbour Conf", "You have a seat in 1 session.")
    fits(page, assert_accessible, screenshot, "mine")
    page.goto(urlsplit(reminders_url(EventRegistration.objects.get())).path)
    see(page, "If you decline, you keep your seats")
    fits(page, assert_accessible, screenshot, "reminders")
    page.get_by_role("button", name="No more reminders").click()
    see(page, "You get no reminders")
    fits(page, assert_accessible, screenshot, "no-reminders")


@pytest.mark.parametrize("browser_page", SCRIPTED_WAYS, indirect=True)
def test_ticket_opens_without_network_until_it_is_dropped(
    browser_page, assert_accessible, screenshot, event, knots, bob, carol
):
    page, context = browser_page, browser_page.context
    registration, other = registered(event, bob, knots), registered(event, carol, knots)
    page.goto(mine("manage", registration))
    until(page, "navigator.serviceWorker.controller !== null")
    scope = page.evaluate("navigator.serviceWorker.ready.then(found => new URL(found.scope).pathname)")
    assert scope == mine("manage", registration)
    context.set_offline(True)
    for address in (mine("manage", registration), mine("manage_ticket", registration)):
        page.goto(address)
        see(page, "Harbour Conf", "My ticket", "Bob Baker", "Great Dock", "As of")
        assert page.locator(".qr-code").is_visible()
        # Its colours and its age have come along.
        assert page.evaluate("getComputedStyle(document.querySelector('.ticket')).borderStyle") == "solid"
    fits(page, assert_accessible, screenshot, "ticket")
    # Nothing else of the site, and nobody else's ticket.
    for address in ("/harbour/", mine("manage", other), mine("manage_details", registration)):
        with pytest.raises(Exception, match="ERR_"):
            page.goto(address)
    context.set_offline(False)
    # A link that ended elsewhere takes the ticket along when the phone is next in touch.
    EventRegistration.objects.filter(pk=registration.pk).update(link_version=9)
    old = mine("manage", registration)
    page.goto(old)
    see(page, "This link no longer works")
    kept = "caches.keys().then(names => names.filter(name => name.startsWith('seatwise-ticket')).length)"
    until(page, f"{kept}.then(number => number === 0)")
    # Signing out does too.
    registration.refresh_from_db()
    page.goto(reverse("manage", args=["harbour", manage_token(registration)]))
    until(page, f"{kept}.then(number => number === 1)")
    until(page, "navigator.serviceWorker.controller !== null")
    page.get_by_role("button", name="Sign out on this device").click()
    see(page, "You have left your page on this device")
    until(page, f"{kept}.then(number => number === 0)")
    assert "seatwise_me" not in {cookie["name"] for cookie in context.cookies()}


@pytest.mark.parametrize("browser_page", VISITOR_WAYS[: None if IS_EVERY_WAY else 1], indirect=True)
def test_somebody_is_erased(browser_page, assert_accessible, screenshot, event, knots, bob):
    page = browser_page
    page.goto(mine("manage", registered(event, bob, knots)))
    fits(page, assert_accessible, screenshot, "manage")
    page.get_by_role("link", name="Erase me").click()
    see(page, "Your seat in 1 session is given back", "This cannot be undone")
    fits(page, assert_accessible, screenshot, "erase")
    page.get_by_role("button", name="Mail me a code").click()
    see(page, "Look into your mail")
    type_code(page, "Erase me now")
    see(page, "You are erased")
    fits(page, assert_accessible, screenshot, "erased")
    assert not Contact.objects.filter(email=bob.email).exists()
    page.goto("/harbour/")
    assert page.get_by_role("link", name="My page").count() == 0
