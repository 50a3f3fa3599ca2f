"""Places in line. Nothing is stored: the order is the moment of joining (requirements E2)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from registrations import sql
from waitlists.models import WaitlistItem


def position(item: WaitlistItem) -> int | None:
    """The item's place in line, counting from 1; None for an item that is not in line."""
    return sql.ahead_of(item) + 1 if item.status == WaitlistItem.Status.WAITING else None


def positions(items: Iterable[WaitlistItem]) -> dict[int, int]:
    """The places in line by item id, in one query; items not in line are left out."""
    ids = [item.pk for item in items if item.status == WaitlistItem.Status.WAITING]
    if not ids:
        return {}
    earlier = Q(joined_at__lt=OuterRef("joined_at")) | Q(
        joined_at=OuterRef("joined_at"), id__lt=OuterRef("id")
    )
    line = WaitlistItem.objects.waiting().filter(earlier, seats_id=OuterRef("seats_id")).order_by()
    ahead = line.values("seats_id").annotate(count=Count("id")).values("count")
    rows = WaitlistItem.objects.filter(id__in=ids).annotate(ahead=Coalesce(Subquery(ahead), 0))
    return {pk: count + 1 for pk, count in rows.order_by().values_list("id", "ahead")}


def length_of_line(seats_id: int) -> int:
    """How many wait for this target, passed over or not."""
    return WaitlistItem.objects.waiting().filter(seats_id=seats_id).count()
