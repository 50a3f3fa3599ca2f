"""At most one session of a track, in a real browser: the button says why before the click."""

from __future__ import annotations

from typing import Any

import pytest

from events.models import Event
from sessions_app.models import Session
from tests.factories import SessionFactory, SessionTrackFactory
from tests.website.test_in_chromium import expect, press, seat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIMIT = "At most 1 session of this track can be chosen; this counts: Knots"
SIZES = [{"width": 1440}, {"width": 320, "dark": True, "javascript": False}]


@pytest.fixture
def workshops(event: Event) -> list[Session]:
    """Two workshops of a track of which everybody may choose one, and a talk."""
    track = SessionTrackFactory(event=event, name="Workshops", most_sessions=1)
    return [
        SessionFactory(event=event, name="Knots", track=track),
        SessionFactory(event=event, name="Sails", track=track),
        SessionFactory(event=event, name="Tides"),
    ]


@pytest.mark.parametrize("browser_page", SIZES, indirect=True)
def test_button_says_the_limit_before_the_click(browser_page: Any, workshops, screenshot) -> None:
    page, (knots, sails, tides) = browser_page, workshops
    page.goto("/harbour/sessions/")
    press(page, "Add", knots)
    expect(seat(page, sails), LIMIT)
    screenshot(page, "track-limit")
    assert page.get_by_role("button", name="Add: Sails").count() == 0
    expect(seat(page, tides), "Add")
    press(page, "Remove", knots)
    expect(seat(page, sails), "10 seats left", "Add")
