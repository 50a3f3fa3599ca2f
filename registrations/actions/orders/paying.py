"""Payments: begun before a provider is asked, and settled once the money has come, or will not."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import SYSTEM, Actor
from events.errors import Invalid
from events.errors_of_orders import OrderOver
from events.retrying import action
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.orders._settling import Settled, said_before, settle_within
from registrations.actions.orders._steps import lock_order, read_locked
from registrations.models import Order, Payment

State = Order.State
MANUAL = "manual"
# How soon a worker asks the provider by itself.
FIRST_LOOK = timedelta(minutes=1)


@action
def begin_payment(order: Order, provider: str, reference: str = "", *, at: datetime | None = None) -> Payment:
    """A payment of what is open for the order at this provider, written before the provider is asked for it.

    One that was begun and can still be paid is returned again, with the key by which the provider knows the request.
    With a `reference` it is the payment that the provider knows by it, whatever has become of the order.
    Raises OrderOver where nothing is to be paid, or the order is held no more.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        fresh = read_locked(order.pk)
        if reference:
            return _known(fresh, provider, reference, at)
        is_late = fresh.held_until is not None and fresh.held_until <= at
        if not fresh.open or is_late:
            raise OrderOver(_("Nothing is to be paid for this order now."), state=fresh.state)
        begun = fresh.payments.filter(state=Payment.State.BEGUN, provider=provider, amount=fresh.open)
        for payment in begun.order_by("-pk"):
            if payment.expires_at is None or payment.expires_at > at:
                return payment
        return Payment.objects.create(
            order=fresh, provider=provider, amount=fresh.open, currency=fresh.currency, begun_at=at
        )


def _known(order: Order, provider: str, reference: str, at: datetime) -> Payment:
    payment, _is_new = Payment.objects.get_or_create(
        provider=provider,
        reference=reference,
        defaults={"order": order, "amount": order.total, "currency": order.currency, "begun_at": at},
    )
    return payment


@action
def note_begun(
    payment: Payment,
    reference: str,
    address: str,
    expires_at: datetime | None,
    *,
    at: datetime | None = None,
) -> Payment:
    """Keep what the provider answered: its reference, where the payer goes, until when; a worker asks from now on."""
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        read_locked(payment.order_id)
        fresh = Payment.objects.get(pk=payment.pk)
        fresh.reference, fresh.address, fresh.expires_at = reference, address, expires_at
        if fresh.state in (Payment.State.BEGUN, Payment.State.NOT_PAID):
            # Given up while the provider was still answering: its payer may be on the way there.
            fresh.state, fresh.next_look_at = Payment.State.BEGUN, at + FIRST_LOOK
        fresh.save(update_fields=["state", "reference", "address", "expires_at", "next_look_at"])
    return fresh


@action
def note_not_paid(payment: Payment, *, at: datetime | None = None) -> Payment:
    """The provider says that no money will come by it; the order stays held until its time. What was paid stays so.

    Nothing but the payment knows of it, so that no time is kept.
    """
    del at
    with transaction.atomic(durable=True):
        read_locked(payment.order_id)
        fresh = Payment.objects.get(pk=payment.pk)
        if fresh.state == Payment.State.BEGUN:
            fresh.state, fresh.next_look_at, fresh.leased_until = Payment.State.NOT_PAID, None, None
            fresh.save(update_fields=["state", "next_look_at", "leased_until"])
    return fresh


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
    the order was paid or cancelled already or the event is cancelled, all of it is to be refunded, and the payer told.
    Another sum or currency seats nobody and changes nothing but the payment, which says so; what came in parts is
    enough once they are the whole sum together. Raises Invalid for no sum at all.
    """
    at = at or timezone.now()
    if amount <= 0:
        raise Invalid(fields={"amount": [_("Give an amount above zero.")]})
    with transaction.atomic(durable=True):
        locked = lock_order(payment.order_id, actor, at)
        fresh = Payment.objects.get(pk=payment.pk)
        if (before := said_before(fresh, locked.order)) is not None:
            return before
        settled = actor.done(settle_within(locked, fresh, amount, currency))
    settle_after_commit(locked.journal.freed, [], at)
    return settled


@action
def mark_paid(
    order: Order, *, amount: Decimal | None = None, note: str = "", actor: Actor, at: datetime | None = None
) -> Settled:
    """Note that the money came by another way, such as a bank transfer: all that is open, or this `amount`.

    Afterwards it is settled like any other payment. Marked again without an amount, nothing more is noted. Raises
    Invalid for an amount of nothing, OrderOver where nothing was to be paid.
    """
    at = at or timezone.now()
    if amount is not None and amount <= 0:
        raise Invalid(fields={"amount": [_("Give an amount above zero.")]})
    with transaction.atomic(durable=True):
        locked = lock_order(order.pk, actor, at)
        fresh = locked.order
        if not fresh.total:
            raise OrderOver(_("Nothing is to be paid for this order now."), state=fresh.state)
        if fresh.state == State.PAID and amount is None:
            return actor.done(Settled.SEATED)
        came = amount if amount is not None else fresh.open or fresh.total
        payment = Payment(
            order=fresh, provider=MANUAL, amount=came, currency=fresh.currency, begun_at=at, note=note[:300]
        )
        payment.noted_by = actor.user
        payment.save()
        settled = actor.done(settle_within(locked, payment, came, fresh.currency))
    settle_after_commit(locked.journal.freed, [], at)
    return settled
