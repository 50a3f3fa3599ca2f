"""Forget the people of events that ended long enough ago; what happened there stays counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from events.actors import SYSTEM
from events.models import Contact, Event
from events.retrying import action
from registrations import locks
from registrations.actions.journal import Journal
from registrations.actions.people.erasing import (
    within_forget,
    within_forget_deliveries,
    within_forget_orders,
    within_forget_scans,
    within_forget_uploads,
)
from registrations.models import (
    Activity,
    DoorScan,
    EventRegistration,
    ImportRow,
    Notification,
    Order,
    OrderLine,
    RegistrationResponse,
    WebhookDelivery,
)
from waitlists.models import WaitlistItem

AT_ONCE = 100


def events_to_forget(at: datetime) -> Iterator[Event]:
    """The events that keep people for some days after their end, and these are over."""
    keeping = Event.objects.filter(retention_days__isnull=False, people_forgotten_at=None, ends_at__lt=at)
    for event in keeping.order_by("ends_at"):
        if event.ends_at + timedelta(days=event.retention_days or 0) <= at:
            yield event


def people_of(event: Event) -> Iterator[int]:
    """The contacts, not erased yet, who registered, waited, paid or were ordered for, and are not forgotten there."""
    registered = EventRegistration.objects.filter(event=event).values("contact")
    waiting = WaitlistItem.objects.filter(event=event).values("contact")
    paying = Order.objects.filter(event=event).values("payer")
    ordered = OrderLine.objects.filter(event=event).values("contact")
    here = Q(pk__in=registered) | Q(pk__in=waiting) | Q(pk__in=paying) | Q(pk__in=ordered)
    known = Contact.objects.filter(here, erased_at=None)
    forgotten = Activity.objects.filter(event=event, verb=Activity.Verb.ERASED).values("contact")
    yield from known.exclude(pk__in=forgotten).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]


def forget_people(at: datetime | None = None) -> int:
    """Forget up to a hundred people of each event whose days are over; return how many. May be repeated.

    Afterwards seats, ledger, check-ins and sums of orders stand as before, under nobody's name; only what an invoice
    says stays as it was sent. Whoever is known at another event that still keeps them stays known there. Nobody is
    told.
    """
    at, done = at or timezone.now(), 0
    for event in events_to_forget(at):
        people = list(people_of(event))
        for pk in people:
            _forget_at(event, pk, at)
        done += len(people)
        if len(people) < AT_ONCE:
            # Also the rows about people who were refused, and so are nobody's contact.
            within_forget_uploads(ImportRow.objects.filter(batch__event=event))
            within_forget_scans(DoorScan.objects.filter(event=event))
            Event.objects.filter(pk=event.pk, people_forgotten_at=None).update(people_forgotten_at=at)
    return done


@action
def _forget_at(event: Event, contact_id: int, at: datetime) -> None:
    with transaction.atomic(durable=True):
        # Without it somebody who registers elsewhere this instant would lose what they have there.
        locks.lock_contacts([contact_id])
        contact = Contact.objects.get(pk=contact_id)
        if contact.erased_at:
            return
        journal = Journal(SYSTEM, at, {}, notify=False)
        journal.note(Activity.Verb.ERASED, event, contact)
        journal.write()
        if _is_kept_elsewhere(contact, event):
            _forget_here(contact, event, at)
        else:
            within_forget(contact, at)


def _is_kept_elsewhere(contact: Contact, event: Event) -> bool:
    """True where another event knows the person and has not forgotten its people."""
    elsewhere = Event.objects.filter(people_forgotten_at=None).exclude(pk=event.pk)
    mine = {"contact": contact, "event__in": elsewhere}
    rows = [kind.objects.filter(**mine) for kind in (EventRegistration, WaitlistItem, OrderLine)]
    paid = Order.objects.filter(payer=contact, event__in=elsewhere)
    return any(each.exists() for each in (*rows, paid))


def _forget_here(contact: Contact, event: Event, at: datetime) -> None:
    registrations = EventRegistration.objects.filter(contact=contact, event=event)
    RegistrationResponse.objects.filter(event_registration__in=registrations).delete()
    nobody = dict.fromkeys(EventRegistration.PERSONAL, "")
    registrations.revoke_links(at, **nobody)
    within_forget_scans(DoorScan.objects.filter(event_registration__in=registrations))
    within_forget_orders(contact, event)
    Notification.objects.filter(contact=contact, event=event, sent_at=None, given_up_at=None).update(
        given_up_at=at
    )
    within_forget_deliveries(
        WebhookDelivery.objects.filter(activity__contact=contact, event=event), contact.email
    )
    within_forget_uploads(ImportRow.objects.filter(batch__event=event, email=contact.email))
