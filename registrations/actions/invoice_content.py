"""What an invoice says, frozen when it is written: facts, which its file puts into words of the payer's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from events.models import Event
from registrations.models import Invoice, Order, OrderLine
from registrations.rules.invoices import sums_by_rate

# Raised when later ones say something else, for what draws them to know.
VERSION = 1


def line_of(row: OrderLine, price: Decimal, vat: Decimal) -> dict[str, Any]:
    """One line: a pass for a person, at this price, of which so much is VAT."""
    return {
        "line": row.pk,
        "pass": row.event_pass.name,
        "attendee": f"{row.first_name} {row.last_name}".strip(),
        "price": str(price),
        "vat_rate": str(row.vat_rate),
        "vat": str(vat),
    }


def content_of(invoice: Invoice, lines: Sequence[Mapping[str, Any]], reason: str) -> dict[str, Any]:
    """Everything that the invoice's file says, as it is known now."""
    order, event = invoice.order, invoice.order.event
    return {
        "version": VERSION,
        "number": str(invoice),
        "kind": str(invoice.kind),
        "credits": str(invoice.credits) if invoice.credits else "",
        "credits_of": _iso(invoice.credits.issued_at) if invoice.credits else "",
        "reason": reason,
        "language": event.language_for(order.payer.language),
        "timezone": event.timezone,
        "issued_at": _iso(invoice.issued_at),
        "seller": order.terms.get("seller", ""),
        "seller_tax_id": order.terms.get("seller_tax_id", ""),
        "footer": order.terms.get("footer", ""),
        # Whoever got the invoice gets what takes it back, whatever became of them or their details.
        "buyer": invoice.credits.content["buyer"] if invoice.credits else _buyer(order),
        "event": _event(event),
        "order": order.code,
        "currency": invoice.currency,
        "lines": [dict(line) for line in lines],
        "rates": sums_by_rate(lines),
        "total": str(invoice.total),
        "way": str(order.way),
        "paid_at": _iso(order.paid_at),
        "pay_by": _iso(invoice.due_at),
        "how_to_pay": order.terms.get("how_to_pay", event.how_to_pay),
    }


def _buyer(order: Order) -> dict[str, str]:
    """The billing details; where they name nobody, the payer."""
    billing = {name: str(value) for name, value in order.billing.items() if value}
    if not (billing.get("name") or billing.get("company")):
        billing["name"] = order.payer_name
    return {**billing, "email": order.payer.email}


def _event(event: Event) -> dict[str, str]:
    return {
        "name": event.name,
        "starts_at": _iso(event.starts_at),
        "ends_at": _iso(event.ends_at),
        "colour": event.accent_colour,
    }


def _iso(moment: Any) -> str:
    return moment.isoformat() if moment else ""
