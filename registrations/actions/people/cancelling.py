"""Give seats back: one session's, or everything a person has at an event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.actors import Actor
from events.errors import Busy, Locked
from events.retrying import action
from registrations import locks, rules
from registrations.actions import steps
from registrations.actions.endings import end_all, seats_touched
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration

Verb = Activity.Verb
Kind = Notification.Kind


@action
def cancel_session_registrations(
    session_registrations: Iterable[SessionRegistration],
    *,
    actor: Actor,
    reason: str = "",
    notify: bool = True,
    at: datetime | None = None,
) -> int:
    """Give these seats back; return how many were live. Each seat freed goes to the line of its session.

    Each person is told once per session. Raises Locked, with nothing changed, when an attendee may not give
    one of them up. The event registration stays.
    """
    at = at or timezone.now()
    ids = [registration.pk for registration in session_registrations]
    # Taking back needs only the seat counts: cancelling 500 locks nobody.
    seat_ids = set(SessionRegistration.objects.filter(pk__in=ids).values_list("session__seats_id", flat=True))
    with transaction.atomic(durable=True):
        journal = Journal(actor, at, locks.lock_seats(seat_ids), notify)
        rows = SessionRegistration.objects.active().filter(pk__in=ids)
        seats = list(rows.select_related("session__event", "contact", "event_registration").order_by("id"))
        for seat in seats:
            if any(rules.refusals_to_drop(seat.session, by_staff=not actor.is_attendee)):
                raise Locked
            give_back_and_tell(journal, seat, reason)
        journal.write()
        actor.done(len(seats))
    settle_after_commit(journal.freed, journal.lost_a_seat, at)
    return len(seats)


def give_back_and_tell(journal: Journal, seat: SessionRegistration, reason: str) -> None:
    """Give one seat back, and have its holder told. Needs: the session's seat count."""
    activity = steps.give_back(journal, seat, seat.session, reason=reason)
    payload = {
        "reason": reason,
        "by_staff": journal.actor.is_staff,
        "session_ids": [seat.session_id],
        "everything": False,
    }
    journal.tell(
        Kind.CANCELLED,
        seat.contact,
        activity,
        seat.session,
        registration=seat.event_registration,
        payload=payload,
    )


@action
def cancel_event_registrations(
    event_registrations: Iterable[EventRegistration],
    *,
    actor: Actor,
    reason: str = "",
    notify: bool = True,
    at: datetime | None = None,
) -> int:
    """Give back everything these people have at their events; return how many registrations were live.

    Afterwards they hold no seat, pass or place in line there; each is told once; all freed seats are settled.
    Raises Locked when an attendee holds a seat that was locked when saved; included ones go with the registration.
    """
    at = at or timezone.now()
    ids = [registration.pk for registration in event_registrations]
    contact_ids = set(EventRegistration.objects.filter(pk__in=ids).values_list("contact_id", flat=True))
    with transaction.atomic(durable=True):
        # Without it a claim that saw the registration live would hang a seat on a cancelled one.
        locks.lock_contacts(contact_ids)
        actor.ask_condition()
        rows = EventRegistration.objects.active().filter(pk__in=ids).select_related("event", "contact")
        registrations = list(rows.order_by("id"))
        if not {registration.contact_id for registration in registrations} <= contact_ids:
            # An address was corrected while we waited; asked again, the right people will be locked.
            raise Busy
        journal = Journal(actor, at, locks.lock_seats(seats_touched(registrations)), notify)
        end_all(journal, registrations, reason)
        journal.write()
        actor.done(len(registrations))
    settle_after_commit(journal.freed, journal.lost_a_seat, at)
    return len(registrations)
