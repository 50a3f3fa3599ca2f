"""Say of somebody that they did not come, or take back that they did or did not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.actors import Actor
from events.errors import CheckedIn, RegistrationCancelled
from events.retrying import action
from registrations import locks, rules
from registrations.actions.journal import Journal
from registrations.actions.staff.leaving import within_undo
from registrations.models import Activity, CheckIn, EventRegistration

Verb = Activity.Verb


@action
def mark_no_show(
    registration: EventRegistration, *, actor: Actor, reason: str = "", at: datetime | None = None
) -> EventRegistration:
    """Keep that the person did not come to the event, and since when that is said; nobody is told.

    Seats stay. Whoever is let in afterwards has come, and loses the mark. Repeating is harmless. Raises
    RegistrationCancelled, NotRegistered for somebody who only waits, NotBegun before the event's start, CheckedIn for
    somebody who was let in at any of its doors.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        fresh = _locked(registration, actor)
        was_let_in = CheckIn.objects.standing().filter(event_registration=fresh).exists()
        for refusal in rules.refusals_to_mark_no_show(fresh, at, was_let_in=was_let_in):
            raise refusal
        if fresh.no_show_at is None:
            fresh.no_show_at = at
            fresh.save(update_fields=["no_show_at", "updated_at"])
            journal = Journal(actor, at, {})
            journal.note(Verb.NO_SHOW, fresh.event, fresh.contact, reason=reason)
            journal.write()
        return actor.done(fresh)


@action
def back_to_confirmed(
    registration: EventRegistration, *, actor: Actor, at: datetime | None = None
) -> EventRegistration:
    """Undo the entries at the event's own door, and a mark as no-show; nobody is told, repeating is harmless.

    Raises RegistrationCancelled: a cancelled one does not come back so. Raises CheckedIn, with nothing undone, where a
    session's door let the person in: by that they came.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        fresh = _locked(registration, actor)
        if fresh.is_cancelled:
            raise RegistrationCancelled(cancelled_at=fresh.cancelled_at)
        entries = list(CheckIn.objects.standing().filter(event_registration=fresh).order_by("id"))
        sessions = [entry.session_id for entry in entries if entry.session_id]
        if sessions:
            raise CheckedIn(session_ids=sessions)
        journal = Journal(actor, at, {})
        for entry in entries:
            entry.event_registration = fresh
            within_undo(journal, entry, "")
        if fresh.no_show_at:
            fresh.no_show_at = None
            fresh.save(update_fields=["no_show_at", "updated_at"])
            journal.note(Verb.NO_SHOW_UNDONE, fresh.event, fresh.contact)
        journal.write()
        return actor.done(fresh)


def _locked(registration: EventRegistration, actor: Actor) -> EventRegistration:
    """The registration as it is once its person is locked.

    Without it somebody could walk in while they are said not to have come.
    """
    locks.lock_contacts([registration.contact_id])
    actor.ask_condition()
    return EventRegistration.objects.select_related("event", "contact").get(pk=registration.pk)
