"""Orders as invoices are written for them, made without the acts that would write those themselves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from events.actors import SYSTEM
from events.models import Contact, Event, Pass
from registrations.actions.invoicing import within_credit, within_invoice
from registrations.actions.journal import Journal
from registrations.models import Invoice, Order, OrderLine
from tests.factories import ContactFactory, EventFactory, PassFactory

Way, State = Order.Way, Order.State
TERMS = {
    "seller": "Harbour Society\nQuay 12\n3011 AA Rotterdam",
    "seller_tax_id": "NL123",
    "series": "2027-",
    "footer": "Harbour Bank, NL02 ABNA",
    "how_to_pay": "By transfer to NL02 ABNA.",
}


def owed(
    *prices: str, rate: str = "19", event: Event | None = None, payer: Contact | None = None, **fields: Any
) -> Order:
    """An order by invoice with a line for each price, on which everything is open."""
    event = event or EventFactory(session_level=False, name="Harbour Conf", timezone="Europe/Amsterdam")
    payer = payer or ContactFactory(first_name="Bob", last_name="Baker")
    now, total = timezone.now(), sum(map(Decimal, prices), Decimal(0))
    made = {"state": State.OWED, "way": Way.INVOICE, "terms": TERMS, "pay_by": now} | fields
    order = Order.objects.create(event=event, payer=payer, currency="EUR", total=total, placed_at=now, **made)
    for position, price in enumerate(map(Decimal, prices)):
        OrderLine.objects.create(
            order=order,
            event=event,
            event_pass=_pass(event, f"Pass {position}", price),
            contact=ContactFactory(),
            first_name="Łucja",
            last_name=f"Nr{position}",
            price=price,
            vat_rate=rate,
            vat=(price * Decimal(rate) / (100 + Decimal(rate))).quantize(Decimal("0.01")),
            position=position,
            is_held=False,
        )
    return order


def _pass(event: Event, name: str, price: Decimal) -> Pass:
    return Pass.objects.filter(event=event, name=name).first() or PassFactory(
        event=event, name=name, price=price
    )


def invoiced(order: Order) -> Invoice | None:
    """What `within_invoice` writes, in a transaction of its own."""
    with transaction.atomic():
        return within_invoice(Journal(SYSTEM, timezone.now(), {}), order)


def credited(order: Order, amount: str, lines: dict[int, Decimal] | None = None) -> Invoice | None:
    """What `within_credit` writes, in a transaction of its own, and the order says so."""
    order.credited += Decimal(amount)
    order.save()
    with transaction.atomic():
        journal = Journal(SYSTEM, timezone.now(), {})
        return within_credit(journal, order, Decimal(amount), lines or {}, "Goodwill")
