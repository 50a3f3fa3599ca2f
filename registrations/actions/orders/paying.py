"""Settle payments: each ends as a seat, as a refund, or as something for the desk to look at."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import SYSTEM, Actor
from events.errors import Refusal
from events.retrying import action
from registrations import rules
from registrations.actions.orders._steps import Locked, end, give, lock_order
from registrations.actions.orders.placing import pay_at_once
from registrations.models import EventRegistration, Order, OrderLine, Payment, Refund
from registrations.rules.doors import LATE_PAYMENT, PAYMENT, Seats

State = Order.State


class Settled(StrEnum):
    """What became of a payment."""

    SEATED = "seated"
    REFUND_DUE = "refund_due"
    WRONG_AMOUNT = "wrong_amount"


@action
def begin_payment(order: Order, provider: str, reference: str, *, at: datetime | None = None) -> Payment:
    """The payment of the order's total at this provider, by its own reference; beginning again is harmless."""
    payment, _is_new = Payment.objects.get_or_create(
        provider=provider,
        reference=reference,
        defaults={
            "order": order,
            "amount": order.total,
            "currency": order.currency,
            "begun_at": at or timezone.now(),
        },
    )
    return payment


@action
def settle_payment(
    payment: Payment,
    *,
    amount: Decimal,
    currency: str,
    actor: Actor = SYSTEM,
    at: datetime | None = None,
) -> Settled:
    """Note that this much was paid, and give everybody on the order what is held for them; asked again, nothing more.

    Paid too late, they are seated where all of them still find a seat and a pass that nobody waits for; else, as when
    the order was paid already or the event is cancelled, all of it is to be refunded. Another sum or currency seats
    nobody and changes nothing but the payment, which says so.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        locked = lock_order(payment.order_id, actor, at)
        fresh = Payment.objects.get(pk=payment.pk)
        if fresh.state != Payment.State.BEGUN:
            return _said_before(fresh)
        is_right = (amount, currency) == (locked.order.total, locked.order.currency)
        fresh.state = Payment.State.PAID if is_right else Payment.State.WRONG
        fresh.amount, fresh.currency, fresh.paid_at = amount, currency, at
        fresh.save()
        if not is_right:
            return Settled.WRONG_AMOUNT
        why = _why(locked.order)
        if _is_given(locked):
            return Settled.SEATED
        Refund.objects.create(payment=fresh, amount=amount, reason=why, due_at=at)
        return Settled.REFUND_DUE


def _said_before(payment: Payment) -> Settled:
    if payment.state == Payment.State.WRONG:
        return Settled.WRONG_AMOUNT
    return Settled.REFUND_DUE if payment.refunds.exists() else Settled.SEATED


def _is_given(locked: Locked) -> bool:
    """Give what was paid for; False, with nothing changed, where that cannot be. Needs: what `lock_order` locks."""
    order, at = locked.order, locked.journal.at
    if order.state == State.PAID or order.paid_at is not None:
        return False
    if order.state == State.HELD:
        is_gone = rules.first_refusal(rules.refusals_to_open(locked.event, at), PAYMENT) is not None
        if is_gone or _registered(locked):
            end(locked, State.CANCELLED, _why(order))
            locked.journal.write()
            return False
        pay_at_once(locked)
        locked.journal.write()
        return True
    try:
        with transaction.atomic():
            _give_late(locked)
    except Refusal:
        return False
    return True


def _registered(locked: Locked) -> bool:
    """True where somebody on the order came by another door meanwhile: nobody pays for what they have."""
    contacts = [line.contact_id for line in locked.lines]
    return EventRegistration.objects.active().filter(event=locked.event, contact__in=contacts).exists()


def _give_late(locked: Locked) -> None:
    """Seat everybody on an order that has ended. Raises the refusal of the first who finds no seat."""
    contacts = [line.contact_id for line in locked.lines]
    held = OrderLine.objects.filter(event=locked.event, contact__in=contacts, is_held=True)
    if _registered(locked) or held.exists():
        raise Refusal
    lines, locked.lines = locked.lines, []
    locked.order.state, locked.order.ended_at = State.PAID, None
    locked.order.paid_at = locked.journal.at
    locked.order.save(update_fields=["state", "ended_at", "paid_at"])
    for line in lines:
        event_pass = locked.passes[line.event_pass_id]
        found = rules.refusals_at_event(locked.event, event_pass, at=locked.journal.at, seats=Seats.NEWCOMER)
        rules.check(found, LATE_PAYMENT)
        locked.lines = [line]
        give(locked)
    locked.lines = lines
    locked.journal.write()


def _why(order: Order) -> str:
    if order.state == State.PAID:
        return _("Paid twice")
    if order.state == State.HELD:
        is_off = order.event.cancelled_at or order.event.archived_at
        return _("The event does not take place") if is_off else _("Somebody on it was registered meanwhile")
    return _("Paid when the seats were held no more, and others had taken them")
