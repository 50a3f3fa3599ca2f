"""How a seat is given: of a session, of the event itself, or a pass. Each expects the locks that it names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from events.models import Contact, CustomRegistrationField, Event, Pass
from registrations import rules, sql
from registrations.actions.journal import Journal
from registrations.actions.owing import owe
from registrations.actions.places import close_item, enqueue
from registrations.models import (
    Activity,
    AttendeePass,
    EventRegistration,
    Order,
    OrderLine,
    RegistrationResponse,
    SessionRegistration,
)
from registrations.rules.doors import CLAIM, INCLUDED_BY_STAFF
from registrations.rules.outcomes import Outcome
from registrations.rules.people import Attendee
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Status = WaitlistItem.Status
Verb = Activity.Verb


def give_seat(
    journal: Journal,
    session: Session,
    registration: EventRegistration,
    standing: Standing,
    *,
    verb: Activity.Verb = Verb.REGISTERED,
    by_newcomer: bool = False,
    held: int = 0,
    reason: str = "",
    detail: dict[str, Any] | None = None,
    **recorded: Any,
) -> tuple[SessionRegistration, Activity]:
    """Give the holder of `registration` a seat in the session, and end their place in its line.

    Every seat of a session is given here. Needs: the contact and the session's seat count. `recorded` is kept on the
    seat; the standing holds it afterwards. `held` is -1 where an order held the seat. The row is written with the
    journal.
    """
    item = standing.items.get(session.pk)
    let_go, waiting = close_item(journal, item, session, Status.REGISTERED) if item is not None else (0, 0)
    seat = _new_seat(journal, session, registration, reason=reason, **recorded)
    standing.seats[session.pk] = seat
    return seat, journal.move(
        verb,
        session,
        registration.contact,
        taken=1,
        held=held + let_go,
        waiting=waiting,
        by_newcomer=by_newcomer,
        reason=reason,
        detail=detail,
    )


def confirm_registration(
    journal: Journal,
    registration: EventRegistration,
    event: Event,
    item: WaitlistItem | None,
    event_pass: Pass | None,
    *,
    verb: Activity.Verb,
    reason: str = "",
    is_past_capacity: bool = False,
    detail: dict[str, Any] | None = None,
    paid: OrderLine | None = None,
) -> Activity:
    """Give somebody who waits for the event its seat, with the pass waited with, and end their place in its line.

    What was `paid` takes the seat that its order holds. Needs: the contact, the event's seat count and the pass's.
    """
    held, waiting = close_item(journal, item, event, Status.REGISTERED) if item is not None else (0, 0)
    registration.status = EventRegistration.Status.CONFIRMED
    registration.is_past_capacity, registration.reason = is_past_capacity, reason[:300]
    registration.save(update_fields=["status", "is_past_capacity", "reason", "updated_at"])
    contact = registration.contact
    held -= 1 if paid is not None and paid.is_held else 0
    moved: dict[str, Any] = {"taken": 1, "held": held, "waiting": waiting, "reason": reason, "detail": detail}
    activity = journal.move(verb, event, contact, **moved)
    if event_pass is not None:
        issue_pass(journal, registration, event_pass, by_newcomer=False)
    return activity


def _new_seat(
    journal: Journal, session: Session, registration: EventRegistration, **recorded: Any
) -> SessionRegistration:
    """Return a seat that the journal will write; the caller records the movement."""
    values = {
        "event_id": session.event_id,
        "session_id": session.pk,
        "contact_id": registration.contact_id,
        "event_registration_id": registration.pk,
        "registered_at": journal.at,
        "source": journal.source,
        "added_by_id": journal.actor.user.pk if journal.actor.user else None,
    }
    seat = sql.new_row(SessionRegistration, **(values | recorded))
    sql.attach(seat, session=session, contact=registration.contact, event_registration=registration)
    journal.seats_given.append(seat)
    return seat


def open_registration(
    journal: Journal,
    event: Event,
    contact: Contact,
    attendee: Attendee,
    *,
    waitlisted: bool = False,
    by_newcomer: bool = True,
    reason: str = "",
    is_past_capacity: bool = False,
    registered_by: EventRegistration | None = None,
    detail: dict[str, Any] | None = None,
    paid: OrderLine | None = None,
) -> EventRegistration:
    """Make the contact's registration at the event; confirmed ones take a seat of it, one that was `paid` its held one.

    Needs: the contact; for a confirmed one the event's seat count.
    """
    registration = EventRegistration(
        event=event,
        contact=contact,
        status=EventRegistration.Status.WAITLISTED if waitlisted else EventRegistration.Status.CONFIRMED,
        first_name=attendee.first_name or contact.first_name,
        last_name=attendee.last_name or contact.last_name,
        registered_at=journal.at,
        source=journal.source,
        added_by=journal.actor.user,
        registered_by=registered_by,
        is_past_capacity=is_past_capacity,
        reason=reason,
        **attendee.details,
    )
    _keep(journal, registration, attendee)
    if paid is not None:
        _take_paid(journal, paid, event, contact)
    elif not waitlisted:
        verb = Verb.ADDED_PAST_CAPACITY if is_past_capacity else Verb.REGISTERED
        journal.move(verb, event, contact, taken=1, by_newcomer=by_newcomer, reason=reason, detail=detail)
    return registration


def register_paid(
    journal: Journal, event: Event, contact: Contact, attendee: Attendee, paid: OrderLine
) -> EventRegistration:
    """Register somebody for whom an order was paid; whoever waits for the event is confirmed, and waits no more.

    Needs: the contact, and the seat counts of the event and the passes.
    """
    mine = {"event": event, "contact": contact}
    live = EventRegistration.objects.active().filter(**mine).select_related("contact").first()
    if live is None:
        return open_registration(journal, event, contact, attendee, paid=paid)
    related = ("contact", "event", "invitation_slot", "event_pass")
    item = WaitlistItem.objects.open().filter(session=None, **mine).select_related(*related).first()
    save_responses(live, attendee)
    detail = {"order": paid.order_id}
    verb = _verb_of(paid)
    confirm_registration(journal, live, event, item, None, verb=verb, detail=detail, paid=paid)
    return live


def _verb_of(paid: OrderLine) -> Activity.Verb:
    return Verb.PAID if paid.order.state == Order.State.PAID else Verb.REGISTERED


def _take_paid(journal: Journal, paid: OrderLine, target: Event | Pass, contact: Contact) -> None:
    """Take the seat that the order holds; where it holds none any more, one that nobody waits for."""
    held = -1 if paid.is_held else 0
    detail = {"order": paid.order_id}
    journal.move(_verb_of(paid), target, contact, taken=1, held=held, by_newcomer=not held, detail=detail)


def _keep(journal: Journal, registration: EventRegistration, attendee: Attendee) -> None:
    """Write the registration and its answers, of many people with the journal."""
    if journal.in_sets:
        journal.registrations_opened.append(registration)
        journal.answers_given += answers_of(registration, attendee)
        return
    sql.insert([registration])
    save_responses(registration, attendee)


def save_responses(registration: EventRegistration, attendee: Attendee) -> None:
    """Keep the attendee's answers to the event's own questions; questions of other events are left out.

    An answer of None is taken back.
    """
    if not attendee.responses:
        return
    taken_back = [pk for pk, value in attendee.responses.items() if value is None]
    if taken_back:
        gone = RegistrationResponse.objects.filter(event_registration=registration, field__in=taken_back)
        gone.delete()
    asked = CustomRegistrationField.objects.filter(event_id=registration.event_id, pk__in=attendee.responses)
    known = set(asked.values_list("pk", flat=True))
    RegistrationResponse.objects.bulk_create(
        [answer for answer in answers_of(registration, attendee) if answer.field_id in known],
        update_conflicts=True,
        unique_fields=["event_registration", "field"],
        update_fields=["value"],
    )


def answers_of(registration: EventRegistration, attendee: Attendee) -> list[RegistrationResponse]:
    """The attendee's answers as rows, not yet written; they answer questions of this very event."""
    return [
        RegistrationResponse(event_registration=registration, field_id=pk, value=value)
        for pk, value in attendee.responses.items()
        if value is not None
    ]


