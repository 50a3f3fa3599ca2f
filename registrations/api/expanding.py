"""What `expand` shows whole beside a registrant, read at once for all that are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Count

from events.api.event_record import EventRecord
from events.models import Contact, Event
from registrations.api.seat_record import seat_records
from registrations.links import manage_url
from registrations.models import EventRegistration, SessionRegistration
from waitlists.models import WaitlistItem


def expand_registrants(rows: Sequence[Any], words: Collection[str]) -> None:
    """Put beside each registrant what these words of `expand` name."""
    for word in words:
        _READ[word](rows)


def _contacts(rows: Sequence[Any]) -> None:
    found = Contact.objects.in_bulk({row.contact_id for row in rows})
    for row in rows:
        vars(row)["contact_record"] = found[row.contact_id]


def _events(rows: Sequence[Any]) -> None:
    ids = {row.event_id for row in rows}
    waiting = WaitlistItem.objects.open().filter(event_id__in=ids, session=None)
    counts = dict(waiting.order_by().values_list("event_id").annotate(Count("pk")))
    found = {}
    for event in Event.objects.filter(pk__in=ids).select_related("seats"):
        found[event.pk] = record = EventRecord(event)
        record.waitlist_count = counts.get(event.pk, 0)
    for row in rows:
        vars(row)["event_record"] = found[row.event_id]


def _seats(rows: Sequence[Any]) -> None:
    """The seats held; those given back are at /session-registrations."""
    held = SessionRegistration.objects.active().filter(event_registration_id__in=[row.id for row in rows])
    records = seat_records(list(held.values_list("pk", flat=True)))
    of_registrant = defaultdict(list)
    for record in sorted(records.values(), key=lambda one: (one.registered_at, one.pk)):
        of_registrant[record.event_registration_id].append(record)
    for row in rows:
        vars(row)["seat_records"] = of_registrant[row.id]


def _links(rows: Sequence[Any]) -> None:
    """The personal links; none of a registration that was cancelled, whose link does nothing."""
    live = EventRegistration.objects.active().select_related("event")
    found = live.in_bulk([row.id for row in rows])
    for row in rows:
        vars(row)["own_link"] = manage_url(found[row.id]) if row.id in found else None


_READ = {"contact": _contacts, "direct_link": _links, "event": _events, "session_registrations": _seats}
