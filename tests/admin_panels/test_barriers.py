"""Pages of the desk that Django draws: lists with dates and pages, lines of a form, histories, light and dark."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.admin_panels.helpers import fill, tab
from tests.factories import CustomRegistrationFieldFactory, LayoutFactory, PassFactory, SessionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_pages_that_django_draws_have_no_barriers(
    open_browser, sign_in, alice, event, assert_accessible, screenshot
):
    session = SessionFactory(event=event, capacity=200)
    fill(session, 104)
    layout = LayoutFactory()
    CustomRegistrationFieldFactory(event=event)
    page = open_browser(width=1440, dark=True)
    sign_in(page, alice)
    lists = ["registrations_activity", "registrations_eventregistration", "events_contact", "events_event"]
    places = [
        *(reverse(f"admin:{name}_changelist") for name in lists),
        reverse("admin:events_contact_changelist") + "?p=2",
        reverse("admin:events_room_change", args=[layout.room_id]),
        reverse("admin:events_pass_change", args=[PassFactory().pk]),
        reverse("admin:events_event_history", args=[event.pk]),
        tab(event, "website"),
        tab(event, "more"),
        f"{tab(event, 'agenda')}&view=calendar",
    ]
    found = []
    for place in places:
        page.goto(place)
        screenshot(page, "barriers-" + place.strip("/").replace("/", "-").replace("?", "-"))
        try:
            assert_accessible(page, themes=True, headings=True)
        except AssertionError as error:
            found.append(f"{place}\n{error}")
    assert found == [], "\n\n".join(found)
