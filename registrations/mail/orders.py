"""Letters to whoever pays for an order: what is to be paid, what was paid, and what goes back."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from events.names import isolated
from events.templatetags.money import money
from registrations.links import event_url, order_url
from registrations.mail.facts import Letter, MailFacts
from registrations.mail.order_words import WORDS, Bill, Told
from registrations.models import Invoice, Notification, Order, Payment, Refund

Kind = Notification.Kind
State = Order.State
TEMPLATE = "order"
# Whoever is told of these pays; they need not be registered.
KINDS = frozenset(WORDS)
# In which states of the order what a mail says is still so.
_TRUE_WHILE: dict[str, tuple[str, ...]] = {
    Kind.ORDER_PLACED: (State.HELD, State.OWED),
    Kind.ORDER_PAID: (State.PAID,),
    Kind.ORDER_EXPIRED: (State.EXPIRED,),
    Kind.ORDER_REMINDER: (State.HELD, State.OWED),
}
# The bank transfer and all that staff settle by hand.
_BY_HAND = "manual"


def letter(facts: MailFacts) -> Letter:
    """The letter about an order, as it is now. With `again`, in a row that staff asked for, a paid one is a receipt."""
    order, kind = facts.order, facts.notification.kind
    assert order is not None
    if facts.notification.payload.get("again") and order.state == State.PAID:
        kind = Kind.ORDER_PAID
    states = _TRUE_WHILE.get(kind)
    facts.require(states is None or order.state in states, "the order is paid, or over")
    bill = Bill(order, facts.at, open=order.open, was_paid=order.paid_at is not None)
    _complete(bill, kind, facts)
    papers = _papers(kind, facts)
    bill.attached = papers[0].kind if papers else ""
    told = WORDS[kind](bill)
    said = {"reason": _reason(kind, facts), "passes": _passes(order)}
    return Letter(
        told.subject, {**context_of(bill, told, order_url(order)), **said}, template=TEMPLATE, papers=papers
    )


def context_of(bill: Bill, told: Told, url: str) -> dict[str, Any]:
    """What the template needs to say these words of this order, whose page is at `url`."""
    order = bill.order
    return {
        "headline": told.headline,
        "paragraphs": told.paragraphs,
        "button": told.button,
        "button_url": event_url(order.event) if told.to_event else url,
        "order": order,
        "total": money(order.total, order.currency),
        "order_url": url,
    }


def _complete(bill: Bill, kind: str, facts: MailFacts) -> None:
    """Add what the mail's payment or refund was, by the outbox row."""
    payload, order = facts.notification.payload, bill.order
    if kind == Kind.PAYMENT_WRONG:
        payment = Payment.objects.filter(order=order, pk=payload.get("payment")).first()
        facts.require(payment and payment.state == Payment.State.WRONG, "the payment was settled")
        bill.open = bill.open or order.total
    elif kind == Kind.REFUND_DUE:
        refund = Refund.objects.filter(payment__order=order, pk=payload.get("refund")).first()
        facts.require(refund and refund.state != Refund.State.FAILED, "the refund failed")
        bill.is_by_transfer = _is_by_hand(Payment.objects.filter(refunds=payload.get("refund")))
    elif kind == Kind.ORDER_CANCELLED:
        bill.is_part = bool(payload.get("is_part"))
        facts.require(bill.is_part or order.state == State.CANCELLED, "the order is not cancelled any more")
        bill.is_by_transfer = _is_by_hand(order.payments.filter(state=Payment.State.PAID))
        bill.amount = Decimal(0) if bill.is_part else _back(order)
    bill.amount = Decimal(payload.get("amount") or payload.get("credited") or bill.amount)
    bill.currency = str(payload.get("currency") or "")


def _back(order: Order) -> Decimal:
    """What of the order's payments went back, or is about to."""
    refunds = Refund.objects.filter(payment__order=order, payment__state=Payment.State.PAID)
    return sum(refunds.exclude(state=Refund.State.FAILED).values_list("amount", flat=True), Decimal(0))


def _is_by_hand(payments: Any) -> bool:
    """True where all of these were noted by staff, who also send back what goes back."""
    providers = set(payments.values_list("provider", flat=True))
    return bool(providers) and providers <= {_BY_HAND}


def _papers(kind: str, facts: MailFacts) -> list[Invoice]:
    """The invoice in mails that ask for money or confirm it; in those about its end what was credited with it."""
    papers = Invoice.objects.filter(order=facts.order).order_by("pk")
    if kind == Kind.PAYMENT_WRONG:
        return []
    if kind in (Kind.ORDER_PLACED, Kind.ORDER_PAID, Kind.ORDER_REMINDER):
        return [each for each in papers if each.kind == Invoice.Kind.INVOICE][-1:]
    activity = facts.notification.activity
    then = activity.at if activity else facts.notification.created_at
    notes = [each for each in papers if each.kind == Invoice.Kind.CREDIT_NOTE]
    of_then = [each for each in notes if each.issued_at == then]
    # Sent again by staff, the mail is younger than what it brings.
    return of_then or (notes[-1:] if kind in (Kind.ORDER_EXPIRED, Kind.ORDER_CANCELLED) else [])


def _reason(kind: str, facts: MailFacts) -> str:
    activity = facts.notification.activity
    is_said = kind in (Kind.ORDER_CANCELLED, Kind.REFUND_DUE) and activity is not None
    return activity.reason if is_said and activity else ""


def _passes(order: Order) -> list[str]:
    """“2 × Deck pass”, in the order's own sequence."""
    names = order.order_lines.order_by("position").values_list("event_pass__name", flat=True)
    return [f"{number} × {isolated(name)}" for name, number in Counter(names).items()]
