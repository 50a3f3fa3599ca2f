"""What goes back: of single lines, of a wrong payment, and what became of it at the provider."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import SYSTEM, Actor
from events.errors import Invalid
from events.errors_of_orders import OrderOver
from events.retrying import action
from registrations.actions.endings import end_all
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.orders._money import credit, left_of, left_to_refund, pay_back, refund_of, say_due
from registrations.actions.orders._settling import settle_parts
from registrations.actions.orders._steps import Locked, read_locked
from registrations.actions.orders.ending import lock_given
from registrations.actions.orders.paying import MANUAL
from registrations.actions.telling_payers import Kind, Verb, say
from registrations.models import EventRegistration, Order, OrderLine, Payment, Refund
from registrations.rules.orders import cents, shares_of

State = Order.State
# A provider that does not answer is asked again after so long, twice as long each time.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)


@action
def refund_order(
    order: Order,
    *,
    lines: Sequence[OrderLine] = (),
    amount: Decimal | None = None,
    keep_seats: bool = False,
    reason: str,
    actor: Actor,
    at: datetime | None = None,
) -> list[Refund]:
    """Credit these lines of a paid or owed order, and let what was paid for them go back; return the refunds.

    Whoever is on them loses their registration, and is told, unless they `keep_seats`; freed seats are settled. With
    an `amount` so much of them is credited; without lines it is goodwill, and everybody keeps their seat. Of a line
    no more comes back than was not credited yet: a second time nothing. Where nobody is left on the order it is
    cancelled; an owed one of which nothing is open any more is paid, as is one for which as much came already as is
    still open. The payer is told.
    Raises OrderOver for an order in another state, Invalid for lines of another order, for an amount that is more
    than is left, for neither lines nor amount, and without a reason.
    """
    at = at or timezone.now()
    _check(order, lines, amount, reason)
    chosen = {line.pk for line in lines}
    with transaction.atomic(durable=True):
        locked, given = lock_given(order.pk, chosen, actor, at)
        if locked.order.state not in (State.PAID, State.OWED):
            raise OrderOver(_("Only what was paid, or is owed, is given back."), state=locked.order.state)
        mine = [line for line in locked.lines if not chosen or line.pk in chosen]
        shares = _shares(locked.order, mine, amount)
        if not keep_seats:
            end_all(locked.journal, given, reason, even_locked=True)
        refunds = _give_back(locked, shares, reason)
        settle_parts(locked)
        _say_what_is_left(locked)
        locked.journal.write()
        actor.done(refunds)
    settle_after_commit(locked.journal.freed, locked.journal.lost_a_seat, at)
    return refunds


def _check(order: Order, lines: Sequence[OrderLine], amount: Decimal | None, reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Give a reason.")]})
    if any(line.order_id != order.pk for line in lines):
        raise Invalid(fields={"lines": [_("Choose lines of this order.")]})
    if not lines and amount is None:
        raise Invalid(fields={"lines": [_("Choose lines, or give an amount.")]})
    if amount is not None and amount <= 0:
        raise Invalid(fields={"amount": [_("Give an amount above zero.")]})


def _shares(order: Order, lines: list[OrderLine], amount: Decimal | None) -> dict[int, Decimal]:
    left = left_of(order, lines)
    if amount is None:
        return left
    if amount > sum(left.values(), Decimal(0)):
        raise Invalid(fields={"amount": [_("That is more than is left of it.")]})
    if amount != cents(amount, order.currency):
        raise Invalid(fields={"amount": [_("No such sum can be paid in this currency.")]})
    return shares_of(amount, [line for line in lines if line.pk in left], order.currency)


def _give_back(locked: Locked, shares: dict[int, Decimal], reason: str) -> list[Refund]:
    order, journal = locked.order, locked.journal
    amount = credit(journal, order, locked.lines, shares, reason)
    if not amount:
        return []
    if order.state == State.PAID:
        return pay_back(journal, order, amount, reason, Kind.REFUND_DUE)
    payload = {"credited": str(amount), "is_part": True}
    say(
        journal,
        order,
        Verb.ORDER_CREDITED,
        Kind.ORDER_CANCELLED,
        reason=reason,
        payload=payload,
        amount=str(amount),
    )
    return []


def _say_what_is_left(locked: Locked) -> None:
    """End an order on which nobody is left and of which nothing is to be paid; call an owed one paid that is even."""
    order, journal = locked.order, locked.journal
    if order.credited < order.total:
        return
    registered = EventRegistration.objects.active().filter(order_line__order=order)
    if not registered.exists():
        order.state, order.ended_at, order.pay_by = State.CANCELLED, journal.at, None
        order.save(update_fields=["state", "ended_at", "pay_by"])
        say(journal, order, Verb.ORDER_CANCELLED)
    elif order.state == State.OWED:
        order.state, order.paid_at, order.pay_by = State.PAID, journal.at, None
        order.save(update_fields=["state", "paid_at", "pay_by"])
        say(journal, order, Verb.ORDER_PAID)


@action
def refund_payment(payment: Payment, *, reason: str, actor: Actor, at: datetime | None = None) -> Refund:
    """Let the whole of a payment of a wrong sum go back, and the payer know; asked again, nothing more.

    Raises OrderOver for any other payment, Invalid without a reason.
    """
    at = at or timezone.now()
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Give a reason.")]})
    with transaction.atomic(durable=True):
        order = read_locked(payment.order_id)
        fresh = Payment.objects.get(pk=payment.pk)
        if fresh.state != Payment.State.WRONG:
            raise OrderOver(_("Only a payment of a wrong sum is given back by itself."), state=fresh.state)
        if under_way := fresh.refunds.exclude(state=Refund.State.FAILED).first():
            return actor.done(under_way)
        journal = Journal(actor, at, {})
        refund = refund_of(journal, fresh, fresh.amount, reason)
        say_due(journal, order, refund, Kind.REFUND_DUE)
        journal.write()
        return actor.done(refund)


@action
def note_refunded(
    refund: Refund, reference: str, *, actor: Actor = SYSTEM, at: datetime | None = None
) -> Refund:
    """Note that the money went back, under the provider's reference; noted again, nothing changes.

    Raises OrderOver where somebody says so of what a provider is about to give back, or of what went back by another
    refund since this one failed.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        order, fresh = _fresh(refund)
        if fresh.state != Refund.State.DONE:
            if actor != SYSTEM:
                _check_by_hand(fresh)
            fresh.state, fresh.done_at, fresh.reference = Refund.State.DONE, at, reference[:200]
            fresh.leased_until, fresh.last_error = None, ""
            fresh.save()
            _note(fresh, order, Verb.REFUNDED, actor, at)
        return actor.done(fresh)


