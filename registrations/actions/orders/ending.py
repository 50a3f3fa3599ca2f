"""Orders end: not paid in time, or cancelled."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from events.actors import SYSTEM, Actor
from events.errors import Busy
from events.models import Event
from events.retrying import action
from registrations import locks
from registrations.actions.endings import end_all, seats_touched
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import do_each, settle_after_commit
from registrations.actions.orders._steps import Locked, end, lock_order
from registrations.models import Activity, EventRegistration, Order, OrderLine, Payment, Refund

State = Order.State


@action
def expire_orders(at: datetime | None = None) -> int:
    """End every order that was not paid in time; what it held goes to whoever waits, else to newcomers.

    Returns how many ended. One that cannot be ended is left for the next time and its failure raised, once the others
    are done.
    """
    at = at or timezone.now()
    late = Order.objects.held().filter(held_until__lte=at).order_by("held_until", "id")
    return do_each([partial(_expire, pk, at) for pk in late.values_list("pk", flat=True)])


def cancel_held(order_id: int, actor: Actor, at: datetime) -> None:
    """End an order that waits for payment, in a transaction of its own; what has ended meanwhile stays as it is."""
    with transaction.atomic(durable=True):
        locked = lock_order(order_id, actor, at)
        if locked.order.state == State.HELD:
            end(locked, State.CANCELLED)
            locked.journal.write()
    settle_after_commit(locked.journal.freed, [], at)


def within_end_held(journal: Journal, event: Event, reason: str) -> None:
    """End every order of the event that waits for payment. Needs: the seat counts of the event and all its passes."""
    lines = OrderLine.objects.filter(event=event, is_held=True)
    for line in lines.select_related("event_pass", "contact").order_by("id"):
        for target in (event, line.event_pass):
            detail = {"order": line.order_id}
            journal.move(Activity.Verb.RELEASED, target, line.contact, held=-1, reason=reason, detail=detail)
    lines.update(is_held=False)
    Order.objects.held().filter(event=event).update(
        state=State.CANCELLED, held_until=None, ended_at=journal.at, reason=reason[:300]
    )


def _expire(order_id: int, at: datetime) -> int:
    with transaction.atomic(durable=True):
        locked = lock_order(order_id, SYSTEM, at)
        held_until = locked.order.held_until
        if held_until is None or held_until > at:
            return 0
        end(locked, State.EXPIRED)
        locked.journal.write()
    settle_after_commit(locked.journal.freed, [], at)
    return 1


@action
def cancel_order(order: Order, *, actor: Actor, reason: str = "", at: datetime | None = None) -> Order:
    """End the order, whether paid or not: what it held or gave is free, and all that was paid is to be refunded.

    Whoever it had registered is told that they hold nothing any more; freed seats are settled. An order that has ended
    already stays as it is.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        given = list(_given(order))
        # Before the seat counts: an ending registration may hold more than the order gave.
        locks.lock_contacts({each.contact_id for each in given} | _people(order))
        locked = lock_order(order.pk, actor, at, also=seats_touched(given))
        given_now = list(_given(order))
        if {each.pk for each in given_now} != {each.pk for each in given}:
            raise Busy
        if locked.order.state in (State.HELD, State.PAID):
            end_all(locked.journal, given_now, reason, even_locked=True)
            end(locked, State.CANCELLED, reason)
            locked.journal.write()
            _refund_all(locked, reason)
    settle_after_commit(locked.journal.freed, locked.journal.lost_a_seat, at)
    return locked.order


def _given(order: Order) -> list[EventRegistration]:
    rows = EventRegistration.objects.active().filter(order_line__order=order)
    return list(rows.select_related("event", "contact").order_by("id"))


def _people(order: Order) -> set[int]:
    return set(order.order_lines.values_list("contact_id", flat=True))


def _refund_all(locked: Locked, reason: str) -> None:
    for payment in locked.order.payments.filter(state=Payment.State.PAID):
        given_back = payment.refunds.exclude(state=Refund.State.FAILED)
        left = payment.amount - sum((each.amount for each in given_back), 0)
        if left > 0:
            Refund.objects.create(payment=payment, amount=left, reason=reason or "", due_at=locked.journal.at)
