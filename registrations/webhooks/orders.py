"""What other systems are told of an order and its money: the record as the ledger kept it at that moment.

Nobody's name stands in it but the payer's, who is told of as they are known now; the attendees are told of as
registrants.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from events.api.serializers import instant
from registrations.models import Activity, Order, OrderLine, Payment, Refund, WebhookEvent
from registrations.webhooks.shapes import tombstone

Json = dict[str, Any]
Name = WebhookEvent
Verb = Activity.Verb
_OF_ORDER = {
    Verb.ORDER_PLACED: Name.ORDER_PLACED,
    Verb.ORDER_EXTENDED: Name.ORDER_UPDATED,
    Verb.ORDER_CREDITED: Name.ORDER_UPDATED,
    Verb.BILLING_CHANGED: Name.ORDER_UPDATED,
    Verb.ORDER_PAID: Name.ORDER_PAID,
    Verb.ORDER_EXPIRED: Name.ORDER_EXPIRED,
    Verb.ORDER_CANCELLED: Name.ORDER_CANCELLED,
}
_OF_PAYMENT = {
    Verb.PAYMENT_RECEIVED: (Name.PAYMENT_RECEIVED, Payment.State.PAID),
    Verb.PAYMENT_WRONG: (Name.PAYMENT_WRONG, Payment.State.WRONG),
}
_OF_REFUND = {
    Verb.REFUND_DUE: (Name.REFUND_DUE, Refund.State.DUE),
    Verb.REFUNDED: (Name.REFUND_DONE, Refund.State.DONE),
    Verb.REFUND_FAILED: (Name.REFUND_FAILED, Refund.State.FAILED),
}
ABOUT_ORDERS = frozenset({*_OF_ORDER, *_OF_PAYMENT, *_OF_REFUND})
# Nobody is registered by an order in one of these states.
_NOT_GIVEN = {Order.State.HELD, Order.State.EXPIRED}


@dataclass
class OrderFacts:
    """The orders that ledger rows are about, with their lines, and the payments and refunds that these name."""

    orders: dict[int, Order] = field(default_factory=dict)
    payments: dict[int, Payment] = field(default_factory=dict)
    refunds: dict[int, Refund] = field(default_factory=dict)

    @classmethod
    def about(cls, rows: Iterable[Activity]) -> OrderFacts:
        """Return the facts that these rows need; of rows about no order without a query."""
        mine = [row.detail for row in rows if row.verb in ABOUT_ORDERS]
        if not mine:
            return cls()
        ids = {name: {each[name] for each in mine if name in each} for name in ("order", "payment", "refund")}
        orders = Order.objects.select_related("payer").prefetch_related("order_lines")
        return cls(
            orders.in_bulk(ids["order"]),
            Payment.objects.in_bulk(ids["payment"]) if ids["payment"] else {},
            Refund.objects.select_related("payment").in_bulk(ids["refund"]) if ids["refund"] else {},
        )


def told_of_order(row: Activity, facts: OrderFacts) -> list[tuple[WebhookEvent, Json]]:
    """Return what is told of this ledger row, which is about an order or its money."""
    verb, detail = Verb(row.verb), row.detail
    order = facts.orders.get(detail.get("order", 0))
    if order is None:
        return []
    if verb in _OF_ORDER:
        return [(_OF_ORDER[verb], _order(order, row))]
    if verb in _OF_PAYMENT:
        payment = facts.payments.get(detail.get("payment", 0))
        name, state = _OF_PAYMENT[verb]
        return [(name, _payment(payment, order, row, state))] if payment else []
    refund = facts.refunds.get(detail.get("refund", 0))
    if refund is None:
        return []
    refund_name, of_refund = _OF_REFUND[verb]
    told = [(refund_name, _refund(refund, order, row, of_refund))]
    # Less is kept of it from now on; one that ends is told of by a line of its own.
    is_credited = verb == Verb.REFUND_DUE and detail.get("then", {}).get("state") == Order.State.PAID
    return [*told, (Name.ORDER_UPDATED, _order(order, row))] if is_credited else told


def _order(order: Order, row: Activity) -> Json:
    then, payer = row.detail.get("then", {}), order.payer
    state = then.get("state", order.state)
    said = {
        "id": order.pk,
        "secure_id": str(order.uuid),
        "code": order.code,
        "event_id": order.event_id,
        "state": state,
        "way": order.way,
        "currency": order.currency,
        "total": then.get("total", str(order.total)),
        "credited": then.get("credited", str(order.credited)),
        "received": then.get("received", "0.00"),
        "payer_id": order.payer_id,
        "email": payer.email,
        "first_name": payer.first_name,
        "last_name": payer.last_name,
        "placed_at": instant(order.placed_at),
        **{name: _moment(then.get(name)) for name in ("held_until", "pay_by", "paid_at", "ended_at")},
        "lines": [_line(line, is_given=state not in _NOT_GIVEN) for line in order.order_lines.all()],
        "cause": row.verb,
    }
    # Whoever only paid has no line at the event that says they were erased.
    return tombstone(said, payer.erased_at) if payer.erased_at else said


def _moment(said: str | None) -> str | None:
    return instant(datetime.fromisoformat(said)) if said else None


def _line(line: OrderLine, *, is_given: bool) -> Json:
    return {
        "id": line.pk,
        "pass_id": line.event_pass_id,
        "contact_id": line.contact_id,
        "price": str(line.price),
        "vat_rate": str(line.vat_rate),
        "vat": str(line.vat),
        "registrant_id": line.registration_id if is_given else None,
    }


def _payment(payment: Payment, order: Order, row: Activity, state: Payment.State) -> Json:
    return {
        "id": payment.pk,
        "order_id": order.pk,
        "event_id": order.event_id,
        "provider": payment.provider,
        "reference": payment.reference,
        "state": str(state),
        "amount": str(payment.amount),
        "currency": payment.currency,
        "begun_at": instant(payment.begun_at),
        "paid_at": instant(payment.paid_at),
        "cause": row.verb,
    }


def _refund(refund: Refund, order: Order, row: Activity, state: Refund.State) -> Json:
    return {
        "id": refund.pk,
        "order_id": order.pk,
        "event_id": order.event_id,
        "payment_id": refund.payment_id,
        "state": str(state),
        "amount": str(refund.amount),
        "currency": refund.payment.currency,
        "reason": refund.reason,
        "due_at": instant(refund.due_at),
        "done_at": instant(row.at) if state == Refund.State.DONE else None,
        "cause": row.verb,
    }
