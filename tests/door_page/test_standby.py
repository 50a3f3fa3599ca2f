"""The door page names whom standby admits, and lets the next one in where nobody answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from events.actors import SYSTEM
from registrations.actions import begin_pairing, check_in, join_waitlist
from registrations.models import CheckIn, EventRegistration
from tests.engine.acts import figures, fill, person
from tests.factories import EventFactory, SessionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_calls_whoever_is_first_and_gives_the_place_to_the_next(open_browser, assert_seats_true):
    event = EventFactory()
    session = SessionFactory(event=event, name="Knots", capacity=2, own_standby_minutes=10)
    session.validate_registrants = True
    fill(session)
    for name in ("Ana", "Ben"):
        join_waitlist(session, person(name))
    now = timezone.now()
    session.starts_at, session.ends_at = now - timedelta(minutes=5), now + timedelta(hours=1)
    session.save()
    check_in(EventRegistration.objects.order_by("pk")[0], session, actor=SYSTEM)
    page = open_browser(width=320, height=640)
    page.goto(f"/door/pair/{begin_pairing(event, name='Door 3', actor=SYSTEM).secret}/")
    page.get_by_role("button", name="Pair this phone").click()
    page.get_by_role("button", name="Knots").click()
    page.locator("#state", has_text=" old").wait_for()
    page.locator("#typed").fill("Ben")
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_contain_text("Waiting: 2nd in line")
    expect(page.locator("#called")).to_contain_text("Ana Test")
    expect(page.locator("#give-seat")).to_be_hidden()
    page.get_by_role("button", name="Nobody answers: give the place").click()
    expect(page.locator("body")).to_have_attribute("data-outcome", "admitted")
    expect(page.locator("#called")).to_be_hidden()
    ben = EventRegistration.objects.get(contact__email="ben@example.org")
    assert CheckIn.objects.get(event_registration=ben).session == session
    assert figures(session) == (2, 3, 0, 1)
    assert_seats_true()
