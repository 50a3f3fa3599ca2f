"""AskedAgenda on hold that were not decided with the event's seat, for the sweep."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from events.actors import SYSTEM
from events.models import Event
from registrations import locks
from registrations.actions.journal import Journal
from registrations.actions.lines.serving import decide_on_hold
from registrations.models import EventRegistration, Notification
from registrations.queries import standings_of
from waitlists.models import WaitlistItem


def on_hold_with_a_seat() -> list[tuple[int, int]]:
    """The contacts and events of wishes still on hold although the event has given its seat."""
    confirmed = EventRegistration.objects.confirmed().filter(
        event=OuterRef("event"), contact=OuterRef("contact")
    )
    items = WaitlistItem.objects.filter(Exists(confirmed), status=WaitlistItem.Status.ON_HOLD)
    return list(items.order_by("contact_id", "event_id").values_list("contact_id", "event_id").distinct())


def decide_wishes(contact_id: int, event_id: int, at: datetime) -> int:
    """Decide one contact's wishes on hold at an event whose seat they have; return how many movements that made."""
    with transaction.atomic(durable=True):
        contact = locks.lock_contacts([contact_id])[contact_id]
        items = WaitlistItem.objects.filter(
            event_id=event_id, contact_id=contact_id, status=WaitlistItem.Status.ON_HOLD
        )
        seats = locks.lock_seats(set(items.values_list("seats_id", flat=True)))
        event = Event.objects.select_related("seats").get(pk=event_id)
        standing = standings_of([contact_id], event)[contact_id]
        registration = standing.registration
        if registration is None or registration.status != registration.Status.CONFIRMED:
            return 0
        journal = Journal(SYSTEM, at, seats)
        payload = decide_on_hold(journal, event, standing)
        kind = Notification.Kind.REGISTERED if payload["session_ids"] else Notification.Kind.WAITLISTED
        for cause in journal.activities[:1]:
            journal.tell(kind, contact, cause, event, registration=registration, payload=payload)
        journal.write()
    return len(journal.activities)
