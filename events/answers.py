"""Answers kept under an Idempotency-Key: a request that is repeated is carried out once."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.errors import InProgress, Invalid
from events.models import ApiClient, IdempotencyKey
from events.retrying import action

# For so long a claim on a key stands without an answer. Longer than any request takes; and one that takes longer all
# the same is undone when it comes to keep its answer, because the key is not its own any more.
LEASE = timedelta(seconds=30)
KEPT_FOR = timedelta(hours=24)
PATIENCE_SECONDS, PAUSE_SECONDS = 5.0, 0.05


@dataclass(frozen=True)
class Repeatable:
    """One request with its key, as one process received it."""

    client: ApiClient
    key: str
    fingerprint: str
    request: str
    holder: uuid.UUID = field(default_factory=uuid.uuid4)


@action
def claim_key(asked: Repeatable, *, at: datetime | None = None) -> IdempotencyKey:
    """Return the row of an Idempotency-Key: answered already, or claimed so that this request alone is carried out.

    While another request holds the claim, its answer is waited for. Raises Invalid for another request under the
    same key, InProgress when the first one takes too long. A claim without an answer ends with its lease.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        row = _claimed_or_found(asked, at or timezone.now())
        if row is not None:
            if row.fingerprint != asked.fingerprint:
                words = _("This key was used for another request. Take a new key for each request.")
                raise Invalid(words, fields={"Idempotency-Key": [words]})
            if row.is_answered or row.holder == asked.holder:
                return row
        if time.monotonic() >= until:
            raise InProgress
        time.sleep(PAUSE_SECONDS)


def _claimed_or_found(asked: Repeatable, at: datetime) -> IdempotencyKey | None:
    """The key's row after an attempt to claim it; None when the row went away meanwhile."""
    rows = IdempotencyKey.objects.filter(client=asked.client, key=asked.key)
    row = rows.first()
    if row is None:
        # Of two that find none, the database lets one in; the other one reads that one's row.
        IdempotencyKey.objects.bulk_create([_new_row(asked, at)], ignore_conflicts=True)
        return rows.first()
    if row.created_at <= at - KEPT_FOR:
        claimed = rows.filter(holder=row.holder).update(
            holder=asked.holder,
            leased_until=at + LEASE,
            created_at=at,
            fingerprint=asked.fingerprint,
            request=asked.request,
            status_code=None,
            content_type="",
            answer="",
        )
        return rows.first() if claimed else row
    if not row.is_answered and row.leased_until <= at and row.fingerprint == asked.fingerprint:
        unanswered = rows.filter(holder=row.holder, status_code=None)
        unanswered.update(holder=asked.holder, leased_until=at + LEASE)
        return rows.first()
    return row


def _new_row(asked: Repeatable, at: datetime) -> IdempotencyKey:
    return IdempotencyKey(
        client=asked.client,
        key=asked.key,
        fingerprint=asked.fingerprint,
        request=asked.request[:300],
        holder=asked.holder,
        leased_until=at + LEASE,
        created_at=at,
    )


def within_act_keep_answer(row: IdempotencyKey, status_code: int, content_type: str, answer: str) -> None:
    """Keep the request's answer, in the transaction in which its act runs.

    Raises InProgress, which undoes the act, when the lease ended and another request took the key over.
    """
    mine = IdempotencyKey.objects.filter(pk=row.pk, holder=row.holder, status_code=None)
    if not mine.update(status_code=status_code, content_type=content_type, answer=answer):
        raise InProgress


@action
def keep_answer(row: IdempotencyKey, status_code: int, content_type: str, answer: str) -> None:
    """Keep an answer that changed nothing, such as a refusal, in a transaction of its own."""
    within_act_keep_answer(row, status_code, content_type, answer)


@action
def free_key(row: IdempotencyKey) -> None:
    """Free the key, so that the request may be sent again: it came to no answer that could be kept."""
    IdempotencyKey.objects.filter(pk=row.pk, holder=row.holder, status_code=None).delete()


@action
def forget_old_answers(at: datetime | None = None) -> int:
    """Delete the Idempotency-Keys first used more than 24 hours ago; returns how many."""
    at = at or timezone.now()
    deleted, _by_model = IdempotencyKey.objects.filter(created_at__lte=at - KEPT_FOR).delete()
    return deleted
