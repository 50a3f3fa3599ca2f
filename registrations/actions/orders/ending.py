"""Orders end: not paid in time, or cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import ATTENDEE, SYSTEM, Actor
from events.errors import Busy
from events.errors_of_orders import OrderOver
from events.models import Contact, Event, Pass
from events.retrying import action
from registrations import locks
from registrations.actions.endings import end_all, seats_touched
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import do_each, settle_after_commit
from registrations.actions.orders._money import credit, left_of, pay_back
from registrations.actions.orders._steps import Locked, end, lock_order
from registrations.actions.telling_payers import Kind, Verb, say
from registrations.models import EventRegistration, Order, OrderLine, OrderSeat
from registrations.rules.orders import back_to_payer, shares_of
from sessions_app.models import Session

State = Order.State


@action
def expire_orders(at: datetime | None = None) -> int:
    """End every order that was not paid in time; what it held goes to whoever waits, else to newcomers.

    Each payer is told. Returns how many ended. One that cannot be ended is left for the next time and its failure
    raised, once the others are done.
    """
    at = at or timezone.now()
    late = Order.objects.held().filter(held_until__lte=at).order_by("held_until", "id")
    return do_each([partial(_expire, pk, at) for pk in late.values_list("pk", flat=True)])


def _expire(order_id: int, at: datetime) -> int:
    with transaction.atomic(durable=True):
        locked = lock_order(order_id, SYSTEM, at)
        until = locked.order.held_until
        if until is None or until > at:
            return 0
        end(locked, State.EXPIRED)
        say(locked.journal, locked.order, Verb.ORDER_EXPIRED, Kind.ORDER_EXPIRED)
        locked.journal.write()
    settle_after_commit(locked.journal.freed, [], at)
    return 1


def cancel_held(order_id: int, actor: Actor, at: datetime, erased: Contact | None = None) -> None:
    """End an order that waits for payment, in a transaction of its own; what has ended meanwhile stays as it is.

    Its payer is told, unless they are the one who is being `erased`.
    """
    with transaction.atomic(durable=True):
        locked = lock_order(order_id, actor, at)
        if locked.order.state == State.HELD:
            end(locked, State.CANCELLED)
            kind = None if locked.order.payer == erased else Kind.ORDER_CANCELLED
            say(locked.journal, locked.order, Verb.ORDER_CANCELLED, kind)
            locked.journal.write()
    settle_after_commit(locked.journal.freed, [], at)


def within_end_held(journal: Journal, event: Event, reason: str) -> None:
    """End every order of the event that waits for payment; each payer is told.

    Needs: the seat counts of the event, and of all its passes and sessions.
    """
    lines = OrderLine.objects.filter(event=event, is_held=True)
    seats = OrderSeat.objects.filter(order_line__event=event, is_held=True)
    for line in lines.select_related("event_pass", "contact").order_by("id"):
        chosen = [one.session for one in seats.filter(order_line=line).select_related("session")]
        targets: list[Event | Session | Pass] = [event, line.event_pass, *chosen]
        for target in targets:
            detail = {"order": line.order_id}
            journal.move(Verb.RELEASED, target, line.contact, held=-1, reason=reason, detail=detail)
    seats.update(is_held=False)
    lines.update(is_held=False)
    ending = Order.objects.held().filter(event=event)
    _lock_rows(ending.values_list("pk", flat=True))
    for order in ending.select_related("event", "payer").order_by("id"):
        order.state, order.held_until, order.ended_at = State.CANCELLED, None, journal.at
        order.reason = reason[:300] or order.reason
        order.save(update_fields=["state", "held_until", "ended_at", "reason"])
        of_order = list(order.order_lines.all())
        credit(journal, order, of_order, left_of(order, of_order), reason)
        say(journal, order, Verb.ORDER_CANCELLED, Kind.ORDER_CANCELLED, reason=reason)


def within_cancel_left(journal: Journal, ended: Iterable[EventRegistration], reason: str) -> None:
    """Cancel what was owed, or given away, for these ended registrations where nobody is left on the order.

    What was paid stays until somebody gives it back. Needs: the contacts.
    """
    gone = {each.pk for each in ended}
    orders = set(OrderLine.objects.filter(registration__in=gone).values_list("order_id", flat=True))
    _lock_rows(orders)
    for order in Order.objects.filter(pk__in=orders).select_related("event__seats", "payer").order_by("pk"):
        left = EventRegistration.objects.active().filter(order_line__order=order).exclude(pk__in=gone)
        if order.state not in (State.OWED, State.PAID) or order.received or left.exists():
            continue
        lines = list(order.order_lines.all())
        credit(journal, order, lines, left_of(order, lines), reason)
        _say_ended(order, journal.at, reason)
        kind = Kind.ORDER_CANCELLED if order.total else None
        say(journal, order, Verb.ORDER_CANCELLED, kind, reason=reason)


def _lock_rows(orders: Iterable[int]) -> None:
    """Lock all of these orders before the first takes a number of invoices, after which nothing may be locked."""
    for pk in sorted(orders):
        locks.lock_row(Order, pk)


@action
def cancel_order(order: Order, *, actor: Actor, reason: str = "", at: datetime | None = None) -> Order:
    """End the order, whether paid or not: what it held or gave is free, and all that was paid is to be refunded.

    Nothing of it is owed any more. Whoever it had registered is told that they hold nothing any more, and the payer
    what comes back; freed seats are settled. An order that has ended already stays as it is.
    """
    return _cancelled(order, actor, at or timezone.now(), _Ending(reason, lambda order: order.received))


@action
def cancel_by_payer(order: Order, *, at: datetime | None = None) -> Order:
    """End the order at its payer's wish, as `cancel_order` does; of what was paid comes back what its terms say.

    What is held and not paid may always be cancelled. Raises OrderOver where the terms do not, or no longer, allow
    it, Locked where somebody on it holds a seat that was locked when saved.
    """
    at = at or timezone.now()

    def back(fresh: Order) -> Decimal:
        allowed = back_to_payer(fresh, at)
        if allowed is None:
            words = _("This order cannot be cancelled here any more. Please write to the organizer.")
            raise OrderOver(words, state=fresh.state)
        return allowed

    return _cancelled(order, ATTENDEE, at, _Ending("", back, is_even_locked=False))


@dataclass(frozen=True)
class _Ending:
    """Why an order is cancelled, and what of that which was paid comes back."""

    reason: str
    back: Callable[[Order], Decimal]
    is_even_locked: bool = True


def _cancelled(order: Order, actor: Actor, at: datetime, ending: _Ending) -> Order:
    with transaction.atomic(durable=True):
        locked, given = lock_given(order.pk, None, actor, at)
        actor.ask_condition()
        if locked.order.state in (State.HELD, State.OWED, State.PAID):
            _cancel(locked, given, ending)
            locked.journal.write()
        actor.done(locked.order)
    settle_after_commit(locked.journal.freed, locked.journal.lost_a_seat, at)
    return locked.order


def _cancel(locked: Locked, given: list[EventRegistration], ending: _Ending) -> None:
    order, journal = locked.order, locked.journal
    back, kept = ending.back(order), order.received
    end_all(journal, given, ending.reason, even_locked=ending.is_even_locked)
    if kept > back:
        # The payer gives up what their terms keep: that much of the invoice stands.
        shares = shares_of(back, locked.lines, order.currency)
        credit(journal, order, locked.lines, shares, ending.reason)
        _say_ended(order, journal.at, ending.reason)
    else:
        end(locked, State.CANCELLED, ending.reason)
    pay_back(journal, order, back, ending.reason)
    payload = {"amount": str(back)} if back else {}
    say(journal, order, Verb.ORDER_CANCELLED, Kind.ORDER_CANCELLED, reason=ending.reason, payload=payload)


def _say_ended(order: Order, at: datetime, reason: str) -> None:
    order.state, order.ended_at, order.reason = State.CANCELLED, at, reason[:300] or order.reason
    order.save(update_fields=["state", "ended_at", "reason"])


def lock_given(
    order_id: int, line_ids: set[int] | None, actor: Actor, at: datetime
) -> tuple[Locked, list[EventRegistration]]:
    """Lock the order, and everything that the registrations of these lines (None: all) hold; return both.

    Raises Busy where somebody on it got or lost something meanwhile.
    """
    given = _given(order_id, line_ids)
    # Before the seat counts: an ending registration may hold more than the order gave.
    people = OrderLine.objects.filter(order=order_id).values_list("contact_id", flat=True)
    locks.lock_contacts({each.contact_id for each in given} | set(people))
    locked = lock_order(order_id, actor, at, also=seats_touched(given))
    given_now = _given(order_id, line_ids)
    if {each.pk for each in given_now} != {each.pk for each in given}:
        raise Busy
    return locked, given_now


def _given(order_id: int, line_ids: set[int] | None) -> list[EventRegistration]:
    rows = EventRegistration.objects.active().filter(order_line__order=order_id)
    if line_ids is not None:
        rows = rows.filter(order_line__in=line_ids)
    return list(rows.select_related("event", "contact").order_by("id"))
