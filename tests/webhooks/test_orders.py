"""What other systems are told of orders and their money: each step once, with the record as it was then."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from events.actors import IMPORT, SYSTEM
from registrations import actions
from registrations.models import Order
from registrations.rules.orders import Bought
from registrations.webhooks.planning import plan
from tests.engine.acts import contact_of, person
from tests.factories import EventFactory, PassFactory
from tests.webhooks.scenes import deliveries, undescribed

pytestmark = pytest.mark.django_db
ALICE, BOB = person("alice"), person("bob")
KINDS = ["order.*", "payment.*", "refund.*"]
# Beside what a message alone says.
SAME = (
    *("id", "secure_id", "code", "event_id", "state", "way", "currency", "total", "credited", "received"),
    *("payer_id", "email", "placed_at", "held_until", "pay_by", "paid_at", "ended_at"),
)


@pytest.fixture
def ticket(db: None) -> Any:
    event = EventFactory(session_level=False, capacity=10, how_to_pay="By transfer.")
    return PassFactory(event=event, capacity=3, price=Decimal("20.00"))


def place(ticket: Any, **more: Any) -> Order:
    return actions.place_order(ticket.event, ALICE, [Bought(ALICE, ticket), Bought(BOB, ticket)], **more)


def names() -> list[str]:
    plan()
    return [row.name for row in deliveries()]


def told(name: str) -> list[dict[str, Any]]:
    return [row.payload["data"] for row in deliveries(name=name)]


def record(api: Any, order: Order) -> dict[str, Any]:
    said = api.get(f"/orders/{order.pk}").json()
    return {name: said[name] for name in SAME}


def test_whole_way_is_told_as_it_was_though_the_worker_comes_late(hook, api, ticket):
    hook(*KINDS, client=api.client)
    order = place(ticket, way=Order.Way.INVOICE)
    then = [record(api, order)]
    until = timezone.now() + timedelta(days=3)
    actions.extend_order(order, until, actor=SYSTEM)
    then.append(record(api, order))
    actions.change_billing(order, {"city": "Ghent"}, actor=IMPORT)
    then.append(record(api, order))
    actions.mark_paid(order, actor=IMPORT)
    then.append(record(api, order))
    line = order.order_lines.get(contact__email=BOB.email)
    [refund] = actions.refund_order(order, lines=[line], reason="Cannot come", actor=IMPORT)
    then.append(record(api, order))
    actions.note_refunded(refund, "r-1")
    actions.cancel_order(order, actor=IMPORT, reason="All off")
    then.append(record(api, order))
    assert names() == [
        *("order.placed", "order.updated", "order.updated", "payment.received", "order.paid"),
        *("refund.due", "order.updated", "refund.done", "refund.due", "order.cancelled"),
    ]
    said = [*told("order.placed"), *told("order.updated")[:2], *told("order.paid")]
    said += [told("order.updated")[2], *told("order.cancelled")]
    assert [{name: each[name] for name in SAME} for each in said] == then
    assert [line["registrant_id"] for line in said[0]["lines"]] == [None, None]
    assert all(line["registrant_id"] for line in said[3]["lines"])
    assert [(each["state"], each["done_at"]) for each in told("refund.due")] == [("due", None)] * 2
    assert undescribed() == []


def test_expired_and_wrong_sum(hook, api, ticket):
    hook(*KINDS, client=api.client)
    order = place(ticket)
    payment = actions.begin_payment(order, "test", reference="t-1")
    actions.settle_payment(payment, amount=Decimal(5), currency="EUR")
    actions.expire_orders(timezone.now() + timedelta(hours=2))
    assert names() == ["order.placed", "payment.wrong", "order.expired"]
    assert [(each["state"], each["amount"]) for each in told("payment.wrong")] == [("wrong", "5.00")]
    assert [(each["state"], each["received"]) for each in told("order.expired")] == [("expired", "0.00")]


def test_owed_by_a_pass_that_staff_give(hook, api, ticket):
    hook(*KINDS, "registrant.created", client=api.client)
    actions.add_to_event(ticket.event, [BOB], ticket, actor=IMPORT)
    assert sorted(names()) == ["order.placed", "registrant.created"]
    assert [each["state"] for each in told("order.placed")] == ["owed"]
    [registrant] = told("registrant.created")
    assert registrant["order_id"] == Order.objects.get().pk


def test_of_an_erased_payer_only_a_tombstone_is_told(hook, api, ticket):
    hook(*KINDS, client=api.client)
    place(ticket)
    actions.erase_contact(contact_of(ALICE), actor=SYSTEM)
    names()
    assert {(each["email"], "erased_at" in each) for each in told("order.placed")} == {("", True)}
