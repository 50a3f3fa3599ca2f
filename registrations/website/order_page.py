"""An order's page: who gets which pass, what it costs, how it stands, and what whoever pays may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from events.models import Event, Sale
from registrations.links import manage_token, order_token
from registrations.models import Invoice, Order, OrderLine, Payment, Refund
from registrations.payments.port import Provider
from registrations.rules.orders import back_to_payer, held_until, may_be_invoiced
from registrations.website.orders.purchase import Purchase
from registrations.website.orders.states import (
    Standing,
    is_over,
    refund_words,
    standing_of,
    wrong_sums,
)
from registrations.website.orders.sums import contained
from registrations.website.orders.ways import provider_for
from registrations.website.payers import by_payer

State = Order.State


@dataclass(frozen=True)
class Shown:
    """One line of the order; with the personal page's token where it is the payer's own."""

    line: OrderLine
    sessions: list[Any]
    token: str

    @property
    def over(self) -> str:
        """“Cancelled” where the person is registered no more; else empty."""
        registration = self.line.registration
        return registration.get_status_display() if registration and is_over(self.line) else ""


@by_payer
def order_page(request: HttpRequest, order: Order) -> HttpResponse:
    """Show the order as it stands."""
    return shown(request, order, timezone.now())


def shown(request: HttpRequest, order: Order, at: datetime, *, status: int = 200) -> HttpResponse:
    """The order's page. Its form leads to the provider, whom the page's policy names for this."""
    lines = lines_of(order)
    payments = list(order.payments.prefetch_related("refunds"))
    provider = provider_to_pay(order, lines, at)
    context = {
        "event": order.event,
        "order": order,
        "token": order_token(order),
        "standing": standing_of(order, [each.line for each in lines], payments, at),
        "wrong": wrong_sums(order, payments),
        "refunds": refunds_of(payments, order),
        "lines": lines,
        "vat": contained((each.line.vat_rate, each.line.vat) for each in lines),
        "invoices": Invoice.objects.filter(order=order).order_by("pk"),
        "provider": provider,
        "begun": next((each for each in payments if each.state == Payment.State.BEGUN), None),
        "is_waiting": _is_waiting(order, payments, at),
        "invoiced_until": _invoiced_until(order, lines, at),
        "pays_by_transfer": order.way == Order.Way.INVOICE and order.open > 0,
        "back": back_to_payer(order, at),
        "billing": _envelope(order.billing),
        "at": at,
    }
    response = render(request, "website/orders/order.html", context, status=status)
    if provider is not None:
        _allow_forms_to(response, provider)
    return response


# In the order of an envelope, a line each.
BILLED = (
    ("company",),
    ("name",),
    ("street",),
    ("postcode", "city"),
    ("country",),
    ("vat_id",),
    ("reference",),
)


def _envelope(billing: dict[str, str]) -> list[str]:
    """Whom the invoice is for, line by line; what was left empty takes no line."""
    lines = (" ".join(billing[name] for name in names if billing.get(name)) for names in BILLED)
    return [line for line in lines if line]


def lines_of(order: Order) -> list[Shown]:
    """The order's lines as the payer sees them: nobody's personal page but the payer's own."""
    rows = OrderLine.objects.filter(order=order).order_by("position")
    rows = rows.select_related("event_pass", "registration").prefetch_related("chosen__session")
    found = []
    for line in rows:
        line.event = order.event
        mine = line.registration if line.contact_id == order.payer_id else None
        if mine is not None:
            mine.event = order.event
        is_there = mine is not None and not mine.is_cancelled
        sessions = [each.session for each in line.chosen.all()]
        found.append(Shown(line, sessions, manage_token(mine) if mine is not None and is_there else ""))
    return found


def refunds_of(payments: list[Payment], order: Order) -> list[Standing]:
    """What went back, or is about to, the oldest first."""
    rows: list[Refund] = sorted(
        (refund for each in payments for refund in each.refunds.all()), key=lambda refund: refund.pk
    )
    return [refund_words(each, order.event) for each in rows]


def provider_to_pay(order: Order, lines: list[Shown], at: datetime) -> Provider | None:
    """Who takes the money online, where the order can be paid so now."""
    if order.open <= 0 or (order.held_until is not None and order.held_until <= at):
        return None
    return provider_for(order.event, [each.line.event_pass for each in lines])


def _invoiced_until(order: Order, lines: list[Shown], at: datetime) -> datetime | None:
    """Until when the order would be held, were it paid by invoice instead; None where it may not be."""
    passes = [each.line.event_pass for each in lines]
    for each in passes:
        each.event = order.event
    if order.held_until is None or not may_be_invoiced(order, passes, at):
        return None
    return max(order.held_until, held_until(order.event, Sale.of(order.event), Order.Way.INVOICE, at))


def _is_waiting(order: Order, payments: list[Payment], at: datetime) -> bool:
    """True while an answer may come at any moment: the page looks again by itself."""
    is_begun = any(each.state == Payment.State.BEGUN for each in payments)
    return order.state == State.HELD and order.way == Order.Way.ONLINE and is_begun


def allow_forms_to_provider(response: HttpResponse, event: Event, purchase: Purchase | None) -> None:
    """Let forms of a page that orders lead to whoever takes the money online, and to no other place."""
    provider = provider_for(event, purchase.passes) if purchase and purchase.costs else None
    if provider is not None:
        _allow_forms_to(response, provider)


def _allow_forms_to(response: HttpResponse, provider: Provider) -> None:
    if provider.origin:
        response._csp_update = {"form-action": [provider.origin]}  # type: ignore[attr-defined]
