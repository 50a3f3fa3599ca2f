"""The link to an order's page: signed, revocable, true long enough for the payer's taxes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from events.models import Event
from registrations.links import (
    ORDER_VALID_AFTER_EVENT,
    LinkBroken,
    LinkExpired,
    manage_token,
    order_from_token,
    order_token,
)
from registrations.models import Order
from registrations.rules.people import Attendee
from tests.engine.acts import claim, contact_of, person
from tests.engine.test_orders import order
from tests.factories import EventFactory, PassFactory, SessionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
BOB = person("Bob")


@pytest.fixture
def placed() -> Order:
    event = EventFactory(session_level=False, capacity=10)
    return order(PassFactory(event=event, price=20), BOB)


def test_opens_the_order(placed: Order) -> None:
    assert order_from_token(order_token(placed)) == placed


def test_opens_nothing_by_the_link_of_another_page(placed: Order) -> None:
    registration = claim(SessionFactory(), Attendee("ada@example.org", "Ada")).registration
    assert registration is not None
    for token in ("", "abc", order_token(placed)[:-1], manage_token(registration)):
        with pytest.raises(LinkBroken):
            order_from_token(token)


def test_is_worthless_once_revoked(placed: Order) -> None:
    Order.objects.update(link_version=2)
    with pytest.raises(LinkExpired):
        order_from_token(order_token(placed))


def test_is_true_for_a_year_after_the_event(placed: Order) -> None:
    token = order_token(placed)
    over = Event.objects.get().ends_at + ORDER_VALID_AFTER_EVENT
    with time_machine.travel(over - timedelta(hours=1)):
        assert order_from_token(token) == placed
    with time_machine.travel(over + timedelta(hours=1)), pytest.raises(LinkExpired):
        order_from_token(token)
    assert contact_of(BOB) == placed.payer
