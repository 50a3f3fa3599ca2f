"""What becomes of an order stands in its invoices and credit notes, and its payer gets them by mail."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from events.actors import SYSTEM, Actor
from events.models import Sale
from registrations.actions import (
    add_to_event,
    begin_payment,
    cancel_order,
    expire_orders,
    mark_paid,
    place_order,
    refund_order,
    settle_payment,
)
from registrations.models import Invoice, Notification, Order
from registrations.queries.recount import recount
from registrations.rules.orders import Bought
from tests.engine.acts import person
from tests.factories import EventFactory, PassFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
BOB, CAROL = person("Bob"), person("Carol")
NOW = timezone.now()


@pytest.fixture
def offered():
    event = EventFactory(session_level=False, capacity=10)
    Sale.objects.create(event=event, invoice_series="N-", seller="Harbour Society")
    return PassFactory(event=event, price=Decimal("119"), vat_rate=19)


def papers() -> list[str]:
    rows = Invoice.objects.order_by("pk")
    return [f"{each} {'-' if each.credits_id else ''}{each.total}" for each in rows]


def placed(offered, **more) -> Order:
    return place_order(offered.event, BOB, [Bought(BOB, offered), Bought(CAROL, offered)], at=NOW, **more)


def pay(order: Order, at=NOW, reference: str = "one") -> None:
    payment = begin_payment(order, "test", reference, at=at)
    settle_payment(payment, amount=Decimal(238), currency="EUR", at=at)


def test_one_paid_online_is_invoiced_when_paid_and_credited_when_given_back(offered) -> None:
    order = placed(offered)
    assert papers() == []
    pay(order)
    assert papers() == ["N-00001 238.00"]
    assert Invoice.objects.get().content["rates"][0]["vat"] == "38.00"
    staff = Actor.staff(UserFactory(is_superuser=True))
    refund_order(Order.objects.get(), lines=[order.order_lines.last()], reason="Ill", actor=staff, at=NOW)
    assert papers() == ["N-00001 238.00", "N-00002 -119.00"]
    cancel_order(Order.objects.get(), actor=staff, reason="Storm", at=NOW)
    assert papers()[2:] == ["N-00003 -119.00"]
    assert recount() == []


def test_one_by_invoice_is_invoiced_at_once_credited_when_it_ends_and_invoiced_anew_when_paid_late(
    offered,
) -> None:
    order = placed(offered, way=Order.Way.INVOICE)
    assert papers() == ["N-00001 238.00"]
    later = NOW + timedelta(days=200)
    expire_orders(at=later)
    assert papers() == ["N-00001 238.00", "N-00002 -238.00"]
    assert offered.event.starts_at > later
    pay(order, at=later + timedelta(minutes=1))
    assert papers()[2:] == ["N-00003 238.00"]
    kinds = {"order_placed", "order_expired", "order_paid"}
    assert set(Notification.objects.filter(contact=order.payer).values_list("kind", flat=True)) >= kinds
    assert recount() == []


def test_one_given_on_trust_is_invoiced_at_once_and_not_again_when_paid(offered) -> None:
    add_to_event(offered.event, [BOB], offered, actor=SYSTEM, at=NOW)
    assert papers() == ["N-00001 119.00"]
    mark_paid(Order.objects.get(), actor=SYSTEM, at=NOW)
    assert papers() == ["N-00001 119.00"]
    assert recount() == []
