"""Mails about orders that staff have sent: once more, or to remind whoever has still to pay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from events.actors import Actor
from events.retrying import action
from registrations import locks
from registrations.actions.journal import Journal
from registrations.models import Activity, Notification, Order

Kind = Notification.Kind
State = Order.State
# Asked for again within it, a mail is the same one.
ONE_CLICK = timedelta(minutes=1)
_OF_STATE: dict[str, Notification.Kind] = {
    State.HELD: Kind.ORDER_PLACED,
    State.OWED: Kind.ORDER_PLACED,
    State.PAID: Kind.ORDER_PAID,
    State.EXPIRED: Kind.ORDER_EXPIRED,
    State.CANCELLED: Kind.ORDER_CANCELLED,
}


@action
def mail_orders(
    orders: Iterable[Order], *, is_reminder: bool = False, actor: Actor, at: datetime | None = None
) -> int:
    """Mail each payer how their order stands, with its newest invoice; return how many are written to.

    A reminder goes to those only of whom something is open. Who was erased gets none, and a mail that is on its way
    already, or left a moment ago, is not written twice. The ledger names the actor.
    """
    at = at or timezone.now()
    ids = [order.pk for order in orders]
    rows = Order.objects.filter(pk__in=ids, payer__erased_at=None)
    if is_reminder:
        rows = rows.filter(state__in=[State.HELD, State.OWED])
    with transaction.atomic(durable=True):
        # Two requests at the same instant would each find no such mail, and each write one.
        locks.lock_contacts(set(rows.values_list("payer_id", flat=True)))
        journal, count = Journal(actor, at, {}), 0
        on_their_way = _on_their_way(ids, at)
        for order in rows.select_related("event", "payer").order_by("id"):
            kind = Kind.ORDER_REMINDER if is_reminder else _OF_STATE[order.state]
            if (order.pk, kind) not in on_their_way:
                _tell(journal, order, kind)
                count += 1
        journal.write()
        return actor.done(count)


def _tell(journal: Journal, order: Order, kind: Notification.Kind) -> None:
    detail = {"order": order.pk, "mail": kind}
    activity = journal.note(Activity.Verb.MAIL_SENT_AGAIN, order.event, order.payer, detail=detail)
    journal.tell(kind, order.payer, activity, order.event, payload={"order": order.pk})


def _on_their_way(ids: list[int], at: datetime) -> set[tuple[int, str]]:
    """Which order's mails of which kind wait to be sent, or left a moment ago."""
    waits = Q(sent_at=None, given_up_at=None) | Q(created_at__gt=at - ONE_CLICK)
    rows = Notification.objects.filter(waits, payload__order__in=ids, kind__startswith="order_")
    return {(payload["order"], kind) for payload, kind in rows.values_list("payload", "kind")}
