"""The ledger in the order of the feed, for whoever tells other systems of it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Max

from registrations.models import Activity, FeedEntry


def numbered_after(
    position: int, events: Collection[int] | None = None, most: int | None = None
) -> list[Activity]:
    """Return the lines with higher numbers than this one in their order, of these events or (None) of all."""
    related = ("feed_entry", "contact", "event__seats", "session__seats", "session__event")
    rows = Activity.objects.filter(feed_entry__seq__gt=position).select_related(*related)
    if events is not None:
        rows = rows.filter(feed_entry__event__in=events)
    return list(rows.order_by("feed_entry__seq")[:most])


def number_of(row: Activity) -> int:
    """Return the number of a ledger row that `numbered_after` has read."""
    return row.feed_entry.seq


def newest_number() -> int:
    """Return the highest number given so far; 0 where there is none."""
    return FeedEntry.objects.aggregate(newest=Max("seq"))["newest"] or 0
