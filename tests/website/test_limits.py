"""How often one visitor may ask; a whole audience behind one address is never stopped."""

from __future__ import annotations

import pytest
from django.test import Client

from registrations.models import AgendaDraft, EventRegistration
from registrations.rules.people import Attendee
from tests.factories import EventFactory, SessionFactory
from tests.website.clicks import choose, finish, use_up

pytestmark = pytest.mark.django_db


def test_registering_is_limited_by_network_address(client, event, bob):
    choose(client, SessionFactory(event=event))
    use_up("register-from")
    assert finish(client, event, bob).status_code == 429
    assert EventRegistration.objects.count() == 0


def test_registering_is_limited_by_mailbox(client, bob, carol):
    summit = EventFactory(slug="summit", session_level=False, capacity=1, waitlist_enabled=False)
    finish(Client(), summit, carol)
    statuses = {finish(client, summit, bob).status_code for _time in range(20)}
    assert (statuses, finish(client, summit, bob).status_code) == ({409}, 429)


def test_an_audience_registers_from_one_address(event):
    session = SessionFactory(event=event)
    for number in range(35):
        browser = Client()
        choose(browser, session)
        assert finish(browser, event, Attendee(f"g{number}@example.com", "G", "G")).status_code == 302


def test_new_drafts_are_limited_and_those_begun_go_on(client, event):
    knots, tides = SessionFactory.create_batch(2, event=event)
    choose(client, knots)
    use_up("draft-from")
    assert choose(client, tides).status_code == 302
    assert choose(Client(), tides).status_code == 429
    assert AgendaDraft.objects.count() == 1
