"""Mail a code to an address for one purpose, and take it back; tell an address that a registration left it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.errors import RegistrationCancelled
from events.models import Event, normalise_email
from events.retrying import action
from registrations import locks
from registrations.actions.people.address_codes import code_has_ended, take_once
from registrations.models import AddressMail, EventRegistration

Purpose = AddressMail.Purpose


@action
def mail_code(
    purpose: AddressMail.Purpose,
    email: str,
    *,
    event: Event | None = None,
    language: str = "",
    at: datetime | None = None,
) -> AddressMail:
    """Have a code mailed to the address, for this purpose alone. The same is written whoever the address belongs to."""
    at = at or timezone.now()
    address = normalise_email(email)
    return AddressMail.objects.create(
        purpose=purpose, email=address, event=event, language=language[:10], asked_at=at, due_at=at
    )


@action
def mail_code_to_registrant(
    purpose: AddressMail.Purpose,
    registration: EventRegistration,
    *,
    language: str = "",
    at: datetime | None = None,
) -> AddressMail:
    """Have a code mailed to the registration's own address, since whoever has the link need not be its person.

    A registration that was cancelled has its person still. Raises RegistrationCancelled for somebody erased.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        # Without it a code could be written for somebody who is being erased, with their address in it.
        locks.lock_contacts([registration.contact_id])
        fresh = EventRegistration.objects.select_related("event", "contact").get(pk=registration.pk)
        if fresh.contact.erased_at:
            raise RegistrationCancelled
        return AddressMail.objects.create(
            purpose=purpose,
            email=fresh.contact.email,
            event=fresh.event,
            event_registration=fresh,
            language=(language or fresh.contact.language)[:10],
            asked_at=at,
            due_at=at,
        )


@action
def prove_by_code(asked: AddressMail | None, code: str, *, at: datetime | None = None) -> str:
    """Take the code that was mailed, once; return the address that it proves.

    Every try is counted before it is looked at. Raises Invalid for a wrong code, for one that has ended, and for one
    mailed to an address that is the registration's no more.
    """
    if asked and asked.event_registration and asked.event_registration.contact.email != asked.email:
        raise code_has_ended()
    take_once(asked, code, at or timezone.now())
    assert asked is not None
    return asked.email


def within_tell_address_left(registration: EventRegistration, email: str, at: datetime) -> None:
    """Have the address told that the registration has left it; who has it now is not said. Needs: the contact."""
    AddressMail.objects.create(
        purpose=Purpose.LEFT,
        email=email,
        event=registration.event,
        event_registration=registration,
        language=registration.contact.language,
        asked_at=at,
        due_at=at,
    )
