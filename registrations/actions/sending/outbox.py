"""The outbox as workers use it: lease a mail, send it outside of any transaction, mark it.

Any number of workers may run at once. Whoever's conditional update changes the row has the mail; if that worker
dies, the lease runs out and the repeat carries the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from events.actors import Actor
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
    """Yield up to `limit` mails that are due, oldest first, each leased just before it is yielded.

    A mail yielded here is yielded to no other worker until its lease ends. `at` stops the clock.
    """
    now = (lambda: at) if at else clock
    due = Notification.objects.due(now()).order_by("due_at", "id")
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        if _lease(pk, now()):
            yield Notification.objects.get(pk=pk)


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


def _unsent(notification: Notification):
    return Notification.objects.filter(pk=notification.pk, sent_at=None)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after this many failures."""
    return _PAUSES[min(max(attempts, 1), len(_PAUSES)) - 1]


def resend(notification: Notification, *, actor: Actor, at: datetime | None = None) -> Notification:
    """Have the mail sent once more, and return the outbox row that will be.

    A mail that never left is tried again from the start. One that did gets a row of its own, with a Message-ID
    of its own, since mail programs hide the second of two equal ones. Clicked twice, it is still one.
    """
    at = at or timezone.now()
    fresh = Notification.objects.get(pk=notification.pk)
    if fresh.sent_at is None:
        _unsent(fresh).update(given_up_at=None, leased_until=None, attempts=0, due_at=at, last_error="")
        fresh.refresh_from_db()
        return fresh
    base = fresh.dedup_key.split(":again:")[0]
    repeats = Notification.objects.filter(dedup_key__startswith=f"{base}:again:")
    waiting = repeats.filter(sent_at=None, given_up_at=None).first()
    return waiting or _repeat(fresh, f"{base}:again:{repeats.count() + 1}", actor, at)


def _repeat(sent: Notification, key: str, actor: Actor, at: datetime) -> Notification:
    payload = {**sent.payload, "resent_by": actor.label}
    row = Notification(
        kind=sent.kind,
        dedup_key=key,
        event_id=sent.event_id,
        contact_id=sent.contact_id,
        event_registration_id=sent.event_registration_id,
        session_id=sent.session_id,
        payload=payload,
        created_at=at,
        due_at=at,
    )
    try:
        row.save()
    except IntegrityError:
        return Notification.objects.get(dedup_key=key)
    return row
