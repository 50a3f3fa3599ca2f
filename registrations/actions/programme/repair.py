"""Set counters right after something outside this program changed rows; nothing else needs it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.actors import SYSTEM, Actor
from events.models import Event, SeatCount
from events.retrying import action
from registrations import locks
from registrations.models import Activity
from registrations.queries.counters import Counters, Target, targets_by_seats, true_counters
from sessions_app.models import Session


@action
def repair_counters(
    event: Event | None = None, *, actor: Actor = SYSTEM, at: datetime | None = None
) -> dict[int, tuple[Counters, Counters]]:
    """Make every counter of `event`, or of all events, agree with the rows; no row that holds a seat is touched.

    Afterwards each seat count that was wrong has a ledger row saying so. Returns what was stored and what is
    true, by the id of the seat count. Nobody is told; the worker's next sweep gives away what this freed.
    """
    at = at or timezone.now()
    targets, changed = targets_by_seats(event), {}
    suspects = [i for i, true in true_counters(event).items() if true != Counters.of(targets[i].seats)]
    with transaction.atomic(durable=True):
        # Without it a claim between the recount and the correction would be counted out again.
        locked = locks.lock_seats(suspects)
        true_now = true_counters(event)
        for seats_id, seats in locked.items():
            stored, true = Counters.of(seats), true_now[seats_id]
            if stored != true:
                _correct(targets[seats_id], seats, true, actor, at)
                changed[seats_id] = (stored, true)
    return changed


def _correct(target: Target, seats: SeatCount, true: Counters, actor: Actor, at: datetime) -> None:
    stored = Counters.of(seats)
    SeatCount.objects.filter(pk=seats.pk).update(**true._asdict())
    Activity.objects.create(
        at=at,
        verb=Activity.Verb.CORRECTED,
        event_id=target.pk if isinstance(target, Event) else target.event_id,
        session=target if isinstance(target, Session) else None,
        user=actor.user,
        actor=actor.label,
        detail={"before": stored._asdict()},
        seats=seats,
        taken_change=true.taken - stored.taken,
        held_change=true.held - stored.held,
        waiting_change=true.waiting - stored.waiting,
        capacity=seats.capacity,
        **true._asdict(),
    )
