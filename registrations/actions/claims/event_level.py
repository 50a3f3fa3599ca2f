"""Register for a whole event, or for one of its passes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import ATTENDEE, Actor
from events.errors import WrongLevel
from events.models import Contact, Event, Pass, SeatCount
from events.retrying import action
from registrations import demand, locks, rules
from registrations.actions import checks, giving, places, steps
from registrations.actions.journal import Journal
from registrations.actions.lines.hindrances import of_sold_out_pass
from registrations.actions.lines.serving import pass_over
from registrations.actions.owing import check_complimentary
from registrations.models import EventRegistration, Notification
from registrations.queries import registration_of, standing_of
from registrations.queries.lines import is_spoken_for
from registrations.rules.doors import BUY, CLAIM, Door
from registrations.rules.people import Attendee

Kind = Notification.Kind


@action
def register_for_event(
    event: Event,
    attendee: Attendee,
    event_pass: Pass | None = None,
    *,
    wait: bool = False,
    preview: bool = False,
    automatically_register: bool | None = None,
    actor: Actor = ATTENDEE,
    complimentary: str = "",
    notify: bool = True,
    at: datetime | None = None,
) -> EventRegistration:
    """Register `attendee` for the event, by a pass where it offers passes; repeating is harmless.

    Afterwards the registration is confirmed and holds a seat of the event (and of the pass), or, with `wait` and the
    event full, is waitlisted. One mail. A preview writes nothing, and returns a row not saved. By another's hand a
    pass with a price is owed, or `complimentary` for this reason. Raises NotLive, Closed, Full, PaymentRequired,
    WrongLevel where registrants create their own agenda, Invalid where a pass is missing or of another event.
    """
    at = at or timezone.now()
    attendee.check()
    check_complimentary(complimentary, is_attendee=actor.is_attendee)
    if preview:
        return _preview(event, attendee, event_pass, wait, at, claim_by(actor))
    with demand.noting(event.pk, actor, at), transaction.atomic(durable=True):
        contact = locks.lock_attendee(attendee)
        seats = locks.lock_seats(steps.seats_of([event, *([event_pass] if event_pass else [])]))
        event = steps.fresh_event(event)
        steps.attach_seats(event, seats)
        if registration := standing_of(contact, event).registration:
            return registration
        event_pass = event_pass and _fresh_pass(event_pass, seats)
        journal = Journal(actor, at, seats, notify, complimentary=complimentary)
        if gets_a_seat(event, event_pass, wait, at, claim_by(actor)):
            registration = within_confirm(journal, event, contact, attendee, event_pass)
        else:
            registration = within_wait(journal, event, contact, attendee, event_pass, automatically_register)
        journal.write()
        return actor.done(registration)


def _fresh_pass(event_pass: Pass, seats: dict[int, SeatCount]) -> Pass:
    """The pass read after its seat count was locked."""
    fresh = Pass.objects.get(pk=event_pass.pk)
    fresh.seats = seats[fresh.seats_id]
    return fresh


def _preview(
    event: Event, attendee: Attendee, event_pass: Pass | None, wait: bool, at: datetime, door: Door
) -> EventRegistration:
    """What the act would return, read without any lock."""
    event = steps.fresh_event(event)
    contact = Contact.objects.filter(email=attendee.email).first()
    registration = registration_of(contact, event) if contact else None
    if registration is not None:
        return registration
    if event_pass is not None:
        event_pass = Pass.objects.select_related("seats").get(pk=event_pass.pk)
    is_seated, status = gets_a_seat(event, event_pass, wait, at, door), EventRegistration.Status
    return EventRegistration(event=event, status=status.CONFIRMED if is_seated else status.WAITLISTED)


def claim_by(actor: Actor) -> Door:
    """The door by which this actor asks for a pass: whoever comes by themselves pays first."""
    return CLAIM if actor.is_attendee else BUY


def gets_a_seat(event: Event, event_pass: Pass | None, wait: bool, at: datetime, door: Door) -> bool:
    """True where a newcomer gets a seat of the event as it was just read, False where they wait for one.

    Raises what refuses both, as `register_for_event` does.
    """
    rules.check(rules.refusals_to_open(event, at), door)
    if event.allow_custom_agenda:
        raise WrongLevel(_("At this event everybody chooses sessions. Add sessions to your agenda first."))
    is_seated = event.seats.has_seat_for_newcomer and (
        event_pass is None or not is_spoken_for(event_pass, event)
    )
    waits = not is_seated and wait and event.waitlist_enabled
    # Whoever waits pays once they are invited.
    checks.check_chosen_pass(event, event_pass, at, BUY if waits else door, waits=waits)
    if not is_seated and not waits:
        rules.check(rules.refusals_at_event(event, None, at=at), door)
    return is_seated


def within_confirm(
    journal: Journal,
    event: Event,
    contact: Contact,
    attendee: Attendee,
    event_pass: Pass | None,
    *,
    registered_by: EventRegistration | None = None,
) -> EventRegistration:
    """Register a newcomer with a seat of the event, and have them told. Needs: contact, event's and pass's seats."""
    first = len(journal.activities)
    registration = giving.open_registration(journal, event, contact, attendee, registered_by=registered_by)
    cause = journal.activities[first]
    if event_pass is not None:
        giving.issue_pass(journal, registration, event_pass, by_newcomer=True)
    payload = {"pass_id": event_pass.pk if event_pass else None} | _by(registered_by)
    journal.tell(Kind.REGISTERED, contact, cause, event, registration=registration, payload=payload)
    return registration


def within_wait(
    journal: Journal,
    event: Event,
    contact: Contact,
    attendee: Attendee,
    event_pass: Pass | None,
    automatically_register: bool | None,
    *,
    registered_by: EventRegistration | None = None,
) -> EventRegistration:
    """Register a newcomer who waits for the event, and have them told. Needs: contact and the event's seats."""
    registration = giving.open_registration(
        journal, event, contact, attendee, waitlisted=True, registered_by=registered_by
    )
    is_sold_out = event_pass is not None and is_spoken_for(event_pass, event)
    item, cause = places.enqueue(
        journal, event, contact, automatically_register=automatically_register, event_pass=event_pass
    )
    if is_sold_out:
        # Whoever lacks the pass alone keeps no seat of the event from those who come by another.
        pass_over(journal, item, event, of_sold_out_pass())
    payload = _by(registered_by)
    journal.tell(Kind.WAITLISTED, contact, cause, event, registration=registration, payload=payload)
    return registration


def _by(registrar: EventRegistration | None) -> dict[str, Any]:
    """What lets the mail name whoever registered the person."""
    return {"is_by_registrar": True} if registrar else {}
