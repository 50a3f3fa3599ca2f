"""Webhook deliveries as workers use them: lease one, send it outside of any transaction, mark it.

The pattern is the outbox's: whoever's conditional update changes the row has the message, so that any number of
workers may run at once; if that worker dies, the lease runs out and the repeat carries the same `webhook-id`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db.models import F, Min
from django.utils.translation import gettext as _

from registrations.models import Activity, Webhook, WebhookDelivery
from registrations.models.webhooks import WebhookDeliveryQuerySet

# Longer than one attempt can take, asking for the host's address included.
LEASE = timedelta(minutes=2)
# After each failure; the tenth is the last. Standard Webhooks recommends such a schedule: about three days.
_PAUSES = [
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
]
GIVE_UP_AFTER = len(_PAUSES) + 1
SWITCH_OFF_AFTER = timedelta(days=5)
# A failing address is left alone for a while, so that a long queue for it costs few attempts: doubled each time.
_FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=5)
KEPT_FOR = timedelta(days=30)
CHUNK = 500


@dataclass(frozen=True)
class Planned:
    """One message to be written: which address is told what of which ledger row."""

    webhook: Webhook
    activity: Activity
    name: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What became of one attempt: the HTTP status, or none where nobody answered, and the error in words."""

    status: int | None = None
    error: str = ""
    # Seconds after which the receiver wants to be asked again.
    retry_after: int = 0

    @property
    def is_taken(self) -> bool:
        """True when the receiver has the message."""
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_gone(self) -> bool:
        """True when the receiver says that it wants nothing any more."""
        return self.status == HTTPStatus.GONE


def write(planned: Iterable[Planned], at: datetime) -> None:
    """Write one message for each; what was written before for the same address, row and name stays the only one."""
    rows = [
        WebhookDelivery(
            webhook=each.webhook,
            activity=each.activity,
            event_id=each.activity.event_id,
            name=each.name,
            payload=each.payload,
            created_at=at,
            due_at=at,
        )
        for each in planned
    ]
    WebhookDelivery.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)


def webhooks_due(at: datetime) -> list[int]:
    """Return the webhooks that have a message to be sent now, the longest waiting first."""
    # Grouped: a long queue of one hides no other.
    due = WebhookDelivery.objects.due(at).order_by().values("webhook_id").annotate(first=Min("due_at"))
    return list(due.order_by("first").values_list("webhook_id", flat=True))


def lease_next(webhook_id: int, at: datetime) -> WebhookDelivery | None:
    """Return the oldest message that is due for this webhook, leased; None when there is none.

    It is handed to no other worker until its lease ends.
    """
    due = WebhookDelivery.objects.due(at).filter(webhook_id=webhook_id).order_by("due_at", "id")
    for pk in list(due.values_list("pk", flat=True)[:10]):
        if _lease(pk, at):
            return WebhookDelivery.objects.select_related("webhook").get(pk=pk)
    return None


def _lease(pk: int, at: datetime) -> bool:
    """Take the message, unless another worker has taken it since it was listed."""
    free = WebhookDelivery.objects.due(at).filter(pk=pk)
    # Counted now and not when sending fails: a message that kills its worker is given up in the end, too.
    return free.update(leased_until=at + LEASE, attempts=F("attempts") + 1) == 1


def mark(delivery: WebhookDelivery, answer: Answer, at: datetime) -> None:
    """Record what became of the attempt, for the message and for its address."""
    if answer.is_taken:
        _mark_delivered(delivery, answer, at)
    else:
        _mark_failed(delivery, answer, at)


def _mark_delivered(delivery: WebhookDelivery, answer: Answer, at: datetime) -> None:
    _pending(delivery).update(delivered_at=at, leased_until=None, last_status=answer.status, last_error="")
    Webhook.objects.filter(pk=delivery.webhook_id).exclude(failing_since=None).update(
        failing_since=None, failures=0, resting_until=None
    )


def _mark_failed(delivery: WebhookDelivery, answer: Answer, at: datetime) -> None:
    changes: dict[str, object] = {
        "leased_until": None,
        "last_status": answer.status,
        "last_error": answer.error[:500],
    }
    if delivery.attempts >= GIVE_UP_AFTER:
        changes["given_up_at"] = at
    else:
        changes["due_at"] = at + max(pause_after(delivery.attempts), timedelta(seconds=answer.retry_after))
    _pending(delivery).update(**changes)
    _rest(delivery.webhook_id, answer, at)


def _rest(webhook_id: int, answer: Answer, at: datetime) -> None:
    """Leave the address alone for a while; for good when it says so, or has failed for very long."""
    rows = Webhook.objects.filter(pk=webhook_id)
    rows.filter(failing_since=None).update(failing_since=at)
    rows.update(failures=F("failures") + 1)
    webhook = rows.get()
    rest = min(_FIRST_REST * 2 ** min(webhook.failures - 1, 10), LONGEST_REST)
    rows.update(resting_until=at + max(rest, timedelta(seconds=answer.retry_after)))
    on = rows.filter(switched_off_at=None)
    if answer.is_gone:
        on.update(switched_off_at=at, switched_off_reason=_("The receiver answered 410 Gone."))
    elif webhook.failing_since is not None and at - webhook.failing_since >= SWITCH_OFF_AFTER:
        said = _("Failed for %(days)d days, at last: %(error)s") % {
            "days": SWITCH_OFF_AFTER.days,
            "error": answer.error,
        }
        on.update(switched_off_at=at, switched_off_reason=said[:300])


def _pending(delivery: WebhookDelivery) -> WebhookDeliveryQuerySet:
    return WebhookDelivery.objects.pending().filter(pk=delivery.pk)


def pause_after(attempts: int) -> timedelta:
    """Return how long a message waits after this many failures."""
    return _PAUSES[min(max(attempts, 1), len(_PAUSES)) - 1]


def forget_old(at: datetime) -> int:
    """Delete messages that are a month old, since they name people; return how many."""
    old = WebhookDelivery.objects.filter(created_at__lt=at - KEPT_FOR).values_list("pk", flat=True)[:1_000]
    return WebhookDelivery.objects.filter(pk__in=list(old)).delete()[0]
