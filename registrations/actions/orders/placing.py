"""Place an order: seats are held for as long as somebody may take to pay."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import ATTENDEE, Actor
from events.errors import AlreadyRegistered, Invalid
from events.models import Contact, Event, Pass
from events.retrying import action
from registrations import demand, locks
from registrations.actions import steps
from registrations.actions.claims.event_level import gets_a_seat
from registrations.actions.journal import Journal
from registrations.actions.orders._steps import Locked, give, hold
from registrations.models import EventRegistration, Order, OrderLine
from registrations.rules.orders import HELD_FOR, Bought, check_bought, offer_of
from registrations.rules.people import Attendee

Way = Order.Way


@action
def place_order(
    event: Event,
    payer: Attendee,
    bought: Sequence[Bought],
    *,
    way: Order.Way = Way.ONLINE,
    reason: str = "",
    held_for: timedelta | None = HELD_FOR,
    key: uuid.UUID | None = None,
    actor: Actor = ATTENDEE,
    at: datetime | None = None,
) -> Order:
    """Hold a pass and a seat of the event for each line until it is paid, or `held_for` has passed (None: until
    staff decide); nobody is told yet.

    All lines or none. What costs nothing, or is complimentary (by staff or another system, with a `reason`), is paid
    at once, and everybody on it registered and told. With a `key` sent before, the order that it made is returned.
    Raises NotLive, Closed, Full for a pass or an event without enough seats, WrongLevel where registrants create
    their own agenda, AlreadyRegistered where somebody on it has a registration or an order there, Invalid for passes
    of another event, of several currencies, for people without name or address, or named twice.
    """
    at = at or timezone.now()
    payer.check()
    check_bought(bought)
    _check_way(way, reason, actor)
    until = at + held_for if held_for else None
    order = Order(way=way, placed_at=at, held_until=until, reason=reason[:300], placed_by=actor.user)
    order.uuid = key or order.uuid
    with demand.noting(event.pk, actor, at), transaction.atomic(durable=True):
        people = locks.lock_attendees([payer, *(one.attendee for one in bought)])
        seats = locks.lock_seats(steps.seats_of([event, *(one.event_pass for one in bought)]))
        if made := Order.objects.filter(uuid=order.uuid).first():
            return made
        order.event, order.payer = steps.fresh_event(event), people[payer.email]
        _place(order, bought, people, Journal(actor, at, seats))
        return actor.done(order)


def _place(order: Order, bought: Sequence[Bought], people: dict[str, Contact], journal: Journal) -> None:
    """Write the order and hold what it is about. Needs: the people, and the seat counts of event and passes."""
    event, seats = order.event, dict(journal.seats)
    steps.attach_seats(event, seats)
    passes = Pass.objects.in_bulk({one.event_pass.pk for one in bought})
    for each in passes.values():
        each.seats = seats[each.seats_id]
    _check_new(event, [people[one.attendee.email] for one in bought])
    offer = offer_of([passes[one.event_pass.pk] for one in bought])
    order.currency = offer.currency
    order.total = Decimal(0) if order.way == Way.COMPLIMENTARY else offer.total
    order.save()
    contacts = {each.pk: each for each in people.values()}
    locked = Locked(order, event, [], contacts, passes, journal)
    for position, one in enumerate(bought):
        _hold_line(locked, position, one, people[one.attendee.email])
    if not order.total:
        pay_at_once(locked)
    journal.write()


def _check_way(way: Order.Way, reason: str, actor: Actor) -> None:
    if way != Way.COMPLIMENTARY:
        return
    if actor.is_attendee:
        raise Invalid(fields={"way": [_("Only staff give passes away.")]})
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Say why nothing is paid.")]})


def _check_new(event: Event, contacts: list[Contact]) -> None:
    """Raise AlreadyRegistered for whoever has a registration at the event, or an order that waits for payment."""
    registered = EventRegistration.objects.active().filter(event=event, contact__in=contacts)
    ordered = OrderLine.objects.filter(event=event, contact__in=contacts, is_held=True)
    if registered.exists() or ordered.exists():
        raise AlreadyRegistered


def _hold_line(locked: Locked, position: int, one: Bought, contact: Contact) -> None:
    event_pass, who = locked.passes[one.event_pass.pk], one.attendee
    gets_a_seat(locked.event, event_pass, wait=False, at=locked.journal.at)
    responses = {str(pk): value for pk, value in who.responses.items()}
    line = OrderLine(
        order=locked.order,
        event=locked.event,
        event_pass=event_pass,
        contact=contact,
        first_name=who.first_name,
        last_name=who.last_name,
        details={"responses": responses, "details": dict(who.details), "language": who.language},
        price=event_pass.price,
        position=position,
    )
    line.save()
    hold(locked.journal, line, locked.event, event_pass, contact)
    locked.lines.append(line)


def pay_at_once(locked: Locked) -> None:
    """Give what the order holds, as nothing is to be paid for it. Needs: what `lock_order` locks."""
    locked.order.state, locked.order.held_until = Order.State.PAID, None
    locked.order.paid_at = locked.journal.at
    locked.order.save(update_fields=["state", "held_until", "paid_at"])
    give(locked)
