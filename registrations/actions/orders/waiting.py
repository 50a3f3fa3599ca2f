"""Orders that wait for money: given more time, and their payers reminded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import Invalid
from events.errors_of_orders import OrderOver
from events.retrying import action
from registrations import sql
from registrations.actions.journal import Journal
from registrations.actions.orders._steps import read_locked
from registrations.actions.telling_payers import Kind, Verb, say
from registrations.models import Notification, Order

State = Order.State
# So long before its end an order by invoice is reminded of, if it was placed longer ago than that.
REMINDED_BEFORE = timedelta(days=3)
# An owed order whose time passed longer ago is not reminded of any more: a worker that stood still for weeks should
# not wake everybody.
REMINDED_AFTER = timedelta(days=14)


@action
def extend_order(order: Order, until: datetime, *, actor: Actor, at: datetime | None = None) -> Order:
    """Give the order time until then: its seats are held so long, or its invoice may be paid so late.

    Raises OrderOver for one that waits for no money, Invalid for a time that has passed.
    """
    at = at or timezone.now()
    if until <= at:
        raise Invalid(fields={"until": [_("Choose a time to come.")]})
    with transaction.atomic(durable=True):
        fresh = read_locked(order.pk)
        is_late = fresh.held_until is not None and fresh.held_until <= at
        if fresh.state not in (State.HELD, State.OWED) or is_late:
            raise OrderOver(_("This order waits for no payment any more."), state=fresh.state)
        name = "held_until" if fresh.state == State.HELD else "pay_by"
        setattr(fresh, name, until)
        fresh.save(update_fields=[name])
        journal = Journal(actor, at, {})
        say(journal, fresh, Verb.ORDER_EXTENDED, until=until.isoformat())
        journal.write()
        return actor.done(fresh)


@action
def remind_payers(at: datetime | None = None) -> int:
    """Write to whoever has an invoice to pay: three days before its seats come free, or once it is overdue.

    Each time to pay is reminded of once. Returns how many were written to.
    """
    at = at or timezone.now()
    rows = {row.dedup_key: row for row in _rows(at)}
    if not rows:
        return 0
    with transaction.atomic(durable=True):
        written = Notification.objects.filter(dedup_key__in=rows).values_list("dedup_key", flat=True)
        new = [rows[key] for key in rows.keys() - set(written)]
        Notification.objects.bulk_create(sorted(new, key=lambda row: row.dedup_key), ignore_conflicts=True)
    return len(new)


def _rows(at: datetime) -> Iterator[Notification]:
    waiting = Order.objects.filter(total__gt=F("credited"), payer__erased_at=None)
    held = waiting.filter(
        state=State.HELD,
        way=Order.Way.INVOICE,
        held_until__gt=at,
        held_until__lte=at + REMINDED_BEFORE,
        placed_at__lte=F("held_until") - REMINDED_BEFORE,
    )
    owed = waiting.filter(
        state=State.OWED, pay_by__lte=at, pay_by__gt=at - REMINDED_AFTER, event__cancelled_at=None
    )
    for order in [*held, *owed]:
        until = order.held_until or order.pay_by
        assert until is not None
        yield sql.new_row(
            Notification,
            kind=Kind.ORDER_REMINDER,
            dedup_key=f"order_reminder:{order.pk}:{int(until.timestamp())}",
            event_id=order.event_id,
            contact_id=order.payer_id,
            payload={"order": order.pk},
            created_at=at,
            due_at=at,
        )
