"""What a new capacity would do, before it is set."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from events.models import Event, SeatCount
from registrations import rules
from registrations.actions.lines.hindrances import hindrance_of
from registrations.actions.lines.next_in_line import Step, steps_for
from registrations.actions.lines.settling import BATCH
from registrations.actions.programme.capacity import check_capacity
from registrations.actions.targets import event_of
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

    The target's times and settings are taken as they are in memory, for a form that changes them as well. Seats that
    people would give up in a swap go to other lines; what that does further on is not previewed.
    """
    at = at or timezone.now()
    check_capacity(capacity)
    fresh = copy.copy(target)
    fresh.seats = SeatCount.objects.get(pk=target.seats_id)
    fresh.seats.capacity = capacity
    preview = CapacityPreview(over_by=max(0, -(fresh.seats.free or 0)))
    if any(rules.refusals_to_serve(fresh, at)):
        return preview
    items = WaitlistItem.objects.waiting().filter(seats_id=fresh.seats_id).in_line()
    line = items.select_related("contact", "event_pass__seats")
    passes: dict[int, SeatCount] = {}
    begin = 0
    while fresh.seats.has_seat_for_line and (batch := list(line[begin : begin + BATCH])):
        _preview(preview, fresh, batch, passes, at)
        begin += BATCH
    return preview


def _preview(
    preview: CapacityPreview,
    target: Event | Session,
    items: list[WaitlistItem],
    passes: dict[int, SeatCount],
    at: datetime,
) -> None:
    """Count what becomes of these items, the next in line."""
    _share_passes(items, passes)
    standings = standings_of({item.contact_id for item in items}, event_of(target))
    # Those passed over are looked at again when a capacity changes.
    able = [
        item
        for item in items
        if item.together or not hindrance_of(target, item, standings[item.contact_id], at)
    ]
    for step in steps_for(target, able, standings, at):
        _count(preview, step, target.seats, passes)


def _share_passes(items: list[WaitlistItem], shared: dict[int, SeatCount]) -> None:
    """Let items with the same pass share one copy of its seat count."""
    for item in items:
        if item.event_pass is not None:
            item.event_pass.seats = shared.setdefault(item.event_pass.pk, copy.copy(item.event_pass.seats))


def _count(preview: CapacityPreview, step: Step, seats: SeatCount, passes: dict[int, SeatCount]) -> None:
    if step.hindrance:
        return
    if step.is_invitation:
        seats.held += 1
        if (to_pay := rules.priced_pass_of(step.item)) is not None:
            passes[to_pay.pk].held += 1
        preview.invited += step.items
        return
    seats.taken += 1
    preview.seated += step.items
    if step.item.event_pass_id:
        passes[step.item.event_pass_id].taken += 1
