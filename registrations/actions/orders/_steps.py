"""Steps of the acts about orders: locks, holding, giving and releasing. Each expects the locks that it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from events.actors import Actor
from events.errors import Busy
from events.models import Contact, Event, Pass, Source
from registrations import locks
from registrations.actions import giving, steps
from registrations.actions.journal import Journal
from registrations.actions.lines.ordered import within_order_over
from registrations.actions.orders import _seats
from registrations.actions.orders._money import credit, left_of
from registrations.models import Activity, Notification, Order, OrderLine
from registrations.queries import included_sessions
from registrations.rules.people import Attendee
from sessions_app.models import Session

Verb = Activity.Verb


@dataclass
class Locked:
    """An order under its locks: the people on its lines, its own row, and the seat counts of all that it is about."""

    order: Order
    event: Event
    lines: list[OrderLine]
    contacts: dict[int, Contact]
    passes: dict[int, Pass]
    journal: Journal
    # The sessions chosen with it, and those that everybody gets, by their ids.
    sessions: dict[int, Session]


def lock_order(order_id: int, actor: Actor, at: datetime, also: Iterable[int] = ()) -> Locked:
    """Lock everybody on the order's lines and what is held for them, and read it anew.

    Without it two payments of one order, or a payment and its end, would both find the seats held. `also` is further
    seat counts.
    """
    named = OrderLine.objects.filter(order=order_id)
    people = set(named.values_list("contact_id", flat=True))
    contacts = locks.lock_contacts(people)
    event = Event.objects.get(orders=order_id)
    chosen = set(named.exclude(chosen=None).values_list("chosen__session_id", flat=True))
    wanted = Session.objects.filter(pk__in=chosen | {one.pk for one in included_sessions(event)})
    seat_ids = {event.seats_id, *also, *named.values_list("event_pass__seats_id", flat=True)}
    seats = locks.lock_seats(seat_ids | set(wanted.values_list("seats_id", flat=True)))
    order = read_locked(order_id)
    steps.attach_seats(order.event, seats)
    lines = list(OrderLine.objects.filter(order=order).order_by("position").prefetch_related("chosen"))
    if {line.contact_id for line in lines} != set(contacts):
        # An address was corrected while we waited; asked again, the right people will be locked.
        raise Busy
    passes = Pass.objects.in_bulk({line.event_pass_id for line in lines})
    for each in passes.values():
        each.seats = seats[each.seats_id]
    sessions = steps.fresh_sessions(wanted.values_list("pk", flat=True), order.event, seats)
    journal = Journal(actor, at, seats, by_way=_way_of(order, actor))
    return Locked(order, order.event, lines, contacts, passes, journal, sessions)


def _way_of(order: Order, actor: Actor) -> Source | None:
    """Whom Seatwise registers once their money is here, came as their order did; else whoever acts says it."""
    if actor.kind != "system":
        return None
    return Source.STAFF if order.placed_by_id else Source.WEBSITE


def read_locked(order_id: int) -> Order:
    """The order as it is now, locked: the last lock but that of invoice numbers, and the only one of its money.

    Without it two refunds of one payment could each find what the other is about to give back.
    """
    locks.lock_row(Order, order_id)
    return Order.objects.select_related("event__seats", "payer").get(pk=order_id)


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
            contact = locked.contacts[line.contact_id]
            for target in (locked.event, locked.passes[line.event_pass_id]):
                locked.journal.move(Verb.RELEASED, target, contact, held=-1, detail=detail)
            _seats.release(locked.journal, line, contact, locked.sessions)
            line.is_held = False
            line.save(update_fields=["is_held"])


def end(locked: Locked, state: Order.State, reason: str = "") -> None:
    """Release what is held, let nothing be owed any more, and say that the order has ended.

    So have the invitations from which it came.

    Needs: what `lock_order` locks.
    """
    held = [locked.contacts[line.contact_id] for line in locked.lines if line.is_held]
    release(locked)
    order = locked.order
    is_late = state == Order.State.EXPIRED
    within_order_over(locked.journal, locked.event, held, has_expired=is_late, payer_id=order.payer_id)
    order.state, order.held_until, order.ended_at = state, None, locked.journal.at
    order.reason = reason[:300] or order.reason
    order.save(update_fields=["state", "held_until", "ended_at", "reason"])
    credit(locked.journal, order, locked.lines, left_of(order, locked.lines), reason)


def give(locked: Locked) -> None:
    """Register everybody on the order's lines with their passes, and have them told; what was held is theirs.

    Needs: what `lock_order` locks. Where nothing is held any more, they take seats as newcomers do.
    """
    for line in locked.lines:
        contact, event_pass = locked.contacts[line.contact_id], locked.passes[line.event_pass_id]
        first = len(locked.journal.activities)
        line.order = locked.order
        registration = giving.register_paid(
            locked.journal, locked.event, contact, attendee_of(line, contact), line
        )
        giving.issue_pass(locked.journal, registration, event_pass, paid=line)
        said = _seats.give(locked.journal, line, registration, event_pass, locked.sessions)
        line.is_held, line.registration = False, registration
        line.save(update_fields=["is_held", "registration"])
        locked.journal.tell(
            Notification.Kind.REGISTERED,
            contact,
            locked.journal.activities[first],
            locked.event,
            registration=registration,
            payload={"pass_id": event_pass.pk} | said,
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
