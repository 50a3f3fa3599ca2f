"""Accept or decline an offered seat."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.actors import ATTENDEE, Actor
from events.errors import Busy, Locked, NotYours
from events.errors_of_orders import PaymentRequired
from events.models import Contact, Event
from events.retrying import action
from registrations import locks, rules
from registrations.actions import steps
from registrations.actions.journal import Journal
from registrations.actions.lines.answered import gone, seat_had_already
from registrations.actions.lines.hindrances import can_give_up, refusals_of
from registrations.actions.lines.ordered import order_behind
from registrations.actions.lines.serving import attach_passes, promote, step_back, tell_taken
from registrations.actions.lines.settling import seats_to_give_up, settle_after_commit
from registrations.actions.targets import fresh, lock_lines, reread, seats_for
from registrations.models import Activity, EventRegistration, SessionRegistration
from registrations.queries import standing_of
from registrations.rules.doors import ACCEPT
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Status = WaitlistItem.Status
Verb = Activity.Verb


@action
def accept_invitation(
    item: WaitlistItem, *, contact: Contact, swap: bool = False, at: datetime | None = None
) -> SessionRegistration | EventRegistration:
    """Turn the held seat into the contact's; the others invited for it are told and return to their places.

    With `swap` an overlapping seat of theirs is given up in the same transaction, and goes to its own line.

    The first to accept gets it; asked again, it is theirs still.
    Accepting goes on after registration has closed, not after the start. Raises
    NotYours for anybody else's invitation, InvitationGone when it was answered or its deadline has passed,
    PaymentRequired for a pass with a price, which is ordered and paid first (`order_invitation`),
    Locked when an overlapping session may not be given up, and what the one list says: Conflict where the contact
    does not swap, NotLive for what is cancelled or stopped, NotInPass, SessionLimit, Full when the pass waited with is
    sold out meanwhile. In these cases the offer stays open.
    """
    at = at or timezone.now()
    if item.contact_id != contact.pk:
        raise NotYours
    with transaction.atomic(durable=True):
        locks.lock_contacts([contact.pk])
        wanted = WaitlistItem.objects.select_related("event", "session").get(pk=item.pk).target
        in_the_way = seats_to_give_up(wanted, [contact.pk])
        journal = Journal(ATTENDEE, at, locks.lock_seats(seats_for([item]) | in_the_way))
        mine = next((row for row in reread([item]) if row.expires_at and row.expires_at > at), None)
        if mine is None or rules.has_begun(mine.target, at):
            return seat_had_already(item)
        target = fresh(mine.target, dict(journal.seats))
        standing = standing_of(contact, mine.event)
        attach_passes(journal, [mine])
        give_up = _check(journal, target, mine, standing, swap=swap)
        others = step_back(journal, mine, target)
        seat = promote(journal, mine, target, standing, verb=Verb.ACCEPTED, give_up=give_up)
        tell_taken(journal, others, target)
        journal.write()
    settle_after_commit([target.seats_id, *sorted(journal.freed)], journal.lost_a_seat, at)
    return seat


def _check(
    journal: Journal, target: Event | Session, item: WaitlistItem, standing: Standing, *, swap: bool
) -> list[SessionRegistration]:
    """Raise what keeps the invitation from being accepted; return the seats to be given up for it."""
    if order_behind(item):
        raise PaymentRequired
    in_the_way = rules.seats_in_the_way(target, standing) if swap else []
    given_up = {seat.session_id for seat in in_the_way}
    seats = {pk: seat for pk, seat in standing.seats.items() if pk not in given_up}
    kept = replace(standing, seats=seats)
    rules.check(refusals_of(target, item, kept, journal.at, ACCEPT.seats), ACCEPT)
    if not can_give_up(in_the_way):
        raise Locked
    if any(seat.session.seats_id not in journal.seats for seat in in_the_way):
        # A session was moved into the way while we waited for the locks; asked again, it will be locked too.
        raise Busy
    return in_the_way


@action
def decline_offer(
    item: WaitlistItem, *, contact: Contact, actor: Actor = ATTENDEE, at: datetime | None = None
) -> None:
    """End the contact's invitation; once nobody is left who was invited for the seat, the next in line are served.

    The ledger names whoever declined for them. Declining again is harmless. Raises NotYours for anybody else's,
    InvitationGone when it was answered or has expired.
    """
    at = at or timezone.now()
    if item.contact_id != contact.pk:
        raise NotYours
    with transaction.atomic(durable=True):
        seats = lock_lines([item])
        mine = next((row for row in reread([item]) if row.status == Status.INVITED), None)
        if mine is None:
            fresh_item = WaitlistItem.objects.get(pk=item.pk)
            if fresh_item.status == Status.DECLINED:
                return
            raise gone(fresh_item)
        journal = Journal(actor, at, seats)
        steps.end_invited(journal, mine, mine.target, Status.DECLINED, mine.event)
        journal.write()
    settle_after_commit(journal.freed, [], at)
