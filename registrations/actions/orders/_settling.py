"""Settle payments: each ends as a seat, as a refund, or as something for the desk to look at."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from events.errors import Full, Refusal
from registrations import rules
from registrations.actions.journal import Journal
from registrations.actions.orders._money import left_to_refund, owe_again, refund_of, say_due
from registrations.actions.orders._steps import Locked, end
from registrations.actions.orders.placing import pay_at_once
from registrations.actions.telling_payers import Kind, Verb, say, say_paid
from registrations.models import EventRegistration, Order, OrderLine, Payment
from registrations.queries.lines import is_spoken_for
from registrations.rules.doors import LATE_PAYMENT, PAYMENT, Seats

State = Order.State


class Settled(StrEnum):
    """What became of a payment."""

    SEATED = "seated"
    REFUND_DUE = "refund_due"
    WRONG_AMOUNT = "wrong_amount"


def said_before(payment: Payment, order: Order) -> Settled | None:
    """What became of a payment that was settled already; None for one that was not."""
    if payment.state == Payment.State.WRONG:
        return Settled.WRONG_AMOUNT
    if payment.state != Payment.State.PAID:
        return None
    return Settled.SEATED if payment.paid_at == order.paid_at else Settled.REFUND_DUE


def settle_within(locked: Locked, payment: Payment, amount: Decimal, currency: str) -> Settled:
    """Write what was paid and what became of it, with all that follows. Needs: what `lock_order` locks."""
    order, journal = locked.order, locked.journal
    parts = _parts_before(order, payment, amount, currency)
    payment.amount, payment.currency, payment.paid_at = amount, currency, journal.at
    payment.next_look_at = payment.leased_until = None
    came = [*(parts or ()), payment]
    for each in came:
        each.state = Payment.State.WRONG if parts is None else Payment.State.PAID
        each.save()
        _say_came(journal, order, each)
    if parts is None:
        return Settled.WRONG_AMOUNT
    why = _why(order)
    if _is_given(locked):
        return Settled.SEATED
    money = _moving_no_seat(journal)
    for each in came:
        say_due(money, locked.order, refund_of(money, each, each.amount, why), Kind.REFUND_DUE)
    money.write()
    return Settled.REFUND_DUE


def _parts_before(order: Order, payment: Payment, amount: Decimal, currency: str) -> list[Payment] | None:
    """What came before of the sum that this payment makes whole: nothing where it is all of it.

    None where it is another sum than was asked for, even with what came before.
    """
    # An order that is over asks for nothing: what was asked for earlier goes back, whatever is left of its total.
    is_over = order.state in (State.PAID, State.CANCELLED)
    asked = payment.amount if is_over else order.open or order.total
    if currency != order.currency:
        return None
    if amount == asked:
        return []
    parts = _parts_of(order)
    is_whole = bool(parts) and not is_over and amount + sum(each.amount for each in parts) == asked
    return parts if is_whole else None


def _parts_of(order: Order) -> list[Payment]:
    """What came for the order, of another sum than was asked for, and neither went back nor is about to."""
    wrong = order.payments.filter(state=Payment.State.WRONG, currency=order.currency).order_by("pk")
    return [each for each in wrong if left_to_refund(each) == each.amount]


def settle_parts(locked: Locked) -> None:
    """Let an owed order be paid where what came for it is all that is open of it by now, the rest let off.

    Needs: what `lock_order` locks.
    """
    parts = _parts_of(locked.order) if locked.order.state == State.OWED else []
    if not parts or sum(each.amount for each in parts) != locked.order.open:
        return
    for each in parts:
        each.state = Payment.State.PAID
        each.save(update_fields=["state"])
        _say_came(locked.journal, locked.order, each)
    _pay_owed(locked)


def _say_came(journal: Journal, order: Order, payment: Payment) -> None:
    said: dict[str, Any] = {
        "payment": payment.pk,
        "amount": str(payment.amount),
        "currency": payment.currency,
    }
    money = _moving_no_seat(journal)
    if payment.state == Payment.State.WRONG:
        say(money, order, Verb.PAYMENT_WRONG, Kind.PAYMENT_WRONG, payload=said, **said)
    else:
        say(money, order, Verb.PAYMENT_RECEIVED, **said)
    money.write()


def _moving_no_seat(journal: Journal) -> Journal:
    """A journal of money alone: what happened to it is kept, whatever becomes of the seats."""
    return Journal(journal.actor, journal.at, {})


def _is_given(locked: Locked) -> bool:
    """Give what was paid for; False, with nothing given, where that cannot be. Needs: what `lock_order` locks."""
    order, at = locked.order, locked.journal.at
    if order.state in (State.PAID, State.CANCELLED):
        return False
    if order.state == State.EXPIRED:
        return _is_given_late(locked)
    is_gone = rules.first_refusal(rules.refusals_to_open(locked.event, at), PAYMENT) is not None
    if is_gone or (order.state == State.HELD and _registered(locked)):
        why = _why(order)
        end(locked, State.CANCELLED, why)
        say(locked.journal, order, Verb.ORDER_CANCELLED, reason=why)
    elif order.state == State.HELD:
        pay_at_once(locked)
    else:
        _pay_owed(locked)
    locked.journal.write()
    return order.state == State.PAID


def _pay_owed(locked: Locked) -> None:
    """Say that the money has come for what everybody has already."""
    order = locked.order
    order.state, order.paid_at, order.pay_by = State.PAID, locked.journal.at, None
    order.save(update_fields=["state", "paid_at", "pay_by"])
    say_paid(locked.journal, order)


def _registered(locked: Locked) -> bool:
    """True where somebody on the order came by another door meanwhile: nobody pays for what they have.

    Whoever waits for the event has it only by paying.
    """
    contacts = [line.contact_id for line in locked.lines]
    return EventRegistration.objects.confirmed().filter(event=locked.event, contact__in=contacts).exists()


def _is_given_late(locked: Locked) -> bool:
    """Seat everybody on an order that has expired, where all of them find a seat; else nobody."""
    contacts = [line.contact_id for line in locked.lines]
    held = OrderLine.objects.filter(event=locked.event, contact__in=contacts, is_held=True)
    if _registered(locked) or held.exists():
        return False
    try:
        with transaction.atomic():
            _give_late(locked)
    except Refusal:
        # What was noted of seats is not written; the order is as it was.
        locked.order.refresh_from_db()
        return False
    return True


def _give_late(locked: Locked) -> None:
    """Raises what refuses a pass or the event, and Full where not all of them fit. Needs: what `lock_order` locks."""
    for event_pass in locked.passes.values():
        found = rules.refusals_at_event(locked.event, event_pass, at=locked.journal.at, seats=Seats.NEWCOMER)
        rules.check(found, LATE_PAYMENT)
        if event_pass.archived_at or is_spoken_for(event_pass, locked.event):
            raise Full
    owe_again(locked.order, locked.lines)
    pay_at_once(locked)
    locked.journal.write()


def _why(order: Order) -> str:
    if order.state == State.PAID:
        return _("Paid twice")
    if order.event.cancelled_at or order.event.archived_at:
        return _("The event does not take place")
    if order.state == State.HELD:
        return _("Somebody on it was registered meanwhile")
    if order.state == State.CANCELLED:
        return _("Paid after the order was cancelled")
    return _("Paid when the seats were held no more, and others had taken them")
