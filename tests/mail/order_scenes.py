"""Mails to whoever pays for an order, each with how the order stands then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from events.actors import SYSTEM
from registrations.actions.invoicing import within_credit, within_invoice
from registrations.actions.journal import Journal
from registrations.models import Activity, Notification, Order, Payment, Refund
from tests.factories import ContactFactory, at
from tests.invoices.orders import State, Way, owed
from tests.mail.scenes import BOB, harbour_conf

Kind, Verb = Notification.Kind, Activity.Verb
LONG_AGO = at(8) - timedelta(days=60)
SATURDAY = at(12) - timedelta(days=30)


def of_bob(**fields: Any) -> Order:
    """Bob's order of two passes by invoice."""
    payer = ContactFactory(email=BOB.email, first_name="Bob", last_name="Baker")
    return owed("20", "30", event=harbour_conf(session_level=False), payer=payer, code="BCDF2345", **fields)


def told(order: Order, kind: str, *, reason: str = "", credit: str = "", **payload: Any) -> Notification:
    """The outbox row as the acts write it, with the invoice or credit note of the same moment."""
    when = timezone.now()
    with transaction.atomic():
        journal = Journal(SYSTEM, when, {})
        activity = journal.note(Verb.ORDER_PLACED, order.event, order.payer, reason=reason)
        row = {"order": order.pk, **payload}
        journal.tell(Notification.Kind(kind), order.payer, activity, order.event, payload=row)
        journal.write()
        within_invoice(journal, order)
        if credit:
            within_credit(journal, order, Decimal(credit), {}, reason)
    return Notification.objects.latest("pk")


def order_placed() -> Notification:
    """Bob has to pay online until Saturday."""
    order = of_bob(state=State.HELD, way=Way.ONLINE, held_until=SATURDAY, pay_by=None)
    return told(order, Kind.ORDER_PLACED)


def order_placed_by_invoice() -> Notification:
    """Bob's seats are held until his transfer arrives."""
    return told(of_bob(state=State.HELD, held_until=SATURDAY, pay_by=None), Kind.ORDER_PLACED)


def order_placed_on_trust() -> Notification:
    """Everybody on Bob's order is registered, the money is still to come."""
    return told(of_bob(pay_by=SATURDAY), Kind.ORDER_PLACED)


def paid(way: str = Way.ONLINE, **fields: Any) -> Order:
    """Bob's order, paid."""
    order = of_bob(**{"state": State.PAID, "way": way, "pay_by": None, "paid_at": LONG_AGO} | fields)
    Payment.objects.create(
        order=order,
        provider="test" if way == Way.ONLINE else "manual",
        state=Payment.State.PAID,
        **{"amount": 50, "currency": "EUR", "begun_at": LONG_AGO, "paid_at": LONG_AGO},
    )
    return order


def order_paid() -> Notification:
    """Bob has paid online."""
    return told(paid(), Kind.ORDER_PAID)


def over(order: Order, state: str) -> None:
    """Let the order have ended, with nothing to be paid."""
    order.state, order.held_until, order.ended_at, order.credited = state, None, timezone.now(), order.total
    order.save()


def order_expired() -> Notification:
    """Bob had an invoice and did not pay."""
    row = order_placed_by_invoice()
    order = Order.objects.get()
    row.delete()
    over(order, State.EXPIRED)
    return told(order, Kind.ORDER_EXPIRED, credit="50")


def order_cancelled() -> Notification:
    """Staff cancel what Bob paid by card."""
    order = paid()
    told(order, Kind.ORDER_PAID).delete()
    over(order, State.CANCELLED)
    return told(order, Kind.ORDER_CANCELLED, credit="50", reason="Storm", amount="50.00")


def order_cancelled_unpaid() -> Notification:
    """Bob cancels what he did not pay."""
    order = of_bob(state=State.HELD, way=Way.ONLINE, held_until=SATURDAY, pay_by=None)
    over(order, State.CANCELLED)
    return told(order, Kind.ORDER_CANCELLED)


def order_cancelled_in_part() -> Notification:
    """Staff let Bob off a part of what he owes."""
    order = of_bob()
    told(order, Kind.ORDER_PLACED).delete()
    order.credited = Decimal(20)
    order.save()
    return told(order, Kind.ORDER_CANCELLED, credit="20", is_part=True, credited="20.00")


def order_reminder() -> Notification:
    """Bob's seats are held for three more days."""
    return told(of_bob(state=State.HELD, held_until=SATURDAY, pay_by=None), Kind.ORDER_REMINDER)


def order_reminder_overdue() -> Notification:
    """Bob should have paid."""
    return told(of_bob(pay_by=datetime(2025, 1, 3, 12, tzinfo=LONG_AGO.tzinfo)), Kind.ORDER_REMINDER)


def payment_wrong() -> Notification:
    """Bob's transfer has two digits the other way round."""
    order = of_bob(pay_by=SATURDAY)
    payment = Payment.objects.create(
        **{"order": order, "provider": "test", "state": Payment.State.WRONG, "amount": 5, "currency": "EUR"},
        **{"begun_at": LONG_AGO, "paid_at": LONG_AGO},
    )
    return told(order, Kind.PAYMENT_WRONG, payment=payment.pk, amount="5.00", currency="EUR")


def refund_due(way: str = Way.ONLINE) -> Notification:
    """Staff give a part back."""
    order = paid(way)
    told(order, Kind.ORDER_PAID).delete()
    order.credited = Decimal(20)
    order.save()
    refund = Refund.objects.create(
        payment=order.payments.get(), amount=20, reason="Goodwill", due_at=LONG_AGO
    )
    return told(order, Kind.REFUND_DUE, credit="20", reason="Goodwill", refund=refund.pk, amount="20.00")


def refund_due_by_transfer() -> Notification:
    """The same of what was paid by transfer."""
    return refund_due(Way.INVOICE)


SCENES: dict[str, Callable[[], Notification]] = {
    scene.__name__: scene
    for scene in (
        *(order_placed, order_placed_by_invoice, order_placed_on_trust, order_paid, order_expired),
        *(order_cancelled, order_cancelled_unpaid, order_cancelled_in_part),
        *(order_reminder, order_reminder_overdue, payment_wrong, refund_due, refund_due_by_transfer),
    )
}
