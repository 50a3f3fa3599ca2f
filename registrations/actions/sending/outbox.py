"""The outbox as workers use it: lease a mail, send it outside of any transaction, mark it.

Any number of workers may run at once. Whoever's conditional update changes the row has the mail; if that worker
dies, the lease runs out and the repeat carries the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from registrations.models import Notification
from registrations.notifications import GATHERINGS

# Longer than the slowest mail server takes to give up (settings.EMAIL_TIMEOUT for each of its answers).
LEASE = timedelta(minutes=5)
GIVE_UP_AFTER = 8
# How the error of a mail begins that nobody needs any more.
NO_LONGER_TRUE = "No longer true"
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
    due = Notification.objects.due(at).exclude(_told_by_another())
    keys = due.order_by("due_at", "id").values_list("pk", flat=True)
    first = list(keys.exclude(kind=Notification.Kind.MESSAGE)[:limit])
    return first + list(keys.filter(kind=Notification.Kind.MESSAGE)[: limit - len(first)])


def _lease(pk: int, at: datetime) -> bool:
    """Take the mail, unless another worker has taken it since it was listed."""
    free = Notification.objects.due(at).filter(pk=pk).exclude(_told_by_another())
    # Counted now and not when sending fails: a mail that kills its worker is given up in the end, too.
    return free.update(leased_until=at + LEASE, attempts=F("attempts") + 1) == 1


def _told_by_another() -> Q:
    """The condition that an earlier change of the same kind waits to be told: its mail tells of this one as well."""
    same = Notification.objects.filter(contact=OuterRef("contact"), event=OuterRef("event"))
    earlier = same.filter(pk__lt=OuterRef("pk"), sent_at=None, given_up_at=None)
    told = Q()
    for name in GATHERINGS:
        gathered = Q(payload__has_key=name)
        told |= gathered & Q(Exists(earlier.filter(gathered)))
    return told


def mark_sent(
    notification: Notification, at: datetime | None = None, *, told_with: Collection[int] = ()
) -> None:
    """Record that the mail has left, and with it the others that it told of; none is ever sent again."""
    rows = Notification.objects.filter(pk__in=[notification.pk, *told_with], sent_at=None)
    rows.update(sent_at=at or timezone.now(), leased_until=None, last_error="")


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


def mark_no_longer_true(
    notification: Notification, reason: str, at: datetime | None = None, *, told_with: Collection[int] = ()
) -> None:
    """Close a mail that would tell something that is not so any more, and the others that it would have told of."""
    Notification.objects.filter(pk__in=[notification.pk, *told_with], sent_at=None).update(
        given_up_at=at or timezone.now(), leased_until=None, last_error=f"{NO_LONGER_TRUE}: {reason}"
    )


def _unsent(notification: Notification) -> QuerySet[Notification]:
    return Notification.objects.filter(pk=notification.pk, sent_at=None)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after this many failures."""
    return _PAUSES[min(max(attempts, 1), len(_PAUSES)) - 1]
