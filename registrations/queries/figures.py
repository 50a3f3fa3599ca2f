"""How the site is doing, read from the rows: seats, lines and what waits to be sent."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import F, Max, Min, Q, Sum
from django.utils import timezone

from events.models import SeatCount
from registrations.models import Activity, Notification, WebhookDelivery


def figures(at: datetime | None = None) -> dict[str, float]:
    """Return each figure by its name; ages are in seconds, and 0 where nothing waits."""
    at = at or timezone.now()
    seats = SeatCount.objects.aggregate(taken=Sum("taken"), held=Sum("held"), waiting=Sum("waiting"))
    mails = Notification.objects.due(at).aggregate(oldest=Min("due_at"))
    webhooks = WebhookDelivery.objects.due(at).aggregate(oldest=Min("due_at"))
    return {
        "seats_taken": seats["taken"] or 0,
        "seats_held": seats["held"] or 0,
        "people_waiting": seats["waiting"] or 0,
        "settle_lag_seconds": settle_lag(at),
        "oldest_due_mail_seconds": _age(mails["oldest"], at),
        "mails_given_up": Notification.objects.exclude(given_up_at=None).filter(sent_at=None).count(),
        "oldest_due_webhook_seconds": _age(webhooks["oldest"], at),
        "lock_waits_now": _lock_waits(),
    }


def settle_lag(at: datetime) -> float:
    """For how long, at most, a free seat has stood beside somebody who waits for it and could have it.

    A line stands still since the last move of its seats, which is when the seat was freed or the person came.
    """
    free = Q(capacity=None) | Q(capacity__gt=F("taken") + F("held"))
    left = list(SeatCount.objects.filter(free, waiting__gt=0).values_list("pk", flat=True))
    moves = Activity.objects.filter(seats_id__in=left).order_by().values("seats_id")
    return max((_age(move["last"], at) for move in moves.annotate(last=Max("at"))), default=0.0)


def _age(since: datetime | None, at: datetime) -> float:
    return max(0.0, (at - since).total_seconds()) if since else 0.0


def _lock_waits() -> int:
    """How many connections wait for a lock at this moment; SQLite does not tell."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])
