"""Staff serve the line by hand: invite now, register now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import Full, Invalid, NoWaitlist
from events.retrying import action
from registrations import locks, rules
from registrations.actions import steps
from registrations.actions.decisions import Decision, decided_in
from registrations.actions.journal import Journal
from registrations.actions.lines.hindrances import refusals_of
from registrations.actions.lines.ordered import order_behind
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
from registrations.rules.doors import register_now
from registrations.rules.outcomes import Outcome
from registrations.rules.people import Attendee
from registrations.rules.results import PersonLine
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

    All must wait for the same target, and whoever has to pay for a pass for the same one: one of it is held as well.
    Returns how many were invited; those invited already are left as they are. Raises Full without a free seat or
    pass, Invalid for items of several targets or passes to be paid.
    """
    at = at or timezone.now()
    items = list(items)
    with transaction.atomic(durable=True):
        seats = locks.lock_seats({item.seats_id for item in items} | steps.passes_waited_with(items))
        rows = [item for item in reread(items) if item.status == Status.WAITING]
        if not rows:
            return 0
        target = _one_target(rows, seats)
        if not target.seats.has_seat_for_line:
            raise Full(_("There is no free seat to offer. Raise the capacity, or register past capacity."))
        for why in rules.refusals_to_serve(target, at):
            raise NoWaitlist(_("Nobody can be invited: %(why)s.") % {"why": why})
        journal = Journal(actor, at, seats, notify)
        attach_passes(journal, rows)
        _check_pass(rows)
        standings = standings_of([item.contact_id for item in rows], event_of(target))
        invite_for_one_seat(journal, target, rows, standings)
        journal.write()
        actor.done(len(rows))
    settle_after_commit(journal.freed, (), at)
    return len(rows)


def _one_target(items: list[WaitlistItem], seats: dict) -> Target:
    if len({item.seats_id for item in items}) != 1:
        raise Invalid(_("Choose people who wait for the same session."))
    target = items[0].target
    target.seats = seats[target.seats_id]
    return target


def _check_pass(items: list[WaitlistItem]) -> None:
    """Raise Invalid where these people have to pay for several passes, Full where the one is sold out."""
    [to_pay, *others] = {rules.priced_pass_of(item) for item in items}
    if others:
        raise Invalid(
            _("Choose people who wait with the same pass: one seat and one pass are held for them.")
        )
    if to_pay is not None and not to_pay.seats.has_seat_for_line:
        raise Full(_("The pass with which they wait is sold out."))


@action
def register_from_waitlist(
    items: Iterable[WaitlistItem],
    *,
    actor: Actor,
    reason: str = "",
    past_capacity: bool = False,
    accept_clash: bool = False,
    override_limits: bool = False,
    override_closed: bool = False,
    complimentary: str = "",
    notify: bool = True,
    at: datetime | None = None,
) -> list[PersonLine]:
    """Give these people the seats they wait for, in the order of the line; return what became of each.

    Without `past_capacity` only free seats are given; with it the capacity stops nobody, nor does a pass that does not
    open the session, which is flagged and recorded with the reason; the other overrides as in `add_to_session`. Who
    stands in line wished in time, so that only a session which has started takes `override_closed`.
    A pass with a price makes an order that is owed, or `complimentary` for this reason.
    A hard limit is never passed here: adding them directly does, with its own permission.
    Raises NotPermitted or Invalid as `add_to_session` does.
    """
    decision = Decision.of(
        actor,
        reason,
        past_capacity=past_capacity,
        accept_clash=accept_clash,
        override_limits=override_limits,
        override_closed=override_closed,
        complimentary=complimentary,
    )
    decision.check()
    if not decision.is_any:
        decision = replace(decision, reason=reason.strip())
    return _register(list(items), decision, notify, at or timezone.now())


def _register(items: list[WaitlistItem], decision: Decision, notify: bool, at: datetime) -> list[PersonLine]:
    actor = decision.actor
    with transaction.atomic(durable=True):
        locks.lock_contacts({item.contact_id for item in items})
        seats = locks.lock_seats(seats_for(items))
        journal = Journal(actor, at, seats, notify, complimentary=decision.complimentary)
        chosen = {item.pk for item in items}
        line = [item.pk for item in reread(items) if item.status != Status.ON_HOLD]
        # Each is read when its turn comes: who was invited together with an earlier one is back in line by then.
        lines = [_register_one(journal, pk, chosen, decision) for pk in line]
        journal.write()
        actor.done(lines)
    settle_after_commit(journal.freed, journal.lost_a_seat, at)
    return lines


def _register_one(journal: Journal, item_id: int, chosen: set[int], decision: Decision) -> PersonLine:
    # One person may have waited for several of these; what an earlier turn gave counts in this one.
    journal.write_seats()
    [item] = reread(WaitlistItem.objects.filter(pk=item_id))
    attach_passes(journal, [item])
    target = item.target
    target.seats = journal.seats[target.seats_id]
    standing = standing_of(item.contact, item.event)
    attendee = Attendee.of_contact(item.contact)
    # What an order holds it goes on holding: beside it another seat is asked for.
    is_invited = item.status == Status.INVITED and order_behind(item) is None
    door = register_now(is_invited=is_invited, decided=decision.overlooks, by_staff=journal.actor.is_staff)
    refused, overlooked = rules.judged(refusals_of(target, item, standing, journal.at, door.seats), door)
    if refused:
        return PersonLine(attendee, refused[0].outcome, standing.registration, refused)
    line = PersonLine(attendee, Outcome.REGISTERED, overlooked=overlooked)
    recorded: dict[str, Any] = {"reason": decision.reason, "is_past_capacity": line.is_past_capacity}
    if isinstance(target, Session):
        recorded["overlap_accepted"] = bool(line.conflicts_with)
    recorded["detail"] = decided_in(overlooked, decision.overlooks)
    line.registration = _give(journal, item, target, standing, chosen, recorded)
    line.over_by = target.seats.past_capacity if line.is_past_capacity else 0
    return line


def _give(
    journal: Journal,
    item: WaitlistItem,
    target: Target,
    standing: Standing,
    chosen: set[int],
    recorded: dict[str, Any],
) -> EventRegistration:
    """Give the seat: the one held for the item's invitation, a free one, or one past capacity."""
    if item.invitation_slot is not None:
        others = step_back(journal, item, target)
        tell_taken(journal, [pair for pair in others if pair[0].pk not in chosen], target)
    verb = Verb.ADDED_PAST_CAPACITY if recorded["is_past_capacity"] else Verb.PROMOTED
    seat = promote(journal, item, target, standing, verb=verb, **recorded)
    return seat.event_registration if isinstance(seat, SessionRegistration) else seat
