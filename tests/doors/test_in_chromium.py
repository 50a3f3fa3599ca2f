"""Paper and the pages around doors in a real browser: as many pages as badges, of their size, and no barriers."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from registrations import actions
from registrations.links import manage_path
from registrations.models import EventRegistration
from tests.admin_panels.helpers import fill, tab
from tests.factories import SessionFactory, SessionTrackFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
POINTS_IN_MM = 72 / 25.4


def test_prints_as_many_pages_as_badges_and_shows_doors_without_barriers(
    open_browser, sign_in, assert_accessible, screenshot
):
    track = SessionTrackFactory(name="Navigation", colour="#1d4f91")
    session = SessionFactory(event=track.event, track=track)
    event = session.event
    event.badge_width_mm, event.badge_height_mm = 105, 74
    event.save()
    fill(session, 3)
    long = EventRegistration.objects.order_by("pk")[0]
    EventRegistration.objects.filter(pk=long.pk).update(
        first_name="Wolfeschlegelstein", last_name="von der " * 9, company="Tide, Dredge and Daughters " * 6
    )
    page = open_browser(width=320, dark=True)
    sign_in(page, UserFactory(is_superuser=True, is_staff=True))
    page.goto(reverse("admin:panel_print", args=["event", event.pk, "event_registrations", "badges"]))
    assert_accessible(page, themes=True)
    page.get_by_role("button", name="Print 3 badges").click()
    page.get_by_role("button", name="Print").wait_for()
    assert_accessible(page, themes=True)
    screenshot(page, "badges-320")
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 3
    sizes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed)
    assert {tuple(round(float(side) / POINTS_IN_MM) for side in size) for size in sizes} == {(105, 74)}
    actions.door_code_of(long)
    shown = [
        tab(event, "doors"),
        reverse("admin:add_device", args=["event", event.pk]),
        reverse("admin:panel_print", args=["session", session.pk, "session_registrations", "door_list"]),
        manage_path(EventRegistration.objects.select_related("event").get(pk=long.pk)),
    ]
    for address in shown:
        page.goto(address)
        assert_accessible(page, themes=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
