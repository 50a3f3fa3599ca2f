"""What a personal page says of the order by which its pass was bought."""

from __future__ import annotations

from dataclasses import dataclass, field

from registrations.links import order_token
from registrations.models import EventRegistration, Invoice, Order, OrderLine


@dataclass(frozen=True)
class MyPurchase:
    """The order of one attendee's pass: its page and invoices for whoever pays, for others who that is."""

    order: Order
    # Empty where somebody else pays.
    token: str = ""
    invoices: list[Invoice] = field(default_factory=list)


def purchase_of(registration: EventRegistration) -> MyPurchase | None:
    """The order by which the registration has its pass; None where it was given without one."""
    line = OrderLine.objects.filter(registration=registration).select_related("order__payer").first()
    if line is None:
        return None
    order = line.order
    order.event = registration.event
    if order.payer_id != registration.contact_id:
        return MyPurchase(order)
    invoices = Invoice.objects.filter(order=order).select_related("series").order_by("pk")
    return MyPurchase(order, order_token(order), list(invoices))
