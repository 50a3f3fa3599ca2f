"""What an order asks for, what it comes to, and what goes back of it; pure, but for what is frozen in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from events.currencies import smallest_part
from events.errors import Invalid
from events.models import Event, Pass, Sale
from registrations.models import Order, OrderLine
from registrations.rules.people import Attendee
from sessions_app.models import Session

# How long seats are held while somebody pays, where nobody says otherwise.
HELD_FOR = timedelta(minutes=50)
# Stands for as long as the event's sale says.
AS_SOLD = timedelta(0)
MOST_LINES = 100
BILLING_FIELDS = ("name", "company", "street", "postcode", "city", "country", "vat_id", "reference")
LONGEST_BILLING = 200
# What one payment, and the columns of sums, can hold.
MOST = Decimal("99999999.99")


@dataclass(frozen=True)
class Bought:
    """One pass for one person; with sessions of theirs where passes and own agendas go together."""

    attendee: Attendee
    event_pass: Pass
    sessions: Sequence[Session] = ()


@dataclass(frozen=True)
class Offer:
    """What an order comes to."""

    total: Decimal
    currency: str


def cents(amount: Decimal, currency: str = "EUR") -> Decimal:
    """The amount to the smallest part of the currency, such as a cent; half of it up."""
    part = smallest_part(currency)
    return (amount / part).quantize(Decimal(1), rounding=ROUND_HALF_UP) * part


def vat_of(price: Decimal, rate: Decimal, currency: str = "EUR") -> Decimal:
    """What of a price, which contains it, is VAT at this rate in percent; to the smallest part of the currency."""
    return cents(price * rate / (100 + rate), currency)


def offer_of(passes: Sequence[Pass]) -> Offer:
    """What these passes, one of them for each line, cost together.

    Raises Invalid where they are priced in several currencies: a payment has one, and holds only so much.
    """
    currencies = {each.currency for each in passes if each.price} or {passes[0].currency}
    if len(currencies) > 1:
        raise Invalid(fields={"passes": [_("Choose passes of one currency for one order.")]})
    total = sum((each.price for each in passes), Decimal(0))
    if total > MOST:
        raise Invalid(
            fields={"passes": [_("This is more than one order can come to. Please make several orders.")]}
        )
    return Offer(total, currencies.pop())


def check_bought(bought: Sequence[Bought]) -> None:
    """Raise Invalid unless there is something, not too much, for people who can be written to, one pass for each.

    `person` in its data says for whom, counted from 0.
    """
    if not bought:
        raise Invalid(fields={"passes": [_("Choose a pass.")]})
    if len(bought) > MOST_LINES:
        raise Invalid(fields={"passes": [_("An order has at most 100 passes. Please make several orders.")]})
    seen: set[str] = set()
    for number, one in enumerate(bought):
        try:
            one.attendee.check()
            one.attendee.check_named()
        except Invalid as refusal:
            refusal.data["person"] = number
            raise
        if one.attendee.email in seen:
            raise Invalid(fields={"email": [_("Each person needs an address of their own.")]}, person=number)
        seen.add(one.attendee.email)


def checked_billing(billing: Mapping[str, object] | None) -> dict[str, str]:
    """The billing details by the names of `BILLING_FIELDS`, those left empty apart.

    Raises Invalid for a name that is none of these, and for what is too long.
    """
    given = {name: " ".join(str(value or "").split()) for name, value in (billing or {}).items()}
    wrong = {name: [_("This is no detail of an invoice.")] for name in given if name not in BILLING_FIELDS}
    wrong |= {
        name: [_("Please use at most 200 characters.")]
        for name, value in given.items()
        if len(value) > LONGEST_BILLING
    }
    if wrong:
        raise Invalid(fields=wrong)
    return {name: value for name, value in given.items() if value}


def frozen_terms(event: Event, sale: Sale) -> dict[str, object]:
    """What is kept with an order of how the event sells at this moment."""
    until = sale.refunds_until
    return {
        "text": sale.terms,
        "refunds_until": until.isoformat() if until else None,
        "refund_percent": sale.refund_percent,
        "seller": sale.seller,
        "seller_tax_id": sale.seller_tax_id,
        "series": sale.invoice_series or f"{event.pk}-",
        "footer": sale.invoice_footer,
        "how_to_pay": event.how_to_pay,
    }


def held_until(event: Event, sale: Sale, way: Order.Way, at: datetime) -> datetime:
    """Until when an order placed now is held: an invoice's days, never beyond the event's start, or its minutes."""
    until = at + timedelta(minutes=sale.hold_minutes)
    if way != Order.Way.INVOICE:
        return until
    return max(until, min(at + timedelta(days=sale.invoice_days), event.starts_at))


def may_be_invoiced(order: Order, passes: Sequence[Pass], at: datetime) -> bool:
    """True where an order of these passes, held for a payment online, may be paid by invoice instead."""
    is_over = order.held_until is not None and order.held_until <= at
    if order.state != Order.State.HELD or order.way != Order.Way.ONLINE or is_over:
        return False
    # Its invoice says what was said of paying when it was placed.
    if not order.terms.get("how_to_pay"):
        return False
    return all(each.is_paid_by_invoice for each in passes if each.price)


def back_to_payer(order: Order, at: datetime) -> Decimal | None:
    """What comes back where the payer cancels now; None where they may not.

    What is held only and not paid may always be cancelled, the rest as the terms said when it was placed.
    """
    if order.state == Order.State.HELD:
        return Decimal(0)
    if order.state not in (Order.State.OWED, Order.State.PAID):
        return None
    said = str(order.terms.get("refunds_until") or "")
    until = parse_datetime(said) if said else None
    if until is None or until <= at:
        return None
    percent = int(order.terms.get("refund_percent", 100))
    # What was credited is theirs already, also where giving it back failed.
    paid = min(order.received, order.total - order.credited)
    return min(cents(paid * percent / 100, order.currency), paid)


def shares_of(amount: Decimal, lines: Sequence[OrderLine], currency: str = "EUR") -> dict[int, Decimal]:
    """How much of an amount falls on each line, by its id, in proportion to what is left of their prices."""
    left = {line.pk: line.price - line.credited for line in lines}
    shares: dict[int, Decimal] = {}
    rest, total = amount, sum(left.values(), Decimal(0))
    for pk, of_line in left.items():
        share = min(of_line, cents(rest * of_line / total, currency)) if total else Decimal(0)
        shares[pk] = share
        rest, total = rest - share, total - of_line
    return {pk: share for pk, share in shares.items() if share}
