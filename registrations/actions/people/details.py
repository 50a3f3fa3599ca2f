"""What a registered person may change or ask for besides seats: details, and the personal link."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.actors import ATTENDEE, Actor
from events.errors import RegistrationCancelled
from events.models import Contact, Event, normalise_email
from events.retrying import action
from registrations import locks
from registrations.actions import giving
from registrations.actions.journal import Journal
from registrations.models import Activity, EventRegistration, Notification
from registrations.rules.people import Attendee


@action
def update_details(
    registration: EventRegistration,
    attendee: Attendee,
    *,
    actor: Actor = ATTENDEE,
    at: datetime | None = None,
) -> EventRegistration:
    """Keep other names, details and answers for this registration; the address stays, and the ledger says so.

    A language that is said becomes the person's, at all of their events.

    Raises Invalid for what cannot be, RegistrationCancelled once it has ended.
    """
    attendee.check()
    with transaction.atomic(durable=True):
        # Without it a form that was opened before would bring back who was erased meanwhile.
        locks.lock_contacts([registration.contact_id])
        actor.ask_condition()
        # Read now: it may have got the event's seat since it was read.
        status = EventRegistration.objects.active().filter(pk=registration.pk).values_list("status").first()
        if status is None:
            raise RegistrationCancelled
        registration.first_name, registration.last_name = attendee.first_name, attendee.last_name
        for name, value in attendee.details.items():
            setattr(registration, name, value)
        changed = ["first_name", "last_name", *attendee.details, "updated_at"]
        registration.save(update_fields=changed)
        giving.save_responses(registration, attendee)
        if attendee.language:
            _speak(registration.contact, attendee.language)
        journal = Journal(actor, at or timezone.now(), {})
        detail = {"status": status[0]}
        journal.note(Activity.Verb.DETAILS_CHANGED, registration.event, registration.contact, detail=detail)
        journal.write()
    return registration


@action
def request_link(event: Event, email: str, *, at: datetime | None = None) -> None:
    """Mail the personal link to that address if it is registered at the event; say nothing either way."""
    with transaction.atomic(durable=True):
        within_mail_link(event, email, at or timezone.now())


def within_mail_link(event: Event, email: str, at: datetime) -> None:
    """Ask for a personal link like `request_link`, inside the caller's transaction."""
    contact = Contact.objects.filter(email=normalise_email(email)).first()
    registration = contact and EventRegistration.objects.active().filter(event=event, contact=contact).first()
    if not contact or not registration:
        return
    journal = Journal(ATTENDEE, at, {})
    activity = journal.note(Activity.Verb.LINK_REQUESTED, event, contact)
    journal.tell(Notification.Kind.LINK_REQUESTED, contact, activity, event, registration=registration)
    journal.write()


@action
def revoke_links(
    registration: EventRegistration, *, actor: Actor, at: datetime | None = None
) -> EventRegistration:
    """Make every personal link mailed before worthless, the calendar's address and the door code; they get new ones."""
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        locks.lock_contacts([registration.contact_id])
        fresh = EventRegistration.objects.select_related("event", "contact").get(pk=registration.pk)
        EventRegistration.objects.filter(pk=fresh.pk).revoke_links(at)
        fresh.refresh_from_db(fields=["link_version", "calendar_key", "door_code", "updated_at"])
        journal = Journal(actor, at, {})
        journal.note(Activity.Verb.LINK_REVOKED, fresh.event, fresh.contact)
        journal.write()
    return fresh


@action
def calendar_key_of(registration: EventRegistration) -> uuid.UUID:
    """Return the secret of the registration's calendar address, made where it has none; it ends with the links.

    Whoever knows it reads the agenda, and can change nothing.
    """
    if registration.calendar_key is None:
        without = EventRegistration.objects.filter(pk=registration.pk, calendar_key=None)
        # Of two pages opened at once one makes it, and both show the same.
        without.update(calendar_key=uuid.uuid4())
        registration.refresh_from_db(fields=["calendar_key"])
    assert registration.calendar_key is not None
    return registration.calendar_key


def within_form_revoke_links_of(contact: Contact, *, actor: Actor, at: datetime | None = None) -> int:
    """Make every personal link of this contact worthless inside a form's transaction; returns how many."""
    locks.lock_contacts([contact.pk])
    at = at or timezone.now()
    registrations = EventRegistration.objects.filter(contact=contact)
    revoked = registrations.revoke_links(at)
    journal = Journal(actor, at, {})
    for registration in registrations.active().select_related("event"):
        journal.note(Activity.Verb.LINK_REVOKED, registration.event, contact)
    journal.write()
    return revoked


@action
def speak_to(contact: Contact, language: str) -> Contact:
    """Write to this person in that language from now on; nothing happens to somebody who was erased."""
    _speak(contact, language)
    return contact


def _speak(contact: Contact, language: str) -> None:
    contact.language = language
    Contact.objects.filter(pk=contact.pk, erased_at=None).update(language=language, updated_at=timezone.now())
