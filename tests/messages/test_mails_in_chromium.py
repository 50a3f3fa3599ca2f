"""The page of an event's mails in a real browser, without JavaScript: what is written is seen before it is saved."""

from __future__ import annotations

import pytest
from django.urls import reverse

from registrations.models import MailWords, ReminderSettings
from tests.admin_panels.conftest import event, session  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1440, 320])
def test_shows_a_mail_in_its_frame_as_it_is_written_just_now(
    open_browser,
    sign_in,
    alice,
    screenshot,
    event,  # noqa: F811
    session,  # noqa: F811
    width,
):
    page = open_browser(width=width, javascript=False)
    sign_in(page, alice)
    address = reverse("admin:event_mails", args=["event", event.pk])
    page.goto(address)
    page.get_by_text("Session changed", exact=True).click()
    frame = page.frame_locator("iframe[name=look-session_changed]")
    assert frame.get_by_role("heading", name="Your session has a new time").is_visible()
    page.get_by_label("Own paragraph: Session changed").fill("Wear **boots**, {first_name}.")
    page.locator("details[open]").get_by_role("button", name="Look at it").click()
    frame.get_by_text("boots", exact=True).wait_for()
    assert page.url.endswith(address)
    assert page.get_by_label("Own paragraph: Session changed").input_value().startswith("Wear")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    screenshot(page, f"mails-{width}")
    page.get_by_label("Own paragraph: Session changed").clear()
    page.get_by_label("Reminder before the event (hours)").fill("48")
    page.get_by_label("Reminder before the event (hours)").press("Enter")
    page.get_by_text("are changed.").wait_for()
    assert (ReminderSettings.objects.get().event_hours, MailWords.objects.exists()) == (48, False)