def issue_pass(
    journal: Journal,
    registration: EventRegistration,
    event_pass: Pass,
    *,
    by_newcomer: bool = False,
    paid: OrderLine | None = None,
) -> None:
    """Give the registration the pass; what was `paid` holds one. Needs: the pass's seat count.

    Here it is decided that no pass with a price is given for nothing: where no order was, the person owes one from
    now on, or the act says why it is complimentary.
    """
    issued = AttendeePass(event_registration=registration, event_pass=event_pass, issued_at=journal.at)
    if journal.in_sets:
        journal.passes_issued.append(issued)
    else:
        issued.save()
    if paid is not None:
        _take_paid(journal, paid, event_pass, registration.contact)
        return
    if event_pass.price:
        owe(journal, registration, event_pass)
    is_over = not by_newcomer and not event_pass.seats.has_seat_for_newcomer
    verb = Verb.ADDED_PAST_CAPACITY if is_over else Verb.REGISTERED
    reason = registration.reason if is_over else ""
    journal.move(verb, event_pass, registration.contact, taken=1, by_newcomer=by_newcomer, reason=reason)


def give_included(
    journal: Journal,
    registration: EventRegistration,
    included: Iterable[Session],
    standing: Standing,
    *,
    by_staff: bool,
) -> list[int]:
    """Give a new registrant the included sessions, or a place in line where one is full.

    Whom staff register, early or late, gets them as well: nobody would give them later.
    Returns the ids of those with a seat. Needs: the contact and the sessions' seat counts.
    """
    given = []
    for session in included:
        if session.has_started(journal.at):
            continue
        held = standing.held_sessions
        door = INCLUDED_BY_STAFF if by_staff else CLAIM
        outcome, _reason = rules.outcome_of_claim(
            session, standing, held, wait=True, at=journal.at, door=door
        )
        if outcome == Outcome.REGISTERED:
            give_seat(journal, session, registration, standing, by_newcomer=True)
            given.append(session.pk)
        elif outcome == Outcome.WAITLISTED:
            enqueue(journal, session, registration.contact, automatically_register=None)
    return given
