"""Planning of messages from the ledger: the worker reads what was written, so a claim pays nothing for webhooks."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from events.models import ApiClient
from registrations import sql
from registrations.actions.sending import deliveries
from registrations.actions.sending.webhooks import MARGIN, ledger_cursor
from registrations.models import Activity, LedgerCursor, Webhook
from registrations.webhooks.facts import PayloadFacts
from registrations.webhooks.payloads import told_of
from registrations.webhooks.shapes import envelope

logger = logging.getLogger(__name__)

CHUNK = 500
# How long an id that was given out is waited for. Locks are waited for 3 seconds and actions take no longer than a
# few of them; what comes later than this was rolled back.
GAP_AGE = timedelta(minutes=30)
MOST_GAPS = 500
# First id, last id, and since when they are missing.
Gap = tuple[int, int, str]


def plan(
    *, seconds: float = 5.0, at: datetime | None = None, should_stop: Callable[[], bool] = lambda: False
) -> int:
    """Write one delivery for each thing that each webhook wants to be told; return how many.

    PostgreSQL gives out ids before the commit: a lower id can become visible after a higher one. A cursor that only
    moved on would lose those rows, so ids that are missing below it stay on a list and are asked for again, until
    they appear or must have been rolled back. A row read twice, or by two workers, is told once: a constraint on
    webhook, ledger row and name keeps the second out.
    """
    planned, more, end = 0, True, time.monotonic() + seconds
    while more and time.monotonic() < end and not should_stop():
        count, more = _step(at or timezone.now())
        planned += count
    return planned


def _step(at: datetime) -> tuple[int, bool]:
    """Read one chunk; return how many deliveries were written and whether there may be more to read."""
    # Before the webhooks: a row that is passed by without any was committed before the first one came.
    newest = Activity.objects.aggregate(newest=Max("id"))["newest"] or 0
    webhooks = _Audience.now()
    cursor = ledger_cursor()
    if not webhooks:
        _skip_to(cursor, newest)
        return 0, False
    gaps = _still_awaited(cursor.gaps, at)
    rows = _rows_after(cursor.position) + _rows_in(gaps)
    with transaction.atomic():
        # Locked while their names are written down: who is erased is erased before this, or finds it.
        _keep_people_as_they_are(rows)
        messages = _messages(rows, webhooks)
        deliveries.write(messages, at)
        has_moved = _move_on(cursor, [row.pk for row in rows], gaps, at)
    return len(messages), has_moved and len(rows) >= CHUNK


def _keep_people_as_they_are(rows: list[Activity]) -> None:
    """Read the people anew, their addresses locked until the transaction ends; nobody who takes a seat waits."""
    people = {row.contact_id for row in rows if row.contact_id}
    fresh = sql.contacts_with(people, "FOR KEY SHARE") if people else {}
    for row in rows:
        row.contact = fresh.get(row.contact_id or 0)


def _skip_to(cursor: LedgerCursor, newest: int) -> None:
    """With nobody to be told, what was written is passed by, so that the first webhook need not wait for it."""
    if newest - cursor.position > 2 * MARGIN:
        _save(cursor, newest - MARGIN, [])


def _still_awaited(gaps: Iterable[Gap], at: datetime) -> list[Gap]:
    oldest = (at - GAP_AGE).isoformat()
    awaited = [(first, last, since) for first, last, since in gaps if since > oldest]
    if len(awaited) > MOST_GAPS:
        logger.warning("webhooks: %d gaps in the ledger, the oldest are given up", len(awaited))
    return awaited[-MOST_GAPS:]


def _ledger() -> QuerySet[Activity]:
    related = ("event__seats", "session__seats", "session__event")
    return Activity.objects.select_related(*related).order_by("id")


def _rows_after(position: int) -> list[Activity]:
    return list(_ledger().filter(id__gt=position)[:CHUNK])


def _rows_in(gaps: list[Gap]) -> list[Activity]:
    rows: list[Activity] = []
    for start in range(0, len(gaps), 50):
        condition = Q()
        for first, last, _since in gaps[start : start + 50]:
            condition |= Q(id__range=(first, last))
        rows += _ledger().filter(condition)[:CHUNK]
    return rows


def _move_on(cursor: LedgerCursor, seen: list[int], gaps: list[Gap], at: datetime) -> bool:
    """Keep how far reading has come; False when another worker was quicker, whose word then counts."""
    position = max([cursor.position, *seen])
    if position > cursor.position:
        gaps = [*gaps, (cursor.position + 1, position, at.isoformat())]
    left = [part for gap in gaps for part in _without(gap, seen)]
    if position == cursor.position and left == [tuple(gap) for gap in cursor.gaps]:
        return True
    return _save(cursor, position, left)


def _without(gap: Gap, seen: list[int]) -> Iterable[Gap]:
    """Yield what is left of the gap once the ids seen are taken out."""
    first, last, since = gap
    for pk in sorted(pk for pk in set(seen) if first <= pk <= last):
        if first < pk:
            yield first, pk - 1, since
        first = pk + 1
    if first <= last:
        yield first, last, since


def _save(cursor: LedgerCursor, position: int, gaps: list[Gap]) -> bool:
    rows = LedgerCursor.objects.filter(pk=cursor.pk, version=cursor.version)
    return rows.update(position=position, gaps=gaps, version=cursor.version + 1) == 1


def _messages(rows: list[Activity], webhooks: _Audience) -> list[deliveries.Planned]:
    rows = [row for row in rows if row.at >= webhooks.since]
    facts = PayloadFacts.about(rows)
    messages = []
    for row in sorted(rows, key=lambda row: row.pk):
        for name, data in told_of(row, facts):
            payload = envelope(name, row, data)
            messages += [
                deliveries.Planned(webhook, row, name, payload) for webhook in webhooks.who_wants(name, row)
            ]
    return messages


@dataclass
class _Audience:
    """The webhooks that are on, and the events that their clients may see where those are limited."""

    webhooks: list[Webhook]
    limits: dict[int, set[int]]

    @classmethod
    def now(cls) -> _Audience:
        webhooks = list(Webhook.objects.active().order_by("id"))
        limited = ApiClient.objects.filter(sees_every_event=False, webhooks__in=webhooks).distinct()
        limits: dict[int, set[int]] = {}
        for client, event in limited.values_list("pk", "events"):
            limits.setdefault(client, set()).update({event} - {None})
        return cls(webhooks, limits)

    def __bool__(self) -> bool:
        return bool(self.webhooks)

    @property
    def since(self) -> datetime:
        """The moment when the first webhook of the audience came."""
        return min(webhook.created_at for webhook in self.webhooks)

    def who_wants(self, name: str, row: Activity) -> list[Webhook]:
        """The webhooks that asked for this name, may see the event, and were there already when it happened."""
        return [webhook for webhook in self.webhooks if self._wants(webhook, name, row)]

    def _wants(self, webhook: Webhook, name: str, row: Activity) -> bool:
        limits = self.limits.get(webhook.client_id)
        return (
            name in webhook.names
            and webhook.event_id in {None, row.event_id}
            and (limits is None or row.event_id in limits)
            and row.at >= webhook.created_at
        )
