"""The outbox as workers use it: lease a mail, send it outside of any transaction, mark it.

Any number of workers may run at once. Whoever's conditional update changes the row has the mail; if that worker
dies, the lease runs out and the repeat carries the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from registrations.models import Notification

# Longer than the slowest mail server takes to give up (settings.EMAIL_TIMEOUT for each of its answers).
LEASE = timedelta(minutes=5)
GIVE_UP_AFTER = 8
_PAUSES = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
]


def lease_due(
    limit: int, at: datetime | None = None, *, clock: Callable[[], datetime] = timezone.now
) -> Iterator[Notification]:
    """Yield up to `limit` mails that are due, oldest first and messages last, each leased just before it is yielded.

    A mail yielded here is yielded to no other worker until its lease ends. `at` stops the clock.
    """
    now = (lambda: at) if at else clock
    for pk in _first_due(now(), limit):
        if _lease(pk, now()):
            yield Notification.objects.get(pk=pk)


def _first_due(at: datetime, limit: int) -> list[int]:
    """Whoever writes to fifty thousand people holds up nobody's seat: messages go when nothing else is due."""
    due = Notification.objects.due(at).order_by("due_at", "id").values_list("pk", flat=True)
    first = list(due.exclude(kind=Notification.Kind.MESSAGE)[:limit])
    return first + list(due.filter(kind=Notification.Kind.MESSAGE)[: limit - len(first)])


def _lease(pk: int, at: datetime) -> bool:
    """Take the mail, unless another worker has taken it since it was listed."""
    free = Notification.objects.due(at).filter(pk=pk)
    # Counted now and not when sending fails: a mail that kills its worker is given up in the end, too.
    return free.update(leased_until=at + LEASE, attempts=F("attempts") + 1) == 1


def mark_sent(notification: Notification, at: datetime | None = None) -> None:
    """Record that the mail has left; it is never sent again."""
    _unsent(notification).update(sent_at=at or timezone.now(), leased_until=None, last_error="")


def mark_failed(notification: Notification, error: str, at: datetime | None = None) -> None:
    """Record why the mail did not leave, and try again after a pause; after the eighth time give it up."""
    at = at or timezone.now()
    changes: dict[str, object] = {"leased_until": None, "last_error": error[:2000]}
    if notification.attempts >= GIVE_UP_AFTER:
        changes["given_up_at"] = at
    else:
        changes["due_at"] = at + pause_after(notification.attempts)
    # One given up meanwhile, since its person was erased, keeps no address that a mail server names.
    _unsent(notification).filter(given_up_at=None).update(**changes)


def mark_no_longer_true(notification: Notification, reason: str, at: datetime | None = None) -> None:
    """Close a mail that would tell something that is not so any more."""
    _unsent(notification).update(
        given_up_at=at or timezone.now(), leased_until=None, last_error=f"No longer true: {reason}"
    )


def _unsent(notification: Notification) -> QuerySet[Notification]:
    return Notification.objects.filter(pk=notification.pk, sent_at=None)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after this many failures."""
    return _PAUSES[min(max(attempts, 1), len(_PAUSES)) - 1]
