"""Webhooks, by which other systems are told what happens: planned from the ledger, signed, sent, tried again."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from registrations.actions.sending.deliveries import forget_old
from registrations.webhooks.planning import plan
from registrations.webhooks.sending import BATCH, Receivers, send_due

__all__ = ["BATCH", "Receivers", "plan", "plan_and_send", "send_due"]


def plan_and_send(
    *,
    at: datetime | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    receivers: Receivers | None = None,
) -> int:
    """Plan what is new, send what is due, forget what is old; return how many attempts were made."""
    plan(at=at, should_stop=should_stop)
    forget_old(at or timezone.now())
    return send_due(at=at, should_stop=should_stop, receivers=receivers)
