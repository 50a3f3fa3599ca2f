"""The ledger's lines get their numbers in the feed, after their commit: whoever claims a seat pays nothing for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from events.retrying import action
from registrations import locks, sql
from registrations.models import Activity, FeedEntry, LedgerCursor

READER = "feed"
CHUNK = 2_000
# Several gaps beyond this many are looked at as one.
MOST_GAPS = 100
# An id can be given out a moment before its transaction has its number.
YOUNGEST = timedelta(minutes=1)


class Gap(NamedTuple):
    """Ids not seen when higher ones were; who has them wrote before the transaction of that number began to write."""

    first: int
    last: int
    before: int
    since: str


class Line(NamedTuple):
    """One row of the ledger that has no number yet."""

    pk: int
    event_id: int


@action
def number_ledger(*, at: datetime | None = None) -> bool:
    """Give numbers to the lines of the ledger that have none; True where there may be more than one step takes.

    Afterwards every line that was committed before the call has one, or the answer is True. Of two lines of which
    one happened because of the other, or on the same seat, the earlier has the lower number. Lines that become
    visible after higher ones are waited for as long as a transaction is open that may have them, and then get the
    next number: a number is never given below one that somebody may have read.
    """
    if not _has_news():
        return False
    with transaction.atomic(durable=True):
        locks.lock_feed()
        # Not saved here: who writes has a number before the reading, and with it gaps would end too early.
        cursor = LedgerCursor.objects.filter(reader=READER).first() or LedgerCursor(reader=READER)
        return _step(cursor, at or timezone.now())


def _has_news() -> bool:
    cursor = LedgerCursor.objects.filter(reader=READER).first()
    newest = Activity.objects.aggregate(newest=Max("id"))["newest"]
    return newest is not None and (cursor is None or bool(cursor.gaps) or newest > cursor.position)


def _step(cursor: LedgerCursor, at: datetime) -> bool:
    gaps = [Gap(*each) for each in cursor.gaps]
    # Asked before the gaps are read: what ended later than this may have appeared after the reading.
    settled = sql.oldest_open_transaction() if sql.numbers_transactions() else 0
    rows = Activity.objects.order_by("id")
    fresh = [
        Line(*each) for each in rows.filter(id__gt=cursor.position).values_list("id", "event_id")[:CHUNK]
    ]
    # Read after the fresh ones: what one of those came from is seen here at the latest.
    late = _late(gaps)
    _give_numbers(sorted([*late, *fresh]))
    position = max([cursor.position, *(line.pk for line in fresh)])
    seen = {line.pk for line in (*late, *fresh)}
    left = [gap for gap in gaps if not _is_over(gap, settled, at)]
    if sql.numbers_transactions() and position - cursor.position > len(fresh):
        # Numbered after the reading: whoever has an id that was missing there has a lower number.
        left.append(Gap(cursor.position + 1, position, sql.own_transaction(), at.isoformat()))
    cursor.gaps = _fewer([part for gap in left for part in _without(gap, seen)])
    cursor.position = position
    cursor.save()
    return len(fresh) == CHUNK


def _late(gaps: list[Gap]) -> list[Line]:
    if not gaps:
        return []
    within = Q()
    for gap in gaps:
        within |= Q(id__range=(gap.first, gap.last))
    has_number = Exists(FeedEntry.objects.filter(activity=OuterRef("pk")))
    return [
        Line(*each) for each in Activity.objects.filter(within, ~has_number).values_list("id", "event_id")
    ]


def _give_numbers(lines: list[Line]) -> None:
    seq = FeedEntry.objects.aggregate(last=Max("seq"))["last"] or 0
    entries = []
    for line in lines:
        seq = max(seq + 1, line.pk)
        entries.append(FeedEntry(seq=seq, activity_id=line.pk, event_id=line.event_id))
    FeedEntry.objects.bulk_create(entries)


def _is_over(gap: Gap, settled: int, at: datetime) -> bool:
    """True once nobody can have the ids that are still missing: they were rolled back."""
    return gap.before <= settled and gap.since <= (at - YOUNGEST).isoformat()


def _without(gap: Gap, seen: set[int]) -> Iterable[Gap]:
    """Yield what is left of the gap once the ids seen are taken out."""
    first = gap.first
    for pk in sorted(pk for pk in seen if gap.first <= pk <= gap.last):
        if first < pk:
            yield gap._replace(first=first, last=pk - 1)
        first = pk + 1
    if first <= gap.last:
        yield gap._replace(first=first)


def _fewer(gaps: list[Gap]) -> list[Gap]:
    """Make one wide gap of the oldest where there are very many; what has a number already is never read twice."""
    if len(gaps) <= MOST_GAPS:
        return gaps
    old, young = gaps[: MOST_GAPS // 2], gaps[MOST_GAPS // 2 :]
    wide = Gap(
        min(gap.first for gap in old),
        max(gap.last for gap in old),
        max(gap.before for gap in old),
        max(gap.since for gap in old),
    )
    return _fewer([wide, *young])
