"""Orders as the API reads them: few queries, whatever the number of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, prefetch_related_objects

from events.models import Event
from registrations.models import Activity, Invoice, Order, Payment, Refund

Verb = Activity.Verb
# What the ledger says of orders and their money: lines at the event, about whoever pays.
OF_ORDERS = (
    *(Verb.ORDER_PLACED, Verb.ORDER_PAID, Verb.ORDER_EXPIRED, Verb.ORDER_CANCELLED, Verb.ORDER_EXTENDED),
    *(Verb.ORDER_CREDITED, Verb.BILLING_CHANGED),
    *(Verb.PAYMENT_RECEIVED, Verb.PAYMENT_WRONG, Verb.REFUND_DUE, Verb.REFUNDED, Verb.REFUND_FAILED),
)
_PARTS = ("order_lines__contact", "order_lines__chosen", "payments__refunds", "invoices__series")


def orders_at(events: QuerySet[Event]) -> QuerySet[Order]:
    """The orders at these events; they never go away."""
    return Order.objects.filter(event__in=events.values("pk")).select_related("payer").order_by("id")


def payments_at(events: QuerySet[Event]) -> QuerySet[Payment]:
    """The payments of orders at these events."""
    return Payment.objects.filter(order__event__in=events.values("pk")).select_related("order").order_by("id")


def refunds_at(events: QuerySet[Event]) -> QuerySet[Refund]:
    """The refunds of payments at these events."""
    rows = Refund.objects.filter(payment__order__event__in=events.values("pk"))
    return rows.select_related("payment__order").order_by("id")


def invoices_at(events: QuerySet[Event]) -> QuerySet[Invoice]:
    """The invoices and credit notes of orders at these events."""
    rows = Invoice.objects.filter(order__event__in=events.values("pk"))
    return rows.select_related("order", "series").order_by("id")


def overdue(at: datetime) -> Q:
    """Narrow to orders on trust whose money should have come by then."""
    return Q(state=Order.State.OWED, pay_by__lt=at)


def changed_since(rows: QuerySet[Order], since: datetime) -> QuerySet[Order]:
    """The orders of which anything changed since then, or another one of their payer's at the event."""
    said = Activity.objects.filter(
        contact_id=OuterRef("payer_id"), event_id=OuterRef("event_id"), verb__in=OF_ORDERS, at__gte=since
    )
    moments = ("placed_at", "paid_at", "ended_at")
    return rows.filter(Q(*((f"{name}__gte", since) for name in moments), _connector=Q.OR) | Exists(said))


def money_changed_since(rows: QuerySet[Any], since: datetime, *moments: str) -> QuerySet[Any]:
    """The rows of which one of these moments lies there or later."""
    return rows.filter(Q(*((f"{name}__gte", since) for name in moments), _connector=Q.OR))


def describe(orders: Sequence[Order], at: datetime) -> Sequence[Order]:
    """The orders with everything that their records say, read at once."""
    prefetch_related_objects(orders, *_PARTS)
    told = _last_told(orders)
    for order in orders:
        payments = sorted(order.payments.all(), key=lambda row: row.pk)
        for payment in payments:
            payment.order = order
        refunds = [refund for payment in payments for refund in payment.refunds.all()]
        invoices = sorted(order.invoices.all(), key=lambda row: row.pk)
        lines = sorted(order.order_lines.all(), key=lambda row: row.position)
        for line in lines:
            vars(line)["session_ids_chosen"] = [each.session_id for each in line.chosen.all()]
        is_overdue = order.state == Order.State.OWED and order.pay_by is not None and order.pay_by < at
        vars(order).update(
            overdue=is_overdue,
            changed_at=max([*_moments(order, payments, refunds), *told[order.pk]]),
            shown_lines=lines,
            shown_payments=payments,
            shown_refunds=sorted(refunds, key=lambda row: row.pk),
            shown_invoices=invoices,
        )
    return orders


def _moments(order: Order, payments: Iterable[Payment], refunds: Iterable[Refund]) -> list[datetime]:
    found = [order.placed_at, order.paid_at, order.ended_at]
    for payment in payments:
        found += [payment.begun_at, payment.paid_at]
    for refund in refunds:
        found += [refund.due_at, refund.done_at]
    return [moment for moment in found if moment is not None]


def _last_told(orders: Sequence[Order]) -> dict[int, list[datetime]]:
    """When the ledger says something of each order."""
    lines = Activity.objects.filter(
        verb__in=OF_ORDERS,
        event__in={order.event_id for order in orders},
        contact__in={order.payer_id for order in orders},
    )
    found: dict[int, list[datetime]] = defaultdict(list)
    for number, moment in lines.values_list(F("detail__order"), "at"):
        found[number].append(moment)
    return found
