"""Places in line. Nothing is stored: the order is the moment of joining (requirements E2)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from waitlists.models import WaitlistItem


def position(item: WaitlistItem) -> int | None:
    """The item's place in line, counting from 1; None for an item that is not in line."""
    return positions([item]).get(item.pk)


def positions(items: Iterable[WaitlistItem]) -> dict[int, int]:
    """The places in line by item id, one small query each; items not in line are left out."""
    return {item.pk: _ahead_of(item) + 1 for item in items if item.status == WaitlistItem.Status.WAITING}


def _ahead_of(item: WaitlistItem) -> int:
    earlier = Q(joined_at__lt=item.joined_at) | Q(joined_at=item.joined_at, id__lt=item.pk)
    return WaitlistItem.objects.waiting().filter(earlier, seats_id=item.seats_id).count()


def length_of_line(seats_id: int) -> int:
    """How many wait for this target, passed over or not."""
    return WaitlistItem.objects.waiting().filter(seats_id=seats_id).count()
