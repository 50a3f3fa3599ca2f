"""What a new capacity would do, before it is set."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from events.models import Event, SeatCount
from registrations import rules
from registrations.actions._line import Step, steps_for, why_not
from registrations.actions._targets import event_of, target_of
from registrations.actions.capacity import check_capacity
from registrations.queries import standings_of
from sessions_app.models import Session
from waitlists.models import WaitlistItem


@dataclass
class CapacityPreview:
    """What a new capacity would do: whom it would seat or invite, and by how many it would be exceeded."""

    seated: list[WaitlistItem] = field(default_factory=list)
    invited: list[WaitlistItem] = field(default_factory=list)
    over_by: int = 0


def preview_capacity(
    target: Event | Session, capacity: int | None, *, at: datetime | None = None
) -> CapacityPreview:
    """Return what `change_capacity` would do now, writing nothing: "raising to 40 seats these 7".

    Seats that those people would give up in a swap go to other lines; what that does further on is not foreseen.
    """
    at = at or timezone.now()
    check_capacity(capacity)
    fresh = target_of(target.seats_id)
    assert fresh is not None
    fresh.seats.capacity = capacity
    preview = CapacityPreview(over_by=max(0, -(fresh.seats.free or 0)))
    if any(rules.refusals_to_serve(fresh, at)):
        return preview
    items = WaitlistItem.objects.waiting().filter(seats_id=fresh.seats_id).in_line()
    line = list(items.select_related("contact", "event_pass__seats"))
    passes = _share_passes(line)
    standings = standings_of({item.contact_id for item in line}, event_of(fresh))
    # Those passed over are looked at again when a capacity changes.
    able = [item for item in line if not why_not(fresh, item, standings[item.contact_id])]
    for step in steps_for(fresh, able, standings):
        _count(preview, step, fresh.seats, passes)
    return preview


def _share_passes(line: list[WaitlistItem]) -> dict[int, SeatCount]:
    """Let items with the same pass share one copy of its seat count; return these by pass."""
    shared: dict[int, SeatCount] = {}
    for item in line:
        if item.event_pass is not None:
            item.event_pass.seats = shared.setdefault(item.event_pass.pk, copy.copy(item.event_pass.seats))
    return shared


def _count(preview: CapacityPreview, step: Step, seats: SeatCount, passes: dict[int, SeatCount]) -> None:
    if step.reason:
        return
    if step.is_invitation:
        seats.held += 1
        preview.invited += step.items
        return
    seats.taken += 1
    preview.seated += step.items
    if step.item.event_pass_id:
        passes[step.item.event_pass_id].taken += 1
