"""Places in line, which are counted and never stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from events.models import Event, Pass
from registrations import sql
from waitlists.models import WaitlistItem

# So many are counted sooner than it takes to find out which end of the line is nearer.
NEAR = 1_000


def position(item: WaitlistItem) -> int | None:
    """The item's place in line, counting from 1; None for an item that is not in line."""
    if item.status != WaitlistItem.Status.WAITING:
        return None
    ahead = sql.ahead_of(item.pk, NEAR)
    if ahead is None or ahead < NEAR:
        return None if ahead is None else ahead + 1
    return positions([item]).get(item.pk)


def positions(items: Iterable[Any]) -> dict[int, int]:
    """The places in line by item id, in one query; items, or their `pk` and `status`, that are in none are left out."""
    ids = [item.pk for item in items if item.status == WaitlistItem.Status.WAITING]
    return sql.places_of(ids) if ids else {}


def is_spoken_for(event_pass: Pass, event: Event) -> bool:
    """True where as many people wait for the event with this pass, and lack nothing but it, as are left of it.

    So it is where it is sold out. Asked under the lock of the pass's seat count, no newcomer comes between a pass that
    is free again and them.
    """
    free = event_pass.seats.free
    if free is None or not event.waitlist_enabled:
        return False
    lacks_the_pass = Q(passed_over_code=WaitlistItem.PassedOver.PASS_SOLD_OUT)
    waiting = WaitlistItem.objects.waiting().filter(event_pass=event_pass, session=None)
    return waiting.filter(Q(passed_over_at=None) | lacks_the_pass).count() >= free


def length_of_line(seats_id: int) -> int:
    """The number of people who wait for this target, passed over or not."""
    return sql.length_of(seats_id)
