"""Steps of the acts about orders: locks, holding, giving and releasing. Each expects the locks that it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from events.actors import Actor
from events.errors import Busy
from events.models import Contact, Event, Pass
from registrations import locks
from registrations.actions import giving, steps
from registrations.actions.journal import Journal
from registrations.models import Activity, Notification, Order, OrderLine
from registrations.rules.people import Attendee

Verb = Activity.Verb


@dataclass
class Locked:
    """An order under its locks: the people on its lines, and the seat counts of its event and passes."""

    order: Order
    event: Event
    lines: list[OrderLine]
    contacts: dict[int, Contact]
    passes: dict[int, Pass]
    journal: Journal


def lock_order(order_id: int, actor: Actor, at: datetime, also: Iterable[int] = ()) -> Locked:
    """Lock everybody on the order's lines and what is held for them, and read it anew.

    Without it two payments of one order, or a payment and its end, would both find the seats held. The event's seat
    count is the one that all of them wait for. `also` is further seat counts.
    """
    named = OrderLine.objects.filter(order=order_id)
    people = set(named.values_list("contact_id", flat=True))
    contacts = locks.lock_contacts(people)
    seat_ids = set(named.values_list("event_pass__seats_id", flat=True)) | set(also)
    event_seats = Order.objects.values_list("event__seats_id", flat=True).get(pk=order_id)
    seats = locks.lock_seats(seat_ids | {event_seats})
    order = Order.objects.select_related("event__seats").get(pk=order_id)
    steps.attach_seats(order.event, seats)
    lines = list(OrderLine.objects.filter(order=order).order_by("position"))
    if {line.contact_id for line in lines} != set(contacts):
        # An address was corrected while we waited; asked again, the right people will be locked.
        raise Busy
    passes = Pass.objects.in_bulk({line.event_pass_id for line in lines})
    for each in passes.values():
        each.seats = seats[each.seats_id]
    return Locked(order, order.event, lines, contacts, passes, Journal(actor, at, seats))


def hold(journal: Journal, line: OrderLine, event: Event, event_pass: Pass, contact: Contact) -> None:
    """Hold a newcomer's seat of the event and one of the pass. Needs: the contact and both seat counts."""
    detail = {"order": line.order_id}
    for target in (event, event_pass):
        journal.move(Verb.RESERVED, target, contact, held=1, by_newcomer=True, detail=detail)


def release(locked: Locked) -> None:
    """Let go of everything that is held for the order. Needs: what `lock_order` locks."""
    detail = {"order": locked.order.pk}
    for line in locked.lines:
        if line.is_held:
            for target in (locked.event, locked.passes[line.event_pass_id]):
                contact = locked.contacts[line.contact_id]
                locked.journal.move(Verb.RELEASED, target, contact, held=-1, detail=detail)
            line.is_held = False
            line.save(update_fields=["is_held"])


def end(locked: Locked, state: Order.State, reason: str = "") -> None:
    """Release what is held and say that the order has ended. Needs: what `lock_order` locks."""
    release(locked)
    order = locked.order
    order.state, order.held_until, order.ended_at = state, None, locked.journal.at
    order.reason = reason[:300] or order.reason
    order.save(update_fields=["state", "held_until", "ended_at", "reason"])


def give(locked: Locked) -> None:
    """Register everybody on the order's lines with their passes, and have them told; what was held is theirs.

    Needs: what `lock_order` locks. Where nothing is held any more, they take seats as newcomers do.
    """
    for line in locked.lines:
        contact, event_pass = locked.contacts[line.contact_id], locked.passes[line.event_pass_id]
        first = len(locked.journal.activities)
        registration = giving.open_registration(
            locked.journal, locked.event, contact, attendee_of(line, contact), paid=line
        )
        giving.issue_pass(locked.journal, registration, event_pass, paid=line)
        line.is_held, line.registration = False, registration
        line.save(update_fields=["is_held", "registration"])
        locked.journal.tell(
            Notification.Kind.REGISTERED,
            contact,
            locked.journal.activities[first],
            locked.event,
            registration=registration,
            payload={"pass_id": event_pass.pk},
        )


def attendee_of(line: OrderLine, contact: Contact) -> Attendee:
    """The person on the line, as they were entered."""
    responses = {int(pk): value for pk, value in line.details.get("responses", {}).items()}
    return Attendee(
        contact.email,
        line.first_name,
        line.last_name,
        responses,
        language=line.details.get("language", ""),
        details=line.details.get("details", {}),
    )
