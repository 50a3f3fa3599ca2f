"""Everybody who paid for an event that was cancelled gets the money back: order by order, so that a kill loses none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from events.actors import SYSTEM, Actor
from events.models import Event
from registrations.actions.orders.ending import cancel_order
from registrations.models import Activity, Order

logger = logging.getLogger(__name__)

# So many orders end before whoever cancelled the event has their answer; the worker ends the others.
AT_ONCE = 50
_TO_BE_ENDED = (Order.State.PAID, Order.State.OWED)


def refund_cancelled_events(
    *, should_stop: Callable[[], bool] = lambda: False, at: datetime | None = None
) -> int:
    """End every paid or owed order of cancelled events: what was paid is to be refunded, what is open is credited.

    Each order is a transaction of its own, and what is left to do is read from the orders: killed anywhere and begun
    again, nobody is left out, and nobody refunded twice. Returns how many ended. One that cannot be ended is left for
    the next time and its failure raised, once the others are done.
    """
    done, failures = 0, []
    at = at or timezone.now()
    waiting = _to_be_ended().exclude(event__cancelled_at=None)
    for event_id in sorted(set(waiting.values_list("event", flat=True))):
        reason = _why_cancelled(event_id)
        for order in list(waiting.filter(event=event_id).order_by("pk")):
            if should_stop():
                return done
            try:
                cancel_order(order, actor=SYSTEM, reason=reason, at=at)
                done += 1
            except Exception as error:
                logger.exception("order %s of a cancelled event", order.pk)
                failures.append(error)
    if failures:
        raise failures[0]
    return done


def refund_after_commit(event: Event, *, actor: Actor, reason: str, at: datetime) -> None:
    """End the first orders of an event that was just cancelled; a failure here never spoils the answer to that."""
    try:
        for order in _to_be_ended().filter(event=event).order_by("pk")[:AT_ONCE]:
            cancel_order(order, actor=actor, reason=reason, at=at)
    except Exception:
        logger.exception("refunds of event %s failed; the worker will see to them", event.pk)


def _to_be_ended() -> QuerySet[Order]:
    return Order.objects.filter(state__in=_TO_BE_ENDED)


def _why_cancelled(event_id: int) -> str:
    said = Activity.objects.filter(
        event=event_id, session=None, verb=Activity.Verb.TARGET_CANCELLED
    ).order_by("-pk")
    return said.values_list("reason", flat=True).first() or ""
