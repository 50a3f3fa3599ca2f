"""Change how many may come."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import Invalid, NotPermitted
from events.models import MAXIMUM_CAPACITY, Event, Pass, SeatCount
from events.retrying import action
from registrations import locks
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.models import Activity
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Target = Event | Session | Pass
Verb = Activity.Verb


def new_seat_count(capacity: int | None, event: Event) -> SeatCount:
    """Return a saved seat count for something new of this event, with nobody in it.

    An event that is not saved yet has no id to be named by: for it `own_seat_count` follows.
    Raises Invalid for an impossible capacity.
    """
    check_capacity(capacity)
    return SeatCount.objects.create(capacity=capacity, event_id=event.pk)


def own_seat_count(event: Event) -> None:
    """Let the seat count of an event just saved name it."""
    SeatCount.objects.filter(pk=event.seats_id).update(event=event)
    event.seats.event_id = event.pk


@action
def change_capacity(
    target: Target, capacity: int | None, *, actor: Actor, reason: str = "", at: datetime | None = None
) -> SeatCount:
    """Set the target's capacity; nobody is removed, and a seat that becomes free goes to the line.

    Raised from 5 to 8 with 7 seats taken, exactly one is free. Lowering never breaks an
    invitation. Raises Invalid outside 0–50,000, or above a hard limit.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        seats = _change(target, capacity, actor, reason, at)
    _settle(target, at)
    return seats


def within_form_change_capacity(
    target: Target, capacity: int | None, *, actor: Actor, reason: str = "", at: datetime | None = None
) -> SeatCount:
    """Do what `change_capacity` does inside the admin's own transaction; the line is served after its commit."""
    at = at or timezone.now()
    assert transaction.get_connection().in_atomic_block, "within a form's transaction"
    seats = _change(target, capacity, actor, reason, at)
    transaction.on_commit(partial(_settle, target, at), robust=True)
    return seats


def within_form_change_hard_limit(
    target: Target, hard_limit: int | None, *, actor: Actor, reason: str = "", at: datetime | None = None
) -> SeatCount:
    """Set how many may be in at most, past capacity too (fire code), inside the admin's own transaction.

    Raises NotPermitted without the permission to pass hard limits, Invalid below the capacity or where none is set,
    and where more have a seat than it would allow.
    """
    at = at or timezone.now()
    assert transaction.get_connection().in_atomic_block, "within a form's transaction"
    if not actor.has_perm_past_hard_limit:
        raise NotPermitted(_("You may not change a hard limit. Ask an Event Administrator."))
    seats = locks.lock_seats([target.seats_id])
    mine = seats[target.seats_id]
    check_hard_limit(hard_limit, mine.capacity)
    if mine.hard_limit != hard_limit:
        _check_nobody_is_over(hard_limit, mine)
        before, mine.hard_limit = mine.hard_limit, hard_limit
        mine.save(update_fields=["hard_limit"])
        journal = Journal(actor, at, seats)
        detail = {"hard_limit_before": before, "hard_limit_after": hard_limit}
        journal.move(Verb.HARD_LIMIT_CHANGED, target, reason=reason, detail=detail)
        journal.write()
    target.seats = mine
    return mine


def _check_nobody_is_over(hard_limit: int | None, seats: SeatCount) -> None:
    """Raise Invalid where a new, or lower, hard limit is passed already: nobody is removed by a number."""
    is_lower = hard_limit is not None and (seats.hard_limit is None or hard_limit < seats.hard_limit)
    there = seats.taken + seats.held
    if is_lower and hard_limit is not None and there > hard_limit:
        words = _("%(n)d seats are taken or held already. Cancel some first, or allow at least as many.")
        raise Invalid(fields={"hard_limit": [words % {"n": there}]})


def check_hard_limit(hard_limit: int | None, capacity: int | None) -> None:
    """Raise Invalid unless the capacity stays within the hard limit."""
    if hard_limit is None:
        return
    if not 0 <= hard_limit <= MAXIMUM_CAPACITY:
        raise Invalid(fields={"hard_limit": [_("Give a whole number from 0 to 50,000.")]})
    if capacity is None or capacity > hard_limit:
        words = _("The hard limit here is %(n)d. Give a capacity, at most as many.") % {"n": hard_limit}
        raise Invalid(words, fields={"capacity": [words]})


def check_capacity(capacity: int | None) -> None:
    """Raise Invalid for an impossible capacity."""
    if capacity is not None and not 0 <= capacity <= MAXIMUM_CAPACITY:
        raise Invalid(
            _("A capacity is a whole number from 0 to 50,000."),
            fields={"capacity": [_("Give a whole number from 0 to 50,000.")]},
        )


def _change(target: Target, capacity: int | None, actor: Actor, reason: str, at: datetime) -> SeatCount:
    check_capacity(capacity)
    seats = locks.lock_seats_to_change_facts([target.seats_id])
    mine = seats[target.seats_id]
    if mine.capacity != capacity:
        check_hard_limit(mine.hard_limit, capacity)
        before, mine.capacity = mine.capacity, capacity
        # Only this column: the counters belong to those who claim.
        mine.save(update_fields=["capacity"])
        journal = Journal(actor, at, seats)
        journal.move(
            Verb.CAPACITY_CHANGED, target, reason=reason, detail={"before": before, "after": capacity}
        )
        # Other systems ask for what changed, and the capacity is theirs to know as well.
        type(target)._default_manager.filter(pk=target.pk).update(updated_at=at)
        journal.write()
    target.seats = mine
    return mine


def _settle(target: Target, at: datetime) -> None:
    settle_after_commit([target.seats_id], [], at, again=[target.seats_id])


def within_form_waitlist_settings_changed(
    changed: Event | Session, *, actor: Actor, at: datetime | None = None
) -> None:
    """Bring `waiting` in step with waitlist settings just saved; a line that is served again is served after commit.

    While a waitlist is off its items stay, nobody is served, and newcomers may take free seats.
    Needs to be called inside the transaction that saves the settings.
    """
    at = at or timezone.now()
    assert transaction.get_connection().in_atomic_block, "within a form's transaction"
    targets: list[Event | Session] = [changed]
    if isinstance(changed, Event):
        # All of them: somebody may be joining a line in which nobody stood yet.
        targets += list(Session.objects.filter(event=changed, archived_at=None))
    seats = locks.lock_seats_to_change_facts({target.seats_id for target in targets})
    items = WaitlistItem.objects.eligible().filter(seats_id__in=seats).order_by()
    eligible = dict(items.values_list("seats_id").annotate(number=Count("pk")))
    journal = Journal(actor, at, seats)
    for target in targets:
        if isinstance(target, Session) and isinstance(changed, Event):
            target.event = changed
        should_be = eligible.get(target.seats_id, 0) if target.waitlist_enabled else 0
        difference = should_be - seats[target.seats_id].waiting
        if difference:
            journal.move(Verb.WAITLIST_SETTINGS_CHANGED, target, waiting=difference)
    journal.write()
    waiting = WaitlistItem.objects.waiting().filter(seats_id__in=seats).order_by("seats_id")
    lines = list(waiting.values_list("seats_id", flat=True).distinct())
    transaction.on_commit(partial(settle_after_commit, lines, [], at, again=lines), robust=True)
