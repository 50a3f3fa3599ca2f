"""Billing details said otherwise: what was invoiced is invoiced anew, and other systems are told."""

from __future__ import annotations

from typing import Any

import pytest

from events.actors import SYSTEM
from events.errors import Invalid
from events.errors_of_orders import OrderOver
from events.models import Pass
from registrations.actions import change_billing, erase_contact, place_order, refund_order
from registrations.models import Activity, Invoice, Order
from registrations.queries.recount import recount
from registrations.rules.orders import Bought
from tests.engine.acts import person
from tests.factories import EventFactory, PassFactory

pytestmark = pytest.mark.django_db(transaction=True)
BOB = person("Bob")


@pytest.fixture
def offered(db: None) -> Pass:
    """A pass of twenty euros."""
    return PassFactory(event=EventFactory(session_level=False, capacity=10), capacity=4, price=20)


def placed(offered: Pass, way: Order.Way = Order.Way.INVOICE, **more: Any) -> Order:
    return place_order(offered.event, BOB, [Bought(BOB, offered)], way=way, billing={"city": "Bonn"}, **more)


def papers() -> list[tuple[str, int, str]]:
    rows = Invoice.objects.order_by("number")
    return [(row.kind, row.total, row.content["buyer"].get("city", "")) for row in rows]


def changes() -> list[dict[str, Any]]:
    return list(Activity.objects.filter(verb="billing_changed").values_list("detail", flat=True))


def test_what_is_left_of_the_invoice_is_invoiced_anew(offered):
    order = placed(offered, owed=True, actor=SYSTEM)
    refund_order(order, amount=5, keep_seats=True, reason="Rain", actor=SYSTEM)
    change_billing(order, {"city": " Ghent ", "name": ""}, actor=SYSTEM)
    order.refresh_from_db()
    assert order.billing == {"city": "Ghent"}
    assert [paper[:2] for paper in papers()] == [
        ("invoice", 20),
        ("credit_note", 5),
        ("credit_note", 15),
        ("invoice", 15),
    ]
    assert (papers()[0][2], papers()[-1][2]) == ("Bonn", "Ghent")
    [said] = changes()
    assert (said["order"], said["then"]["credited"]) == (order.pk, "5.00")
    change_billing(order, {"city": "Ghent"}, actor=SYSTEM)
    assert (len(papers()), len(changes())) == (4, 1)
    assert not list(recount())


def test_nothing_is_written_before_there_is_an_invoice(offered):
    order = placed(offered, Order.Way.ONLINE)
    change_billing(order, {"city": "Ghent"}, actor=SYSTEM)
    assert (Order.objects.get().billing, papers(), len(changes())) == ({"city": "Ghent"}, [], 1)


def test_unknown_details_long_ones_and_an_erased_payer_are_refused(offered):
    order = placed(offered)
    for wrong in ({"planet": "Mars"}, {"city": "x" * 201}):
        with pytest.raises(Invalid) as refused:
            change_billing(order, wrong, actor=SYSTEM)
        assert list(refused.value.data["fields"]) == list(wrong)
    erase_contact(order.payer, actor=SYSTEM)
    before = papers()
    with pytest.raises(OrderOver):
        change_billing(order, {"city": "Ghent"}, actor=SYSTEM)
    assert (Order.objects.get().billing, papers(), changes()) == ({}, before, [])
