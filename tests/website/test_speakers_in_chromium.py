"""From a speaker's page to a star, a seat and the warning about the way there: with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from events.models import Event
from events.models.walks import walk_key
from registrations.queries import interested_in
from tests.factories import RoomFactory, SessionFactory, SpeakerFactory, at
from tests.journeys.ways import VISITOR_WAYS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("browser_page", VISITOR_WAYS, indirect=True)
def test_from_the_speaker_to_the_star_the_seat_and_the_walk(
    browser_page: Any, assert_accessible: Callable[..., None], event: Event
) -> None:
    hall, shed = RoomFactory(), RoomFactory()
    event.walk_minutes = {walk_key(hall.building_id, shed.building_id): 6}
    event.save()
    times = {"Knots": (hall, at(10), at(11)), "Ropes": (shed, at(11, 5), at(12))}
    knots, ropes = (
        SessionFactory(
            event=event, name=name, room=room, building=room.building, starts_at=begins, ends_at=ends
        )
        for name, (room, begins, ends) in times.items()
    )
    alma = SpeakerFactory(event=event, name="Alma Diaz", links="Blog https://alma.example.org")
    for session in (knots, ropes):
        session.speakers.add(alma)
    page = browser_page
    page.goto("/harbour/speakers/")
    page.get_by_role("link", name="Alma Diaz").click()
    star = page.get_by_role("button", name="Interested in Ropes")
    star.click()
    page.locator(f"#star-{ropes.uuid}[aria-pressed=true]").wait_for()
    page.get_by_role("button", name="Add: Knots").click()
    page.locator(f"#seat-{ropes.uuid}").get_by_text("6 min walk from").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert interested_in([ropes.pk]) == {ropes.pk: 1}
    if page.has_javascript:
        assert_accessible(page)
    page.get_by_role("button", name="Add: Ropes").click()
    page.locator(f"#button-{ropes.uuid}").get_by_text("Remove").wait_for()
    page.goto("/harbour/agenda/")
    page.get_by_text("6 min walk, you have 5").wait_for()
