"""Shared steps of the actions. Each expects the locks named in its docstring to be held."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from events.errors import Invalid, RegistrationCancelled
from events.models import Contact, CustomRegistrationField, Event, Pass, SeatCount
from registrations import rules, sql
from registrations.actions.journal import Journal
from registrations.models import (
    Activity,
    AttendeePass,
    EventRegistration,
    Notification,
    RegistrationResponse,
    SessionRegistration,
)
from registrations.rules.doors import CLAIM, STAFF_CLAIM
from registrations.rules.outcomes import Outcome
from registrations.rules.people import Attendee
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import InvitationSlot, WaitlistItem

Status = WaitlistItem.Status
Verb = Activity.Verb


def fresh_event(event: Event) -> Event:
    """Read the event's facts anew."""
    return Event.objects.select_related("seats").get(pk=event.pk)


def fresh_sessions(ids: Iterable[int], event: Event, seats: dict[int, SeatCount]) -> dict[int, Session]:
    """Read the sessions' facts after their seat counts were locked, with the locked counts attached."""
    sessions = {}
    for session in Session.objects.filter(pk__in=list(ids)):
        session.event = event
        if session.seats_id in seats:
            session.seats = seats[session.seats_id]
        sessions[session.pk] = session
    return sessions


def attach_seats(event: Event, seats: dict[int, SeatCount]) -> None:
    """Make the event carry its locked seat count where it was locked."""
    if event.seats_id in seats:
        event.seats = seats[event.seats_id]


def seats_of(targets: Iterable[Event | Session | Pass]) -> set[int]:
    """The ids of the targets' seat counts."""
    return {target.seats_id for target in targets}


def check_event(event: Event, sessions: Iterable[Session]) -> None:
    """Raise Invalid unless all sessions belong to the event."""
    if any(session.event_id != event.pk for session in sessions):
        raise Invalid(
            "This session belongs to another event.", fields={"session": ["Choose a session of this event."]}
        )


def check_still_registered(attendee: Attendee, standing: Standing) -> None:
    """Raise RegistrationCancelled where the registration by which somebody acts has ended meanwhile.

    Without it a click that came while somebody was cancelled, or erased, would register them anew.
    """
    registration = standing.registration
    if attendee.registration_id and (registration is None or registration.pk != attendee.registration_id):
        raise RegistrationCancelled


def check_chosen_pass(event: Event, event_pass: Pass | None, at: datetime) -> None:
    """Raise Invalid where a pass is missing or of another event, Closed or Full where this one cannot be had."""
    words = _("Choose a pass.") if event_pass is None else _("Choose a pass of this event.")
    if event_pass is None:
        if event.passes.offered().exists():
            raise Invalid(words, fields={"event_pass": [words]})
        return
    if event_pass.event_id != event.pk or event_pass.archived_at:
        raise Invalid(fields={"event_pass": [words]})
    rules.check(rules.refusals_of_pass(event_pass, at), CLAIM)


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
) -> EventRegistration:
    """Make the contact's registration at the event; confirmed ones take a seat of it.

    Needs: the contact; for a confirmed one the event's seat count.
    """
    registration = EventRegistration(
        event=event,
        contact=contact,
        status=EventRegistration.Status.WAITLISTED if waitlisted else EventRegistration.Status.CONFIRMED,
        first_name=attendee.first_name or contact.first_name,
        last_name=attendee.last_name or contact.last_name,
        registered_at=journal.at,
        source=journal.actor.source,
        added_by=journal.actor.user,
        is_past_capacity=is_past_capacity,
        reason=reason,
    )
    sql.insert([registration])
    save_responses(registration, attendee)
    if not waitlisted:
        verb = Verb.ADDED_PAST_CAPACITY if is_past_capacity else Verb.REGISTERED
        journal.move(verb, event, contact, taken=1, by_newcomer=by_newcomer, reason=reason)
    return registration


def save_responses(registration: EventRegistration, attendee: Attendee) -> None:
    """Keep the attendee's answers to the event's own questions; questions of other events are left out."""
    if not attendee.responses:
        return
    asked = CustomRegistrationField.objects.filter(event_id=registration.event_id, pk__in=attendee.responses)
    RegistrationResponse.objects.bulk_create(
        [
            RegistrationResponse(
                event_registration=registration, field=field, value=attendee.responses[field.pk]
            )
            for field in asked
        ],
        update_conflicts=True,
        unique_fields=["event_registration", "field"],
        update_fields=["value"],
    )


def new_seat(
    journal: Journal, session: Session, registration: EventRegistration, **recorded: Any
) -> SessionRegistration:
    """Return a seat that the journal will write; the caller records the movement."""
    seat = sql.new_row(
        SessionRegistration,
        session_id=session.pk,
        contact_id=registration.contact_id,
        event_registration_id=registration.pk,
        registered_at=journal.at,
        source=journal.actor.source,
        added_by_id=journal.actor.user.pk if journal.actor.user else None,
        **recorded,
    )
    sql.attach(seat, session=session, contact=registration.contact, event_registration=registration)
    journal.seats_given.append(seat)
    return seat


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
        door = STAFF_CLAIM if by_staff else CLAIM
        outcome, _reason = rules.outcome_of_claim(
            session, standing, held, wait=True, at=journal.at, door=door
        )
        if outcome == Outcome.REGISTERED:
            seat = new_seat(journal, session, registration)
            standing.seats[session.pk] = seat
            journal.move(Verb.REGISTERED, session, registration.contact, taken=1, by_newcomer=True)
            given.append(session.pk)
        elif outcome == Outcome.WAITLISTED:
            enqueue(journal, session, registration.contact, automatically_register=None)
    return given


