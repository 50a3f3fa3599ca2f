"""What buyers do, in a word: order a pass, go to the bank, pay there; and what the bank then sends us."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from registrations.actions import place_order
from registrations.models import EventRegistration, Order, Payment, Refund
from registrations.payments import flow
from registrations.rules.orders import Bought
from registrations.rules.people import Attendee
from tests.factories import EventFactory, PassFactory
from tests.payments.bank import Bank


def offered(number: int = 5, **more: Any) -> Any:
    """A pass of twenty euros, of which so many are left."""
    event = EventFactory(session_level=False, capacity=100)
    return PassFactory(event=event, capacity=number, price=20, **more)


def order(of_pass: Any, who: Attendee, **more: Any) -> Order:
    """One pass for one person, held while they pay."""
    return place_order(of_pass.event, who, [Bought(who, of_pass)], **more)


def sent_to_bank(placed: Order, at: datetime | None = None) -> Payment:
    """The payment, once the payer stands before the bank's page."""
    address = flow.start(placed, "stripe", at=at)
    return Payment.objects.get(order=placed, address=address)


def tell(
    message: tuple[bytes, dict[str, Any]],
    provider: str = "stripe",
    *,
    client: Client | None = None,
    content_type: str = "application/json",
) -> Any:
    """Send a message to us as a provider does; return the answer."""
    body, headers = message
    address = reverse("payment_webhook", args=[provider])
    return (client or Client()).post(address, body, content_type=content_type, headers=headers)


def confirmed(event: Any) -> int:
    """How many are registered at the event."""
    return EventRegistration.objects.confirmed().filter(event=event).count()


def astray(of_pass: Any, bank: Bank) -> list[str]:
    """What is wrong with the money: a payment that is neither a seat nor a refund, a euro that is nobody's."""
    found = []
    payments = Payment.objects.filter(order__event=of_pass.event, paid_at__isnull=False)
    for payment in payments.select_related("order"):
        back = sum((each.amount for each in payment.refunds.filter(state=Refund.State.DONE)), Decimal(0))
        is_seat = payment.state == Payment.State.PAID and payment.order.state == Order.State.PAID
        if back != (0 if is_seat else payment.amount):
            found.append(f"payment {payment.pk} of order {payment.order.state}: {back} went back")
    paid = Order.objects.filter(event=of_pass.event, state=Order.State.PAID)
    owed = sum((each.total - each.credited for each in paid), Decimal(0))
    if owed * 100 != bank.kept():
        found.append(f"paid orders come to {owed}, the bank kept {Decimal(bank.kept()) / 100}")
    if confirmed(of_pass.event) > (of_pass.seats.capacity or 0):
        found.append("more were seated than there are passes")
    return found
