"""Whether everything that is stored about seats agrees: counters, rows, promises and the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from events.models import Event, Pass
from registrations.models import Activity, EventRegistration, SessionRegistration
from registrations.queries import invoices, money, offences
from registrations.queries.asked_once import Question, Rows, Within
from registrations.queries.counters import Counters, Scope, Stored, counted
from registrations.queries.draw_offences import wrong_draws
from registrations.queries.offences import Check, Offence
from registrations.queries.own_events import rows_of_other_events
from sessions_app.models import Session


def recount(event: Event | None = None, *, swept: bool = False, at: datetime | None = None) -> list[Offence]:
    """Return everything that is wrong with the seats of `event`, or of all events; nothing when all is true.

    `swept` also asks that nobody who could be served waits beside a free seat at the moment `at`, which holds
    once the worker has swept. Reads only; on a busy site read it inside one repeatable-read snapshot, else a
    movement between two of its queries looks like an offence.
    """
    scope = Scope(event)
    checks: list[Check] = [
        _wrong_counters,
        _too_many,
        offences.blocked_overlaps,
        offences.seated_and_waiting,
        offences.seats_of_cancelled,
        offences.passes_of_cancelled,
        offences.empty_invitations,
        offences.invited_without_seat,
        offences.items_in_the_wrong_line,
        offences.parted_groups,
        _rows_of_other_events,
        offences.loose_items,
        offences.hopeless,
        offences.ledger_gaps,
        _ledger_ends,
        offences.unfounded_moves,
        money.lines_unlike_their_orders,
        money.money_astray,
        money.refunded_twice,
        *invoices.CHECKS,
        money.sums_astray,
        money.seats_unlike_their_lines,
        offences.doubled_seats,
        offences.doubled_people,
        offences.doubled_items,
        offences.doubled_mails,
        wrong_draws,
    ]
    found = [offence for check in checks for offence in check(scope)]
    return found + (list(_idle_seats(scope, at or timezone.now())) if swept else [])


def _wrong_counters(scope: Scope) -> Iterator[Offence]:
    """Counters = rows."""
    true = counted(scope)
    for seats_id, stored in scope.stored.items():
        if stored.counters != true[seats_id]:
            message = f"the counters say {stored.counters}; the rows say {true[seats_id]}"
            yield Offence("counters", scope.name(seats_id), message)


def _too_many(scope: Scope) -> Iterator[Offence]:
    """Taken + held ≤ hard limit, those added past capacity apart."""
    for seats_id, stored in scope.stored.items():
        if stored.hard_limit is None or stored.taken + stored.held <= stored.hard_limit:
            continue
        rows: QuerySet[Any] = EventRegistration.objects.confirmed().filter(event__seats=seats_id)
        if isinstance(scope.targets[seats_id], Session):
            rows = SessionRegistration.objects.active().filter(session__seats=seats_id)
        over = stored.taken + stored.held - stored.hard_limit
        if rows.filter(is_past_capacity=True).count() < over:
            yield Offence(
                "hard_limit", scope.name(seats_id), f"{over} over the hard limit {stored.hard_limit}"
            )


def _rows_of_other_events(scope: Scope) -> Iterator[Offence]:
    """A row names the event of what it hangs on."""
    for where, message in rows_of_other_events(scope):
        yield Offence("wrong_event", where, message)


@Question
def _last_movements(within: Within) -> Rows:
    of_event = within.narrow(Activity.objects.filter(seats__isnull=False)).order_by()
    last_ids = of_event.values("seats").annotate(last=Max("id")).values("last")
    rows = Activity.objects.filter(pk__in=last_ids).order_by()
    return rows.values_list("seats", *Counters._fields, "capacity")


def _ledger_ends(scope: Scope) -> Iterator[Offence]:
    """The last movement left what is stored now; where nothing was moved, nothing is taken, held or waited for."""
    ends = {
        seats_id: (Counters(*figures), capacity)
        for seats_id, *figures, capacity in _last_movements.rows(scope.event_id)
    }
    for seats_id, stored in scope.stored.items():
        end, capacity = ends.get(seats_id, (Counters(0, 0, 0), stored.capacity))
        if end != stored.counters:
            seats = scope.targets[seats_id].seats
            yield Offence(
                "ledger_end", scope.name(seats_id), f"the ledger ends with {end}; stored is {seats}"
            )
        elif capacity != stored.capacity:
            message = f"the ledger ends with capacity {capacity}; stored is {stored.capacity}"
            yield Offence("ledger_end", scope.name(seats_id), message)


def _idle_seats(scope: Scope, at: datetime) -> Iterator[Offence]:
    """Nobody who could be served waits beside a free seat."""
    for seats_id, stored in scope.stored.items():
        if not (stored.waiting and stored.has_line) or stored.is_full:
            continue
        if _is_served(scope, stored, at):
            seats = scope.targets[seats_id].seats
            yield Offence("idle_seat", scope.name(seats_id), f"a seat is free, but people wait: {seats}")


def _is_served(scope: Scope, stored: Stored, at: datetime) -> bool:
    """True when the target is one whose line is served at that moment."""
    target = scope.targets[stored.seats_id]
    if isinstance(target, Pass):
        return False
    event = target.event if isinstance(target, Session) else target
    has_started = target.starts_at is not None and target.starts_at <= at
    is_unlimited_room = isinstance(target, Session) and target.is_capacity_missing
    is_resting = has_started or is_unlimited_room or target.seats.is_in_draw(at)
    return event.is_live and target.is_live and not is_resting