def give_back(
    journal: Journal,
    seat: SessionRegistration,
    session: Session,
    *,
    verb: Activity.Verb = Verb.CANCELLED,
    reason: str = "",
) -> Activity:
    """Cancel one seat and record it. Needs: the session's seat count."""
    seat.cancelled_at, seat.cancel_reason = journal.at, reason[:300]
    seat.save(update_fields=["cancelled_at", "cancel_reason"])
    return journal.move(verb, session, seat.contact, taken=-1, reason=reason)


def enqueue(
    journal: Journal,
    target: Event | Session,
    contact: Contact,
    *,
    automatically_register: bool | None,
    when_clashing: WaitlistItem.WhenClashing = WaitlistItem.WhenClashing.ASK,
    on_hold: bool = False,
    event_pass: Pass | None = None,
) -> tuple[WaitlistItem, Activity]:
    """Put the contact at the end of the target's line. Needs: the contact and the target's seat count."""
    session = target if isinstance(target, Session) else None
    item = WaitlistItem.objects.create(
        event=target.event if isinstance(target, Session) else target,
        session=session,
        seats_id=target.seats_id,
        contact=contact,
        status=Status.ON_HOLD if on_hold else Status.WAITING,
        joined_at=journal.at,
        automatically_register=True if automatically_register is None else automatically_register,
        when_clashing=when_clashing,
        event_pass=event_pass,
    )
    verb = Verb.ON_HOLD if on_hold else Verb.WAITLISTED
    return item, journal.move(verb, target, contact, waiting=rules.weight(item, target))


def close_item(
    journal: Journal, item: WaitlistItem, target: Event | Session, status: Status
) -> tuple[int, int]:
    """End a waitlist item; return what that does to (held, waiting), for the caller's movement.

    Needs: the target's seat count. The last invited person to go gives the held seat back.
    """
    waiting = -rules.weight(item, target)
    slot = item.invitation_slot
    item.status, item.closed_at, item.passed_over_at = status, journal.at, None
    if slot is None:
        journal.items_closed.append(item)
        return 0, waiting
    item.invitation_slot = None
    item.save(update_fields=["status", "closed_at", "invitation_slot", "passed_over_at"])
    if WaitlistItem.objects.invited().filter(invitation_slot=slot).exists():
        return 0, waiting
    close_slot(slot, journal.at)
    return -1, waiting


def close_slot(slot: InvitationSlot, at: datetime) -> None:
    """End an invitation. Needs: the target's seat count."""
    slot.closed_at = at
    slot.save(update_fields=["closed_at"])


def end_item(
    journal: Journal,
    item: WaitlistItem,
    target: Event | Session,
    status: Status,
    verb: Activity.Verb,
    *,
    reason: str = "",
) -> Activity:
    """End a waitlist item without a seat and record it. Needs: the target's seat count."""
    held, waiting = close_item(journal, item, target, status)
    if isinstance(target, Event):
        _end_hopes(journal, item)
    return journal.move(verb, target, item.contact, held=held, waiting=waiting, reason=reason)


def _end_hopes(journal: Journal, item: WaitlistItem) -> None:
    """Who waits for the event no more is not registered there either, and keeps no wishes on hold."""
    EventRegistration.objects.active().filter(
        event=item.event, contact=item.contact, status=EventRegistration.Status.WAITLISTED
    ).update(status=EventRegistration.Status.CANCELLED, cancelled_at=journal.at)
    on_hold = WaitlistItem.objects.filter(event=item.event, contact=item.contact, status=Status.ON_HOLD)
    on_hold.update(status=Status.WITHDRAWN, closed_at=journal.at)


def issue_pass(
    journal: Journal, registration: EventRegistration, event_pass: Pass, *, by_newcomer: bool
) -> None:
    """Give the registration the pass. Needs: the pass's seat count."""
    AttendeePass.objects.create(event_registration=registration, event_pass=event_pass, issued_at=journal.at)
    is_over = not by_newcomer and not event_pass.seats.has_seat_for_newcomer
    verb = Verb.ADDED_PAST_CAPACITY if is_over else Verb.REGISTERED
    reason = registration.reason if is_over else ""
    journal.move(verb, event_pass, registration.contact, taken=1, by_newcomer=by_newcomer, reason=reason)


def lines_to_close(registrations: Collection[EventRegistration]) -> list[WaitlistItem]:
    """The open waitlist items that hang on these registrations."""
    contacts = [registration.contact_id for registration in registrations]
    events = {registration.event_id for registration in registrations}
    items = WaitlistItem.objects.open().filter(contact_id__in=contacts, event_id__in=events)
    return list(items.select_related("contact", "session", "event", "invitation_slot"))


def end_invited(
    journal: Journal, item: WaitlistItem, target: Event | Session, status: Status, event: Event
) -> None:
    """End an invited item whose holder declined or let it pass; the latter are told. Needs: the seat count."""
    verb = Verb.EXPIRED if status == Status.EXPIRED else Verb.DECLINED
    activity = end_item(journal, item, target, status, verb)
    if status == Status.EXPIRED:
        journal.tell(
            Notification.Kind.INVITATION_EXPIRED,
            item.contact,
            activity,
            target,
            registration=EventRegistration.objects.active().filter(event=event, contact=item.contact).first(),
            payload={"item_id": item.pk},
        )
