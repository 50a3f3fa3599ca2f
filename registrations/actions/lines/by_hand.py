"""Staff serve the line by hand: invite now, register now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import Full, Invalid, NotPermitted, NoWaitlist
from events.retrying import action
from registrations import locks, rules
from registrations.actions.journal import Journal
from registrations.actions.lines.next_in_line import lacks_pass
from registrations.actions.lines.serving import (
    attach_passes,
    invite_for_one_seat,
    promote,
    step_back,
    tell_taken,
)
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.targets import Target, event_of, reread, seats_for
from registrations.models import Activity, EventRegistration, SessionRegistration
from registrations.queries import standing_of, standings_of
from registrations.rules.outcomes import Outcome, PersonLine
from registrations.rules.people import Attendee
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Status = WaitlistItem.Status
Verb = Activity.Verb


@action
def invite(
    items: Iterable[WaitlistItem], *, actor: Actor, notify: bool = True, at: datetime | None = None
) -> int:
    """Hold one free seat for these people, whatever their places, until the deadline; tell them.

    All must wait for the same target. Returns how many were invited; those invited already are left as they
    are. Raises Full without a free seat, Invalid for items of several targets.
    """
    at = at or timezone.now()
    items = list(items)
    with transaction.atomic(durable=True):
        seats = locks.lock_seats({item.seats_id for item in items})
        rows = [item for item in reread(items) if item.status == Status.WAITING]
        if not rows:
            return 0
        target = _one_target(rows, seats)
        if not target.seats.has_seat_for_line:
            raise Full(_("There is no free seat to offer. Raise the capacity, or register past capacity."))
        for why in rules.refusals_to_serve(target, at):
            raise NoWaitlist(_("Nobody can be invited: %(why)s.") % {"why": why})
        journal = Journal(actor, at, seats, notify)
        standings = standings_of([item.contact_id for item in rows], event_of(target))
        invite_for_one_seat(journal, target, rows, standings)
        journal.write()
        actor.done(len(rows))
    return len(rows)


def _one_target(items: list[WaitlistItem], seats: dict) -> Target:
    if len({item.seats_id for item in items}) != 1:
        raise Invalid(_("Choose people who wait for the same session."))
    target = items[0].target
    target.seats = seats[target.seats_id]
    return target


@action
def register_from_waitlist(
    items: Iterable[WaitlistItem],
    *,
    actor: Actor,
    reason: str = "",
    past_capacity: bool = False,
    notify: bool = True,
    at: datetime | None = None,
) -> list[PersonLine]:
    """Give these people the seats they wait for, in the order of the line; return what became of each.

    Without `past_capacity` only free seats are given; with it the capacity stops nobody, which is flagged and
    recorded with the reason. A hard limit is never passed here: adding them directly does, with its own permission.
    Raises NotPermitted or Invalid as `add_to_session` does.
    """
    at = at or timezone.now()
    items = list(items)
    if past_capacity and not actor.has_perm_past_capacity:
        raise NotPermitted(_("You may not register people past capacity. Ask an Event Administrator."))
    reason = actor.reason_for(reason) if past_capacity else reason.strip()
    if past_capacity and not reason:
        raise Invalid(_("Say why: it is kept in the ledger."), fields={"reason": [_("Give a reason.")]})
    with transaction.atomic(durable=True):
        locks.lock_contacts({item.contact_id for item in items})
        journal = Journal(actor, at, locks.lock_seats(seats_for(items)), notify)
        chosen = {item.pk for item in items}
        line = [item.pk for item in reread(items) if item.status != Status.ON_HOLD]
        # Each is read when its turn comes: who was invited together with an earlier one is back in line by then.
        lines = [_register_one(journal, pk, chosen, reason, past_capacity) for pk in line]
        journal.write()
        actor.done(lines)
    settle_after_commit(journal.freed, journal.lost_a_seat, at)
    return lines


def _register_one(
    journal: Journal, item_id: int, chosen: set[int], reason: str, past_capacity: bool
) -> PersonLine:
    # One person may have waited for several of these; what an earlier turn gave counts in this one.
    journal.write_seats()
    [item] = reread(WaitlistItem.objects.filter(pk=item_id))
    attach_passes(journal, [item])
    target = item.target
    target.seats = journal.seats[target.seats_id]
    standing = standing_of(item.contact, item.event)
    attendee = Attendee.of_contact(item.contact)
    clashing = rules.clashes(target, standing.held_sessions) if isinstance(target, Session) else []
    if clashing:
        return PersonLine(attendee, Outcome.CONFLICT, standing.registration, clashing)
    for refused in _refusals(item, target):
        if not past_capacity or refused == Outcome.HARD_LIMIT:
            return PersonLine(attendee, refused, standing.registration)
    is_over = any(_refusals(item, target))
    registration = _give(journal, item, target, standing, chosen, reason, is_over)
    over = target.seats.past_capacity if is_over else 0
    return PersonLine(attendee, Outcome.REGISTERED, registration, is_past_capacity=is_over, over_by=over)


def _refusals(item: WaitlistItem, target: Target) -> Iterator[Outcome]:
    """Why there is no seat for this item, worst first; who was invited has one that is held."""
    if item.status != Status.INVITED:
        if target.seats.is_at_hard_limit:
            yield Outcome.HARD_LIMIT
        if isinstance(target, Session) and target.is_capacity_missing:
            yield Outcome.CAPACITY_MISSING
        if not target.seats.has_seat_for_line:
            yield Outcome.FULL
    if lacks_pass(item):
        yield Outcome.FULL


def _give(
    journal: Journal,
    item: WaitlistItem,
    target: Target,
    standing: Standing,
    chosen: set[int],
    reason: str,
    is_over: bool,
) -> EventRegistration:
    """Give the seat: the one held for the item's invitation, a free one, or one past capacity."""
    if item.invitation_slot is not None:
        others = step_back(journal, item.invitation_slot, item, target)
        tell_taken(journal, [pair for pair in others if pair[0].pk not in chosen], target)
    recorded: dict[str, Any] = {"reason": reason}
    if isinstance(target, Session):
        recorded["is_past_capacity"] = is_over
    verb = Verb.ADDED_PAST_CAPACITY if is_over else Verb.PROMOTED
    seat = promote(journal, item, target, standing, verb=verb, **recorded)
    if isinstance(seat, SessionRegistration):
        return seat.event_registration
    if is_over:
        seat.is_past_capacity, seat.reason = True, reason
        seat.save(update_fields=["is_past_capacity", "reason"])
    return seat
