"""The rows that decided agenda lines become. Needs: the contact and the seat counts of all lines."""

from __future__ import annotations

from typing import Any

from events.models import Contact, Event
from registrations.actions import _steps as steps
from registrations.actions._journal import Journal
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.outcomes import Line, Outcome
from registrations.people import Attendee
from registrations.standing import Standing
from waitlists.models import WaitlistItem

Verb = Activity.Verb
Kind = Notification.Kind


def apply_lines(
    journal: Journal,
    event: Event,
    contact: Contact,
    attendee: Attendee,
    standing: Standing,
    lines: list[Line],
    automatically_register: bool | None,
) -> EventRegistration:
    """Write what the lines say and one mail for the whole; return the registration, made if need be."""
    registration = standing.registration or _register(
        journal, event, contact, attendee, lines, automatically_register
    )
    if standing.registration is not None:
        steps.save_responses(registration, attendee)
    for line in lines:
        if line.outcome == Outcome.DROPPED:
            _drop(journal, line, standing)
    _seat(journal, [line for line in lines if line.outcome == Outcome.REGISTERED], registration, standing)
    for line in lines:
        if line.outcome in {Outcome.WAITLISTED, Outcome.ON_HOLD} and line.session.pk not in standing.items:
            is_on_hold = line.outcome == Outcome.ON_HOLD
            steps.enqueue(
                journal,
                line.session,
                contact,
                automatically_register=automatically_register,
                on_hold=is_on_hold,
            )
    _tell(journal, event, registration, lines, is_new=standing.registration is None)
    return registration


def _register(
    journal: Journal,
    event: Event,
    contact: Contact,
    attendee: Attendee,
    lines: list[Line],
    automatically_register: bool | None,
) -> EventRegistration:
    """Make the registration; with the event full the person waits for it, the wishes on hold (B4)."""
    waits = any(line.outcome == Outcome.ON_HOLD for line in lines)
    registration = steps.open_registration(journal, event, contact, attendee, waitlisted=waits)
    if waits:
        steps.enqueue(journal, event, contact, automatically_register=automatically_register)
    return registration


def _drop(journal: Journal, line: Line, standing: Standing) -> None:
    seat = standing.seats.get(line.session.pk)
    if seat is not None:
        give_back(journal, seat, line)
    item = standing.items.get(line.session.pk)
    if item is not None:
        steps.end_item(journal, item, line.session, WaitlistItem.Status.WITHDRAWN, Verb.LEFT_WAITLIST)


def give_back(journal: Journal, seat: SessionRegistration, line: Line) -> None:
    """Cancel one seat. Needs: the session's seat count."""
    seat.cancelled_at = journal.at
    seat.save(update_fields=["cancelled_at"])
    journal.move(Verb.CANCELLED, line.session, seat.contact, taken=-1)


def _seat(journal: Journal, lines: list[Line], registration: EventRegistration, standing: Standing) -> None:
    seats = []
    for line in lines:
        item = standing.items.get(line.session.pk)
        held = waiting = 0
        if item is not None:
            held, waiting = steps.close_item(journal, item, line.session, WaitlistItem.Status.REGISTERED)
        seats.append(steps.new_seat(journal, line.session, registration))
        journal.move(
            Verb.REGISTERED,
            line.session,
            registration.contact,
            taken=1,
            held=held,
            waiting=waiting,
            by_newcomer=True,
        )
    SessionRegistration.objects.bulk_create(seats)


def _tell(
    journal: Journal, event: Event, registration: EventRegistration, lines: list[Line], *, is_new: bool
) -> None:
    """One mail for the whole: what was got, or that everything was only given up."""
    by_outcome = {
        outcome: [line.session.pk for line in lines if line.outcome == outcome] for outcome in Outcome
    }
    payload: dict[str, Any] = {
        "session_ids": by_outcome[Outcome.REGISTERED],
        "waitlisted_session_ids": by_outcome[Outcome.WAITLISTED],
        "on_hold_session_ids": by_outcome[Outcome.ON_HOLD],
        "dropped_session_ids": by_outcome[Outcome.DROPPED],
    }
    if not journal.activities:
        return
    if is_new or by_outcome[Outcome.REGISTERED]:
        kind = Kind.WAITLISTED if registration.status == registration.Status.WAITLISTED else Kind.REGISTERED
    elif by_outcome[Outcome.WAITLISTED] or by_outcome[Outcome.ON_HOLD]:
        kind = Kind.WAITLISTED
    else:
        kind = Kind.CANCELLED
        payload = {
            "session_ids": by_outcome[Outcome.DROPPED],
            "reason": "",
            "by_staff": False,
            "everything": False,
        }
    journal.tell(
        kind, registration.contact, journal.activities[0], event, registration=registration, payload=payload
    )
