"""Prove an address before a registration moves to it: a code is mailed there, and asked back."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from events.actors import ATTENDEE
from events.errors import Invalid, RegistrationCancelled
from events.models import normalise_email
from events.retrying import action
from registrations import locks
from registrations.actions.journal import Journal
from registrations.models import Activity, AddressCode, AddressMail, EventRegistration, Notification
from registrations.models.address_codes import MOST_TRIES, MailedCode
from registrations.rules.people import Attendee

KEPT = timedelta(days=1)


@action
def mail_address_code(
    registration: EventRegistration, email: str, *, at: datetime | None = None
) -> AddressCode:
    """Mail a code to the address to which the registration shall move; the one before it ends.

    What happens is the same whoever is registered with that address. The ledger says that it was asked for, and not
    for which address. Raises Invalid for an address that cannot be, or that is the registration's own, and
    RegistrationCancelled once it has ended.
    """
    at, address = at or timezone.now(), normalise_email(email)
    Attendee(address, registration.first_name, registration.last_name).check()
    with transaction.atomic(durable=True):
        # Without it a code could be mailed for a registration that is being moved, or for somebody being erased.
        locks.lock_contacts([registration.contact_id])
        fresh = EventRegistration.objects.select_related("event", "contact").get(pk=registration.pk)
        if fresh.is_cancelled:
            raise RegistrationCancelled(cancelled_at=fresh.cancelled_at)
        if fresh.contact.email == address:
            raise Invalid(fields={"email": [_("This is your address already.")]})
        values = {"uuid": uuid.uuid4(), "event": fresh.event, "email": address, "asked_at": at}
        code, _is_new = AddressCode.objects.update_or_create(
            event_registration=fresh, defaults={**values, "tries": 0, "used_at": None}
        )
        journal = Journal(ATTENDEE, at, {})
        activity = journal.note(Activity.Verb.ADDRESS_CODE_MAILED, fresh.event, fresh.contact)
        payload = {"code": code.uuid.hex}
        kind = Notification.Kind.ADDRESS_CODE
        journal.tell(kind, fresh.contact, activity, fresh.event, registration=fresh, payload=payload)
        journal.write()
    return code


@action
def prove_address(registration: EventRegistration, code: str, *, at: datetime | None = None) -> str:
    """Take the code that was mailed, once; return the address that it proves.

    Every try is counted before it is looked at, so that many at once are no more than one after the other. Raises
    Invalid for a wrong code, and for one that has ended: used, too old, tried too often, or followed by another.
    """
    asked = AddressCode.objects.filter(event_registration=registration).first()
    take_once(asked, code, at or timezone.now())
    assert asked is not None
    return asked.email


def take_once(asked: MailedCode | None, code: str, at: datetime) -> None:
    """Count the try, then take the code if it is the right one. Raises Invalid like `prove_address`."""
    if asked is None or not asked.is_open(at):
        raise code_has_ended()
    mine = type(asked)._default_manager.filter(uuid=asked.uuid, used_at=None)
    with transaction.atomic(durable=True):
        is_counted = mine.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1)
        is_right = constant_time_compare(re.sub(r"\s", "", code), asked.code)
        if is_counted and is_right:
            mine.update(used_at=at)
    if not is_counted:
        raise code_has_ended()
    if not is_right:
        raise Invalid(fields={"code": [_("This is not the code of the last mail. Please look again.")]})


def forget_old_codes(at: datetime | None = None) -> int:
    """Delete what was asked for a day ago; return how many."""
    old = (at or timezone.now()) - KEPT
    rows: tuple[type[MailedCode], ...] = (AddressCode, AddressMail)
    return sum(each._default_manager.filter(asked_at__lt=old).delete()[0] for each in rows)


def code_has_ended() -> Invalid:
    """The refusal of a code that is used, too old, tried too often, or was never mailed."""
    return Invalid(fields={"code": [_("This code has ended. Have another one mailed.")]})
