"""Correct the address under which somebody is registered at an event."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from events.actors import Actor
from events.errors import AlreadyRegistered, Busy, RegistrationCancelled
from events.models import Contact, Event
from events.retrying import action
from registrations import locks
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.people.address_mails import within_tell_address_left
from registrations.actions.sending.resending import agenda_payload
from registrations.models import (
    Activity,
    CalendarEntry,
    EventRegistration,
    ImportRow,
    Notification,
    Order,
    OrderLine,
    SessionRegistration,
)
from registrations.queries import address_is_free
from registrations.rules.people import Attendee
from waitlists.models import WaitlistItem

Kind = Notification.Kind


@action
def correct_address(
    registration: EventRegistration,
    email: str,
    *,
    actor: Actor,
    notify: bool = True,
    at: datetime | None = None,
) -> EventRegistration:
    """Let the registration be that of the contact with this address, who is made where there is none.

    Everything of the person at this event moves along: seats, places in line, mails and the ledger; what they have
    elsewhere stays under the old address, which is forgotten where nothing is left of it. Calendars know the entries
    of later mails for those of earlier ones. Links mailed to the old address end, and the new one is mailed what they
    have, with its own link; where the person did it themselves, the old one is told that the registration has left it.
    A seat that overlaps one which the new contact holds at another event is kept, as an accepted clash. The ledger
    says who corrected it. The same address again changes nothing. Raises Invalid for an address that cannot be,
    RegistrationCancelled once the registration has ended, and AlreadyRegistered where somebody else is registered
    there with this address.
    """
    at = at or timezone.now()
    person = Attendee(email, registration.first_name, registration.last_name)
    person.check()
    contact_id = EventRegistration.objects.values_list("contact_id", flat=True).get(pk=registration.pk)
    with transaction.atomic(durable=True):
        old, new = locks.lock_contact_and_attendee(contact_id, person)
        actor.ask_condition()
        fresh = _checked(registration, old, new)
        if new.pk != old.pk:
            _give(Journal(actor, at, {}, notify), fresh, old, new)
        actor.done(fresh)
    # By what it was: a contact that was forgotten has no number any more.
    settle_after_commit((), {contact_id, new.pk} if new.pk != contact_id else (), at)
    return fresh


def _checked(registration: EventRegistration, old: Contact, new: Contact) -> EventRegistration:
    """The registration as it is under the lock. Raises what refuses its correction. Needs: both contacts."""
    fresh = EventRegistration.objects.select_related("event", "contact").get(pk=registration.pk)
    if fresh.contact_id != old.pk:
        # Somebody else was correcting it; asked again, the right person will be locked.
        raise Busy
    if fresh.is_cancelled:
        raise RegistrationCancelled(cancelled_at=fresh.cancelled_at)
    is_free = address_is_free(fresh.event, new.email) and not _has_ordered(fresh, new)
    if new.pk != old.pk and not is_free:
        raise AlreadyRegistered
    return fresh


def _has_ordered(registration: EventRegistration, contact: Contact) -> bool:
    """True where an order holds a seat of the same event for the contact."""
    return OrderLine.objects.filter(event=registration.event_id, contact=contact, is_held=True).exists()


def _give(journal: Journal, registration: EventRegistration, old: Contact, new: Contact) -> None:
    """Let the registration be the new contact's, with all that hangs on it, and say so. Needs: both contacts."""
    _move(registration.event, old, new)
    EventRegistration.objects.filter(pk=registration.pk).revoke_links(journal.at)
    secrets = ("link_version", "calendar_key", "door_code")
    registration.refresh_from_db(fields=["contact", *secrets, "updated_at"])
    _tell(journal, registration, old)
    _forget_if_nobody(old)


def _move(event: Event, old: Contact, new: Contact) -> None:
    """Let everything that the old contact has, and had, at the event be the new one's. Needs: both contacts."""
    mine = {"event": event, "contact": old}
    seats = SessionRegistration.objects.filter(event_registration__event=event, contact=old)
    _accept_clashes(event, old, new)
    seats.update(contact=new)
    EventRegistration.objects.filter(**mine).update(contact=new)
    WaitlistItem.objects.filter(**mine).update(contact=new)
    OrderLine.objects.filter(**mine).update(contact=new)
    Order.objects.filter(event=event, payer=old).update(payer=new, link_version=F("link_version") + 1)
    same = Notification.objects.filter(activity=OuterRef("activity"), kind=OuterRef("kind"), contact=new)
    Notification.objects.filter(**mine).exclude(Exists(same)).update(contact=new)
    # Of one thing both were told: what did not leave yet is never sent to the old address with the new link.
    Notification.objects.filter(**mine, sent_at=None, given_up_at=None).delete()
    Activity.objects.filter(**mine).update(contact=new)
    _move_calendar(event, old, new)
    # By its address a row of an upload is found when its person is erased.
    ImportRow.objects.filter(batch__event=event, email=old.email).update(email=new.email)


def _move_calendar(event: Event, old: Contact, new: Contact) -> None:
    """Let what the old contact's calendar was told of the event be told the new one, as the entries it knows.

    Where both know a session, one entry is left: the old contact's, who holds what there is, unless it was cancelled
    and the other was not.
    """
    known = CalendarEntry.objects.filter(session__event=event).select_related("contact", "session")
    theirs = {entry.session_id: entry for entry in known.filter(contact=new)}
    moving, given_up = [], []
    for entry in known.filter(contact=old):
        other = theirs.get(entry.session_id)
        if other and entry.is_cancelled and not other.is_cancelled:
            given_up.append(entry.pk)
            continue
        given_up += [other.pk] if other else []
        entry.kept_identity = entry.identity
        entry.contact = new
        moving.append(entry)
    CalendarEntry.objects.filter(pk__in=given_up).delete()
    CalendarEntry.objects.bulk_update(moving, ["contact", "kept_identity"])


def _accept_clashes(event: Event, old: Contact, new: Contact) -> None:
    """Accept what overlaps at other events: the correction made these clashes, so nobody loses a seat for them."""
    live = SessionRegistration.objects.active().select_related("session")
    others = [seat.session for seat in live.filter(contact=new).exclude(event_registration__event=event)]
    if not others:
        return
    mine = live.filter(contact=old, event_registration__event=event)
    clashing = [seat.pk for seat in mine if any(seat.session.blocks(other) for other in others)]
    SessionRegistration.objects.filter(pk__in=clashing).update(overlap_accepted=True)


def _tell(journal: Journal, registration: EventRegistration, old: Contact) -> None:
    event, contact = registration.event, registration.contact
    detail = {"from_contact_id": old.pk, "status": registration.status}
    activity = journal.note(Activity.Verb.ADDRESS_CORRECTED, event, contact, detail=detail)
    payload = agenda_payload(registration, journal.actor)
    journal.tell(Kind.REGISTERED, contact, activity, event, registration=registration, payload=payload)
    journal.write()
    if journal.actor.is_attendee:
        # Links get forwarded: whoever reads the old address learns that it was not them. What staff correct was mostly
        # misspelt, and so belongs to a stranger.
        within_tell_address_left(registration, old.email, journal.at)


def _forget_if_nobody(contact: Contact) -> None:
    """Keep no address of which nothing is left. Needs: the contact."""
    left = (EventRegistration, SessionRegistration, WaitlistItem, Notification, OrderLine)
    has_left = any(kind.objects.filter(contact=contact).exists() for kind in left)
    if contact.user_id or has_left or Order.objects.filter(payer=contact).exists():
        return
    CalendarEntry.objects.filter(contact=contact).delete()
    contact.delete()
