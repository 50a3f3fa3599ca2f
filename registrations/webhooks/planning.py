"""Planning of messages from the ledger: the worker reads what was written, so a claim pays nothing for webhooks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.models import ApiClient
from registrations import sql
from registrations.actions.sending import deliveries
from registrations.actions.sending.numbering import number_ledger
from registrations.actions.sending.webhooks import messages_cursor
from registrations.models import Activity, LedgerCursor, Webhook
from registrations.models.webhooks import is_wanted
from registrations.queries.feed import newest_number, number_of, numbered_after
from registrations.webhooks.facts import PayloadFacts
from registrations.webhooks.payloads import told_of
from registrations.webhooks.shapes import envelope

CHUNK = 500


def plan(
    *, seconds: float = 5.0, at: datetime | None = None, should_stop: Callable[[], bool] = lambda: False
) -> int:
    """Write one delivery for each thing that each webhook wants to be told; return how many.

    The ledger's lines are numbered first, and read by their numbers: what became visible late has a higher one than
    what was read before. A line read twice, or by two workers, is told once: a constraint on webhook, ledger row and
    name keeps the second out.
    """
    planned, more, end = 0, True, time.monotonic() + seconds
    while more and time.monotonic() < end and not should_stop():
        count, more = _step(at or timezone.now())
        planned += count
    return planned


def _step(at: datetime) -> tuple[int, bool]:
    """Read one chunk; return how many deliveries were written and whether there may be more to read."""
    # Begins before what is numbered now, where nobody has read yet.
    cursor = messages_cursor()
    has_more_to_number = number_ledger(at=at)
    # Before the webhooks: a line that is passed by without any was committed before the first one came.
    newest = newest_number()
    webhooks = _Audience.now()
    if not webhooks:
        _move_on(cursor, newest)
        return 0, has_more_to_number
    rows = numbered_after(cursor.position, most=CHUNK)
    with transaction.atomic():
        # Locked while their names are written down: who is erased is erased before this, or finds it.
        _keep_people_as_they_are(rows)
        messages = _messages(rows, webhooks)
        deliveries.write(messages, at)
        has_moved = _move_on(cursor, number_of(rows[-1]) if rows else newest)
    return len(messages), has_moved and (has_more_to_number or len(rows) >= CHUNK)


def _keep_people_as_they_are(rows: list[Activity]) -> None:
    """Read the people anew, their addresses locked until the transaction ends; nobody who takes a seat waits."""
    people = {row.contact_id for row in rows if row.contact_id}
    fresh = sql.contacts_with(people, "FOR KEY SHARE") if people else {}
    for row in rows:
        row.contact = fresh.get(row.contact_id or 0)


def _move_on(cursor: LedgerCursor, position: int) -> bool:
    """Keep how far reading has come; False when another worker was quicker, whose word then counts."""
    if position <= cursor.position:
        return True
    rows = LedgerCursor.objects.filter(pk=cursor.pk, version=cursor.version)
    return rows.update(position=position, version=cursor.version + 1) == 1


def _messages(rows: list[Activity], webhooks: _Audience) -> list[deliveries.Planned]:
    rows = [row for row in rows if row.at >= webhooks.since]
    facts = PayloadFacts.about(rows)
    messages = []
    for row in rows:
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
            is_wanted(name, webhook.names)
            and webhook.event_id in {None, row.event_id}
            and (limits is None or row.event_id in limits)
            and row.at >= webhook.created_at
        )
