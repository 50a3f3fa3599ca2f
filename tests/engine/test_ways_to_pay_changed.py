"""An order held for a payment online becomes one by invoice: held longer, invoiced, and settled by whatever comes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from events.actors import SYSTEM
from events.errors import Invalid
from events.errors_of_orders import OrderOver
from events.models import Event, Pass, Sale
from registrations.actions import (
    Settled,
    begin_payment,
    cancel_order,
    change_way,
    expire_orders,
    mark_paid,
    place_order,
    settle_payment,
)
from registrations.models import Invoice, Order
from registrations.queries.recount import recount
from registrations.rules.orders import Bought
from tests.engine.acts import figures, mails, person
from tests.factories import EventFactory, PassFactory

pytestmark = pytest.mark.django_db(transaction=True)
BOB = person("Bob")
Way = Order.Way


@pytest.fixture
def offered(db: None) -> Pass:
    """A pass of twenty euros, sold by invoice too."""
    event = EventFactory(session_level=False, capacity=10, how_to_pay="By transfer.")
    Sale.objects.create(event=event, invoice_days=7)
    return PassFactory(event=event, capacity=4, price=20)


def placed(offered: Pass, **more: Any) -> Order:
    return place_order(offered.event, BOB, [Bought(BOB, offered)], **more)


def test_it_is_held_longer_invoiced_and_mailed_once(offered):
    order, now = placed(offered), timezone.now()
    changed = change_way(order, Way.INVOICE, at=now)
    assert (changed.way, changed.held_until) == ("invoice", now + timedelta(days=7))
    assert change_way(order, Way.INVOICE, at=now + timedelta(days=1)).held_until == changed.held_until
    assert [(row.total, row.due_at) for row in Invoice.objects.all()] == [(20, changed.held_until)]
    assert mails("order_placed") == [("order_placed", "bob")] * 2
    expire_orders(now + timedelta(days=6))
    assert figures(offered) == (4, 0, 1, 0)
    assert mark_paid(order, actor=SYSTEM) == Settled.SEATED
    assert Invoice.objects.count() == 1
    assert not list(recount())


def test_what_was_begun_online_still_settles_it(offered):
    order = placed(offered)
    payment = begin_payment(order, "test", reference="t-1")
    change_way(order, Way.INVOICE)
    assert settle_payment(payment, amount=Decimal(20), currency="EUR") == Settled.SEATED
    assert (Order.objects.get().state, Invoice.objects.count()) == ("paid", 1)
    assert not list(recount())


def test_never_beyond_the_events_start(offered):
    soon = offered.event.starts_at - timedelta(days=2)
    assert change_way(placed(offered, at=soon), Way.INVOICE, at=soon).held_until == offered.event.starts_at


@pytest.mark.parametrize(
    "keep_from",
    [
        lambda order: Pass.objects.update(pay_by_invoice=False),
        lambda order: Event.objects.update(how_to_pay=""),
        lambda order: mark_paid(order, actor=SYSTEM),
        lambda order: cancel_order(order, actor=SYSTEM),
        lambda order: Order.objects.update(held_until=timezone.now() - timedelta(seconds=1)),
    ],
    ids=["pass", "event", "paid", "cancelled", "late"],
)
def test_only_where_it_is_sold_so_and_waits(offered, keep_from):
    order = placed(offered)
    keep_from(order)
    with pytest.raises(OrderOver):
        change_way(order, Way.INVOICE)
    assert Order.objects.get().way == "online"


def test_no_other_way_is_chosen_so(offered):
    with pytest.raises(Invalid):
        change_way(placed(offered), Way.COMPLIMENTARY)
