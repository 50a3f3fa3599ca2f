"""Place an order: seats are held for as long as somebody may take to pay."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

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
    held_for: timedelta = HELD_FOR,
    key: uuid.UUID | None = None,
    actor: Actor = ATTENDEE,
    at: datetime | None = None,
) -> Order:
    """Hold a pass and a seat of the event for each line until it is paid, or `held_for` has passed; nobody is told yet.

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
    passes = {one.event_pass.pk: one.event_pass for one in bought}
    with demand.noting(event.pk, actor, at), transaction.atomic(durable=True):
        people = locks.lock_attendees([payer, *(one.attendee for one in bought)])
        seats = locks.lock_seats(steps.seats_of([event, *passes.values()]))
        if key and (made := Order.objects.filter(uuid=key).first()):
            return made
        event = steps.fresh_event(event)
        steps.attach_seats(event, seats)
        passes = Pass.objects.in_bulk(passes)
        for each in passes.values():
            each.seats = seats[each.seats_id]
        _check_new(event, [people[one.attendee.email] for one in bought])
        chosen = [passes[one.event_pass.pk] for one in bought]
        offer, journal = offer_of(chosen), Journal(actor, at, seats)
        order = Order(
            uuid=key or uuid.uuid4(),
            event=event,
            payer=people[payer.email],
            state=Order.State.HELD,
            way=way,
            currency=offer.currency,
            total=0 if way == Way.COMPLIMENTARY else offer.total,
            placed_at=at,
            held_until=at + held_for,
            reason=reason[:300],
            placed_by=actor.user,
        )
        order.save()
        locked = Locked(order, event, [], {each.pk: each for each in people.values()}, passes, journal)
        _hold_lines(locked, bought, people)
        if not order.total:
            pay_at_once(locked)
        journal.write()
        return actor.done(order)


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


def _hold_lines(locked: Locked, bought: Sequence[Bought], people: dict[str, Contact]) -> None:
    for position, one in enumerate(bought):
        contact, event_pass = people[one.attendee.email], locked.passes[one.event_pass.pk]
        gets_a_seat(locked.event, event_pass, wait=False, at=locked.journal.at)
        line = OrderLine(
            order=locked.order,
            event=locked.event,
            event_pass=event_pass,
            contact=contact,
            first_name=one.attendee.first_name,
            last_name=one.attendee.last_name,
            details={
                "responses": {str(pk): value for pk, value in one.attendee.responses.items()},
                "details": dict(one.attendee.details),
                "language": one.attendee.language,
            },
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
