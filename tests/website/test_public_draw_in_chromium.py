"""A visitor checks a published draw in their own browser, and finds what was changed."""

from __future__ import annotations

import pytest

from registrations.models import Draw, DrawDecision, Ticket
from tests.draw.published import published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.once]


def test_visitor_decides_again(open_browser, assert_accessible, event):
    draw = published(event)
    address = f"/harbour/draw/{draw.uuid}/"
    page = open_browser(width=320, dark=True)
    page.goto("/harbour/")
    page.get_by_role("link", name="About the draw").click()
    page.get_by_role("button", name="Decide again in this browser").click()
    page.get_by_text("The same 15 decisions, to the letter.").wait_for()
    page.get_by_label("Code of the ticket").fill(Ticket.objects.get(draw=draw, place=1).code)
    page.get_by_role("button", name="Look up").click()
    page.get_by_text("Number 1 of 5 in the drawn order").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert_accessible(page)
    DrawDecision.objects.filter(draw=draw, verdict="full").update(verdict="clash")
    # Under another seed nothing is known from before.
    Draw.objects.filter(pk=draw.pk).update(seed=draw.seed[::-1])
    other = open_browser()
    other.goto(address)
    other.get_by_role("button", name="Decide again in this browser").click()
    other.get_by_text("of the published decisions says").wait_for()
    Draw.objects.filter(pk=draw.pk).update(commitment="0" * 64)
    other.reload()
    other.get_by_role("button", name="Decide again in this browser").click()
    other.get_by_text("they were changed").wait_for()
    old = open_browser()
    old.add_init_script("Object.defineProperty(window, 'crypto', { value: undefined })")
    old.goto(address)
    old.get_by_text("This browser cannot compute fingerprints on this page.").wait_for()
    assert not old.get_by_role("button", name="Decide again in this browser").is_visible()
    plain = open_browser(javascript=False)
    plain.goto(address)
    assert not plain.get_by_role("button", name="Decide again in this browser").is_visible()
    assert plain.get_by_text("python3 snake.py wishes.json").is_visible()
