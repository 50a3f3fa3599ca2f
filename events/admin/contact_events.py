"""What one person has at each event: for their page, where the way leads to each registration."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from events.admin import words
from events.admin.verbs import change_url
from events.models import Contact, Event
from registrations.models import EventRegistration, SessionRegistration
from waitlists.models import WaitlistItem

MOST_SHOWN = 50
KINDS = {EventRegistration.Status.CONFIRMED: "free", EventRegistration.Status.WAITLISTED: "waiting"}


def at_events(user: Any, contact: Contact) -> list[dict[str, Any]]:
    """Return the person's registrations at the events this member of staff works on, the newest first.

    Each has its sessions and places in line, as far as the reader may see them; the number of queries is fixed.
    """
    if not user.has_perms(["events.view_event", "registrations.view_eventregistration"]):
        return []
    events = Event.objects.visible_to(user).not_archived()
    mine = EventRegistration.objects.filter(contact=contact, event__in=events).select_related("event")
    rows = list(mine.order_by("cancelled_at", "-event__starts_at", "-pk")[:MOST_SHOWN])
    seats, places = _seats(user, rows), _places(user, contact, events)
    return [
        {
            "row": row,
            "url": change_url(row),
            "event_url": f"{change_url(row.event)}?tab=registration",
            "kind": KINDS.get(EventRegistration.Status(row.status), "muted"),
            "starts": words.moment(row.event.starts_at, row.event.zone),
            "seats": seats[row.pk],
            "places": [] if row.is_cancelled else places[row.event_id],
        }
        for row in rows
    ]


def _seats(user: Any, rows: list[EventRegistration]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if not user.has_perm("registrations.view_sessionregistration"):
        return found
    events = {row.pk: row.event for row in rows}
    seats = SessionRegistration.objects.active().filter(event_registration__in=list(events))
    for seat in seats.select_related("session").order_by("session__starts_at", "session__name", "pk"):
        event = seat.session.event = events[seat.event_registration_id]
        hours = words.hours(seat.session, event)
        url = f"{change_url(seat.session)}?tab=registration"
        found[seat.event_registration_id].append({"name": seat.session.name, "hours": hours, "url": url})
    return found


def _places(user: Any, contact: Contact, events: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    if user.has_perm("waitlists.view_waitlistitem"):
        items = WaitlistItem.objects.open().filter(contact=contact, event__in=events)
        for item in items.select_related("session").order_by("joined_at"):
            name = f"{item.session}: " if item.session else ""
            found[item.event_id].append(f"{name}{item.get_status_display()}")
    return found
