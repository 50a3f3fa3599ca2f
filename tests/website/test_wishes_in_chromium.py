"""The story of a draw on a small screen, with and without JavaScript: wishes, a group, the result, and a seat later."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from events.models import Event
from registrations.actions import (
    cancel_session_registrations,
    enter_public_number,
    freeze,
    publish,
    state_wishes,
)
from registrations.mail import send_due
from registrations.models import Draw, EventRegistration, SessionRegistration, Ticket
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.draws.acts import World
from tests.draws.plans import plan
from tests.engine.acts import holders
from tests.factories import SessionFactory, at
from tests.journeys.ways import SMALL
from tests.website.clicks import mine, registered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def code_in_mail() -> str:
    send_due()
    return next(word for each in reversed(mail.outbox) for word in each.subject.split() if word.isdigit())


def prove(page: Any) -> None:
    """Confirm the address, as the page asks."""
    page.get_by_role("button", name="Mail me a code").click()
    page.get_by_label("Code").fill(code_in_mail())
    page.get_by_role("button", name="Confirm and go on").click()


def wishes(page: Any) -> list[str]:
    return page.locator(".wish-what h2").all_inner_texts()


def fits(page: Any) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def move_by_keys_and_by_hand(page: Any, knots: Session, charts: Session) -> None:
    """Move Knots up by an arrow key, then drag it below Charts again; each is kept and said at once."""
    page.get_by_role("button", name="Drag, or move with the arrow keys: Knots").press("ArrowUp")
    page.locator("#live", has_text="“Knots” is your wish 1 of 2 now. Saved.").wait_for()
    dragged = page.locator(f"#handle-{knots.uuid}").bounding_box()
    below = page.locator(f"#wish-{charts.uuid}").bounding_box()
    page.mouse.move(dragged["x"] + 20, dragged["y"] + 20)
    page.mouse.down()
    page.mouse.move(dragged["x"] + 20, below["y"] + below["height"] - 5, steps=4)
    page.mouse.up()
    page.locator("#live", has_text="“Knots” is your wish 2 of 2 now. Saved.").wait_for()


def publish_with_first(draw: Draw, first: EventRegistration) -> None:
    """Publish the draw with a public number by which this person's ticket comes first."""
    later = draw.closes_at + timedelta(hours=1)
    freeze(draw, later)
    for number in itertools.count():
        enter_public_number(draw, str(number), actor=World.staff(), at=later)
        if Ticket.objects.get(draw=draw, holders__registration=first).place == 1:
            break
    publish(draw, actor=World.staff(), at=later)


@pytest.mark.parametrize("is_scripted", [True, False], ids=["scripts", "no-scripts"])
def test_wishes_alone_and_together_until_a_seat_comes_from_the_line(
    open_browser: Callable[..., Any],
    assert_accessible: Callable[..., None],
    screenshot: Callable[..., None],
    event: Event,
    is_scripted: bool,
) -> None:
    opening = SessionFactory(event=event, name="Opening", starts_at=at(8), ends_at=at(9))
    knots = SessionFactory(event=event, name="Knots", capacity=2, starts_at=at(9), ends_at=at(11))
    charts = SessionFactory(event=event, name="Charts", capacity=3, starts_at=at(12), ends_at=at(13))
    draw = plan(event, [knots, charts])
    bob, eve, carol = (
        registered(event, Attendee(f"{name}@example.com", name.title(), "Baker"), opening)
        for name in ("bob", "eve", "carol")
    )
    state_wishes(carol, draw, [(knots, None)])
    page = open_browser(width=SMALL, javascript=is_scripted, dark=not is_scripted)
    page.goto(mine("manage", bob))
    page.goto("/harbour/sessions/")
    page.get_by_role("button", name="Wish: Charts").click()
    prove(page)
    page.get_by_role("heading", name="My wishes").wait_for()
    page.goto("/harbour/sessions/")
    page.get_by_role("button", name="Wish: Knots").click()
    page.get_by_role("button", name="Remove wish: Knots").wait_for()
    page.goto(mine("manage_wishes", bob))
    assert wishes(page) == ["Charts", "Knots"]
    if is_scripted:
        assert_accessible(page, themes=True, headings=True)
        move_by_keys_and_by_hand(page, knots, charts)
    page.get_by_role("button", name="Move up: Knots").click()
    page.locator(".wishes-said", has_text="“Knots” is your wish 1 of 2 now. Saved.").wait_for()
    assert (wishes(page), fits(page)) == (["Knots", "Charts"], True)
    link = page.locator("#group-link").input_value()

    other = open_browser(width=SMALL, javascript=is_scripted)
    other.goto(mine("manage", eve))
    other.goto(link)
    other.get_by_role("button", name="Join the group").click()
    prove(other)
    other.get_by_role("button", name="Join the group").click()
    other.get_by_text("You are in the group.").wait_for()
    assert (wishes(other), fits(other)) == (["Knots", "Charts"], True)
    page.reload()
    assert page.locator(".wish-people li").all_inner_texts() == ["Bob", "Eve"]
    screenshot(page, f"wishes-{is_scripted}")

    publish_with_first(draw, carol)
    page.goto(mine("manage", bob))
    page.get_by_role("link", name="What became of my wishes").click()
    page.get_by_text("Full in round 1; your ticket was number 2 of 2.").wait_for()
    assert page.locator(".outcome-words").all_inner_texts()[1] == "You have a seat"
    assert fits(page)
    screenshot(page, f"outcome-{is_scripted}")
    if is_scripted:
        assert_accessible(page, themes=True, headings=True)
    # Carol cannot come after all: both seats go to the group.
    cancel_session_registrations(
        SessionRegistration.objects.filter(session=knots, event_registration=carol), actor=World.staff()
    )
    page.reload()
    assert page.locator(".outcome-words").all_inner_texts() == ["You have a seat", "You have a seat"]
    assert holders(knots) == {"bob", "eve"}
