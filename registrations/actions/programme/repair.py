"""Set right what something outside this version changed: counters, and rows that name no event."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from events.actors import SYSTEM, Actor
from events.models import Event, SeatCount
from events.retrying import action
from registrations import locks
from registrations.models import Activity
from registrations.queries.counters import Counters, Target, targets_by_seats, true_counters
from registrations.queries.own_events import PARENTS, event_id_of
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


@action
def repair_events(event: Event | None = None) -> dict[str, int]:
    """Let each row without an event name the one it belongs to; how many were filled, by what they are.

    A version that knows no such column leaves it empty while it runs beside this one. A row that names another
    event is left as it is: which of the two is wrong, no program knows.
    """
    filled: dict[str, int] = {}
    with transaction.atomic(durable=True):
        targets = targets_by_seats(event)
        unnamed = [seats_id for seats_id, target in targets.items() if target.seats.event_id is None]
        for seats in locks.lock_seats(unnamed).values():
            seats.event_id = event_id_of(targets[seats.pk])
            seats.save(update_fields=["event"])
        filled[str(SeatCount._meta.verbose_name_plural)] = len(unnamed)
        for model, path in PARENTS.items():
            true = model._default_manager.filter(pk=OuterRef("pk")).order_by().values(path)
            rows = model._default_manager.filter(event=None)
            rows = rows if event is None else rows.filter(**{path: event})
            filled[str(model._meta.verbose_name_plural)] = rows.order_by().update(event=Subquery(true[:1]))
    return {what: number for what, number in filled.items() if number}


def _correct(target: Target, seats: SeatCount, true: Counters, actor: Actor, at: datetime) -> None:
    stored = Counters.of(seats)
    SeatCount.objects.filter(pk=seats.pk).update(**true._asdict())
    Activity.objects.create(
        at=at,
        verb=Activity.Verb.CORRECTED,
        event_id=event_id_of(target),
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
