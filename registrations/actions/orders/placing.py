"""Place an order: seats are held for as long as somebody may take to pay, or given to whoever pays by invoice."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import ATTENDEE, Actor
from events.errors import AlreadyRegistered, Invalid, Refusal, WrongLevel
from events.models import Contact, Event, Pass, Sale
from events.retrying import action
from registrations import demand, locks, rules
from registrations.actions import checks, steps
from registrations.actions.invoicing import within_invoice
from registrations.actions.journal import Journal
from registrations.actions.orders import _seats
from registrations.actions.orders._steps import Locked, give, hold
from registrations.actions.telling_payers import say_paid, say_placed
from registrations.models import EventRegistration, Order, OrderLine
from registrations.queries import included_sessions
from registrations.rules.doors import BUY, Door, claiming
from registrations.rules.orders import (
    AS_SOLD,
    Bought,
    check_bought,
    checked_billing,
    frozen_terms,
    held_until,
    offer_of,
    vat_of,
)
from registrations.rules.people import Attendee

Way = Order.Way
State = Order.State


@dataclass(frozen=True)
class _Asked:
    """One order as asked for: for whom, by whose hand, when."""

    bought: Sequence[Bought]
    held_for: timedelta | None
    is_owed: bool
    actor: Actor
    at: datetime

    @property
    def door(self) -> Door:
        """Staff come early as they please, everybody else while the event sells."""
        return claiming(by_staff=True) if self.actor.is_staff else BUY


@action
def place_order(
    event: Event,
    payer: Attendee,
    bought: Sequence[Bought],
    *,
    way: Order.Way = Way.ONLINE,
    reason: str = "",
    held_for: timedelta | None = AS_SOLD,
    billing: Mapping[str, object] | None = None,
    owed: bool = False,
    key: uuid.UUID | None = None,
    actor: Actor = ATTENDEE,
    at: datetime | None = None,
) -> Order:
    """Hold a pass and a seat of the event for each line until it is paid, or `held_for` has passed (None: until staff
    decide; by default as the event sells). The payer is told what is to be paid, the others nothing yet.

    All lines or none. With the pass seats of chosen sessions are held; whoever finds one full waits for it once it is
    paid. What costs nothing, or is complimentary (with a `reason`), is paid at once, and everybody on it registered
    and told; so they are with `owed`, the invoice still open: neither is an attendee's. An order's `key` makes it once.
    Raises what the one list says of event, passes and sessions, WrongLevel where registrants create their own agenda,
    AlreadyRegistered where somebody on it has a registration or an order there, Invalid for passes of another event,
    of several currencies, for people without name or address, or named twice; `person` in the data says for whom,
    counted from 0.
    """
    at = at or timezone.now()
    payer.check()
    check_bought(bought)
    _check_way(way, reason, owed, actor)
    order = Order(way=way, placed_at=at, reason=reason[:300], placed_by=actor.user)
    order.billing = checked_billing(billing)
    order.uuid = key or order.uuid
    with demand.noting(event.pk, actor, at), transaction.atomic(durable=True):
        people = locks.lock_attendees([payer, *(one.attendee for one in bought)])
        journal = Journal(actor, at, locks.lock_seats(_seats_named(event, bought)))
        if made := Order.objects.filter(uuid=order.uuid).first():
            return made
        order.event, order.payer = steps.fresh_event(event), people[payer.email]
        _place(order, _Asked(bought, held_for, owed, actor, at), people, journal)
        return actor.done(order)


def _seats_named(event: Event, bought: Sequence[Bought]) -> set[int]:
    """The seat counts of all that is held or given with these lines."""
    chosen = [session for one in bought for session in one.sessions]
    return steps.seats_of([event, *(one.event_pass for one in bought), *chosen, *included_sessions(event)])


def _place(order: Order, asked: _Asked, people: dict[str, Contact], journal: Journal) -> None:
    """Write the order and hold what it is about. Needs: the people, and the seat counts of all that it is about."""
    event, seats, bought = order.event, dict(journal.seats), asked.bought
    steps.attach_seats(event, seats)
    passes = Pass.objects.in_bulk({one.event_pass.pk for one in bought})
    for each in passes.values():
        each.seats = seats[each.seats_id]
    _check_new(event, [people[one.attendee.email] for one in bought])
    offer = offer_of([passes[one.event_pass.pk] for one in bought])
    order.currency = offer.currency
    order.total = Decimal(0) if order.way == Way.COMPLIMENTARY else offer.total
    _date(order, asked)
    order.save()
    wanted = {one.pk for line in bought for one in line.sessions} | {
        one.pk for one in included_sessions(event)
    }
    contacts = {each.pk: each for each in people.values()}
    sessions = steps.fresh_sessions(wanted, event, seats)
    locked = Locked(order, event, [], contacts, passes, journal, sessions)
    for position, one in enumerate(bought):
        try:
            _hold_line(locked, position, one, people[one.attendee.email], asked.door)
        except Refusal as refusal:
            refusal.data["person"] = position
            raise
    if asked.is_owed and order.total:
        order.state, order.held_until = State.OWED, None
    say_placed(journal, order)
    if not order.total:
        pay_at_once(locked)
    elif asked.is_owed:
        _give_on_trust(locked)
    within_invoice(journal, order)
    journal.write()


def _date(order: Order, asked: _Asked) -> None:
    """Freeze the terms, and say until when the order is held, or by when it is to be paid."""
    sale = Sale.of(order.event)
    order.terms = frozen_terms(order.event, sale)
    if asked.is_owed:
        order.pay_by = asked.at + timedelta(days=sale.invoice_days)
    elif asked.held_for == AS_SOLD:
        order.held_until = held_until(order.event, sale, Way(order.way), asked.at)
    elif asked.held_for is not None:
        order.held_until = asked.at + asked.held_for


def _check_way(way: Order.Way, reason: str, is_owed: bool, actor: Actor) -> None:
    if actor.is_attendee and (way == Way.COMPLIMENTARY or is_owed):
        raise Invalid(fields={"way": [_("Only staff give passes away.")]})
    if way == Way.COMPLIMENTARY and not reason.strip():
        raise Invalid(fields={"reason": [_("Say why nothing is paid.")]})


def _check_new(event: Event, contacts: list[Contact]) -> None:
    """Raise AlreadyRegistered for whoever has a registration at the event, or an order that waits for payment."""
    registered = EventRegistration.objects.active().filter(event=event, contact__in=contacts)
    ordered = OrderLine.objects.filter(event=event, contact__in=contacts, is_held=True)
    known = {*registered.values_list("contact_id", flat=True), *ordered.values_list("contact_id", flat=True)}
    for number, contact in enumerate(contacts):
        if contact.pk in known:
            raise AlreadyRegistered(person=number)


def _hold_line(locked: Locked, position: int, one: Bought, contact: Contact, door: Door) -> None:
    event_pass, who, at = locked.passes[one.event_pass.pk], one.attendee, locked.journal.at
    _check_line(locked.event, event_pass, one, at, door)
    line = line_of(locked.order, event_pass, who, contact, position)
    line.save()
    hold(locked.journal, line, locked.event, event_pass, contact)
    own = [locked.sessions[session.pk] for session in one.sessions]
    _seats.hold(locked.journal, line, locked.event, event_pass, contact, own, door)
    locked.lines.append(line)


def line_of(order: Order, event_pass: Pass, who: Attendee, contact: Contact, position: int = 0) -> OrderLine:
    """A line of the order, not saved, at what the pass costs now."""
    responses = {str(pk): value for pk, value in who.responses.items()}
    return OrderLine(
        order=order,
        event=order.event,
        event_pass=event_pass,
        contact=contact,
        first_name=who.first_name,
        last_name=who.last_name,
        details={"responses": responses, "details": dict(who.details), "language": who.language},
        price=event_pass.price,
        vat_rate=event_pass.vat_rate,
        vat=vat_of(event_pass.price, event_pass.vat_rate, event_pass.currency),
        position=position,
    )


def _check_line(event: Event, event_pass: Pass, one: Bought, at: datetime, door: Door) -> None:
    """Raise what keeps one person from this pass, and from a seat of the event."""
    rules.check(rules.refusals_to_open(event, at), door)
    if event.allow_custom_agenda and not event.passes_with_agenda:
        raise WrongLevel(_("At this event everybody chooses sessions. Add sessions to your agenda first."))
    if one.sessions and not event.allow_custom_agenda:
        raise WrongLevel
    checks.check_event(event, one.sessions)
    checks.check_chosen_pass(event, event_pass, at, door)
    rules.check(rules.refusals_at_event(event, None, at=at), door)


def pay_at_once(locked: Locked) -> None:
    """Give what the order holds, as nothing is to be paid for it. Needs: what `lock_order` locks."""
    order = locked.order
    order.state, order.held_until, order.pay_by = State.PAID, None, None
    order.paid_at, order.ended_at = locked.journal.at, None
    order.save(update_fields=["state", "held_until", "pay_by", "paid_at", "ended_at", "credited"])
    give(locked)
    within_invoice(locked.journal, order)
    say_paid(locked.journal, order)


def _give_on_trust(locked: Locked) -> None:
    """Give what the order holds; the invoice is open. Needs: what `lock_order` locks."""
    locked.order.save(update_fields=["state", "held_until"])
    give(locked)