@action
def note_refund_failed(
    refund: Refund, error: str, *, final: bool, actor: Actor = SYSTEM, at: datetime | None = None
) -> Refund:
    """Note that the provider did not give the money back: it is asked again later, or where that is `final` the desk
    has to look at it. What went back already stays so.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        order, fresh = _fresh(refund)
        if fresh.state == Refund.State.DUE:
            fresh.attempts, fresh.last_error, fresh.leased_until = fresh.attempts + 1, error[:500], None
            fresh.due_at = at + min(FIRST_PAUSE * 2 ** min(fresh.attempts, 12), LONGEST_PAUSE)
            fresh.state = Refund.State.FAILED if final else Refund.State.DUE
            fresh.save()
            if final:
                _note(fresh, order, Verb.REFUND_FAILED, actor, at)
        return actor.done(fresh)


@action
def note_refund_returned(
    refund: Refund, error: str, *, actor: Actor = SYSTEM, at: datetime | None = None
) -> Refund:
    """Note that money which went back came back to us, as where the payer's account is closed: the refund has failed,
    and the desk has to look at it. Any other refund stays as it is.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        order, fresh = _fresh(refund)
        if fresh.state == Refund.State.DONE:
            fresh.state, fresh.done_at, fresh.due_at = Refund.State.FAILED, None, at
            fresh.last_error = error[:500]
            fresh.save()
            _note(fresh, order, Verb.REFUND_FAILED, actor, at)
        return actor.done(fresh)


def _check_by_hand(refund: Refund) -> None:
    """Raise OrderOver where money that somebody sent would be sent twice."""
    is_by_provider = refund.state == Refund.State.DUE and refund.payment.provider != MANUAL
    is_back = refund.state == Refund.State.FAILED and left_to_refund(refund.payment) < refund.amount
    if is_by_provider or is_back:
        raise OrderOver(_("This goes back, or went back, in another way."), state=refund.state)


@action
def try_refund_again(refund: Refund, *, actor: Actor, at: datetime | None = None) -> Refund:
    """Let a refund that failed be asked for once more, under a new key: to the old one a provider repeats its no.

    Raises OrderOver where so much of the payment is not left any more, or the refund did not fail.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        order, fresh = _fresh(refund)
        if fresh.state != Refund.State.FAILED or left_to_refund(fresh.payment) < fresh.amount:
            raise OrderOver(_("This cannot be given back once more."), state=fresh.state)
        fresh.state, fresh.due_at, fresh.attempts, fresh.key = Refund.State.DUE, at, 0, uuid.uuid4()
        fresh.save()
        _note(fresh, order, Verb.REFUND_DUE, actor, at)
        return actor.done(fresh)


def _fresh(refund: Refund) -> tuple[Order, Refund]:
    """The refund and its order as they are now, the order locked."""
    order = read_locked(refund.payment.order_id)
    return order, Refund.objects.select_related("payment").get(pk=refund.pk)


def _note(refund: Refund, order: Order, verb: Verb, actor: Actor, at: datetime) -> None:
    journal = Journal(actor, at, {})
    detail: dict[str, Any] = {"refund": refund.pk, "payment": refund.payment_id, "amount": str(refund.amount)}
    say(journal, order, verb, reason=refund.last_error, **detail)
    journal.write()
