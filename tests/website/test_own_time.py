"""The visitor's own time beside the event's, where something can be followed from anywhere and clocks differ."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from events.models import Event
from events.templatetags.seatwise import online_from
from sessions_app.models import Session
from tests.factories import SessionFactory, at
from tests.website.clicks import choose
from tests.website.test_timeline_in_chromium import SHIFTS


def planned(event: Event, **more: Any) -> Session:
    """A session at 10:00 by the event's clocks, two hours ahead of UTC."""
    event.timezone = "Europe/Brussels"
    event.save()
    return SessionFactory(event=event, starts_at=at(8), ends_at=at(9), **more)


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("of_event", "of_session", "is_said"),
    [
        ("on_site", "on_site", False),
        ("on_site", "webinar", True),
        ("on_site", "hybrid", True),
        ("hybrid", "on_site", True),
        ("webinar", "on_site", True),
    ],
)
def test_start_is_written_for_programs_of_what_is_followed_from_elsewhere(
    event: Event, of_event: str, of_session: str, is_said: bool
) -> None:
    event.format = of_event
    said = online_from(planned(event, format=of_session))
    assert said == ("2031-05-05T10:00+02:00" if is_said else "")


@pytest.mark.once
@pytest.mark.django_db
def test_pages_with_rows_hold_the_time_and_the_script(client: Client, event: Event) -> None:
    online = planned(event, format="webinar", name="Knots")
    planned(event, name="Ropes")
    choose(client, online)
    addresses = [reverse(name, args=[event.slug]) for name in ("session_list", "agenda")]
    for address in (*addresses, reverse("session_page", args=[event.slug, online.uuid])):
        page = client.get(address).content.decode()
        assert page.count('<time class="own-time" datetime="2031-05-05T10:00+02:00">') == 1, address
        assert "js/own-time.js" in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_visitor_elsewhere_reads_their_own_time(open_browser: Any, event: Event) -> None:
    online = planned(event, format="webinar", name="Knots")
    SessionFactory(event=event, format="webinar", name="Late", starts_at=at(22, 30), ends_at=at(23))
    page = open_browser(width=320)
    programme = reverse("session_list", args=[event.slug])
    page.goto(programme)
    rows = page.locator(".session-row")
    expect(rows.filter(has_text="Knots").locator(".own-time")).to_have_text("08:00 where you are")
    # Another day there.
    expect(rows.filter(has_text="Late").locator(".own-time")).to_have_text("Mon 22:30 where you are")
    assert page.evaluate(SHIFTS) == 0
    page.goto(reverse("session_page", args=[event.slug, online.uuid]))
    expect(page.locator(".facts .own-time")).to_be_visible()

    Event.objects.update(timezone="Etc/UTC")
    page.goto(programme)
    expect(rows.filter(has_text="Knots").locator(".own-time")).to_be_hidden()
    assert page.locator(".own-time.is-said").count() == 0
