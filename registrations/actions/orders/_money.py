"""What orders are credited, and what goes back of their payments. Each expects the order's row to be locked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import Sum

from registrations.actions.invoicing import within_credit
from registrations.actions.journal import Journal
from registrations.actions.telling_payers import say
from registrations.models import Activity, Notification, Order, OrderLine, Payment, Refund

Verb = Activity.Verb
Kind = Notification.Kind


def left_of(order: Order, lines: Sequence[OrderLine]) -> dict[int, Decimal]:
    """What of each line's price was not credited yet, by the line's id; nothing of what was given away."""
    if not order.total:
        return {}
    left = {line.pk: line.price - line.credited for line in lines}
    return {pk: amount for pk, amount in left.items() if amount}


def credit(
    journal: Journal,
    order: Order,
    lines: Sequence[OrderLine],
    shares: Mapping[int, Decimal],
    reason: str,
) -> Decimal:
    """Let this much of these lines, by their ids, need not be paid, and write its credit note; return the sum."""
    amount = sum(shares.values(), Decimal(0))
    if not amount:
        return amount
    for line in lines:
        if share := shares.get(line.pk):
            line.credited += share
            line.save(update_fields=["credited"])
    order.credited += amount
    order.save(update_fields=["credited"])
    within_credit(journal, order, amount, shares, reason)
    return amount


def owe_again(order: Order, lines: Sequence[OrderLine]) -> None:
    """Take back that nothing is to be paid for an order that had ended: it is paid after all."""
    for line in lines:
        line.credited = Decimal(0)
    OrderLine.objects.filter(order=order).update(credited=0)
    order.credited = Decimal(0)


def pay_back(
    journal: Journal, order: Order, amount: Decimal, reason: str, kind: Notification.Kind | None = None
) -> list[Refund]:
    """Let this much of what was paid for the order go back, of the first payments first; return the refunds."""
    refunds = []
    for payment in order.payments.filter(state=Payment.State.PAID).order_by("pk"):
        part = min(amount, left_to_refund(payment))
        if part > 0:
            refunds.append(refund_of(journal, payment, part, reason))
            amount -= part
    for refund in refunds:
        say_due(journal, order, refund, kind)
    return refunds


def refund_of(journal: Journal, payment: Payment, amount: Decimal, reason: str) -> Refund:
    """Write one refund, to be asked for by the worker."""
    return Refund.objects.create(
        payment=payment, amount=amount, reason=reason[:300], due_at=journal.at, asked_by=journal.actor.user
    )


def say_due(journal: Journal, order: Order, refund: Refund, kind: Notification.Kind | None) -> None:
    """Note that something goes back; the payer is told by a mail of this kind, if any."""
    amount = str(refund.amount)
    payload = {"refund": refund.pk, "amount": amount}
    detail = {"refund": refund.pk, "payment": refund.payment_id, "amount": amount}
    say(journal, order, Verb.REFUND_DUE, kind, reason=refund.reason, payload=payload, **detail)


def left_to_refund(payment: Payment) -> Decimal:
    """What of the payment neither went back nor is about to."""
    back = payment.refunds.exclude(state=Refund.State.FAILED).aggregate(sum=Sum("amount"))["sum"]
    return payment.amount - (back or Decimal(0))
