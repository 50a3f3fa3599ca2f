"""The event of an address, which carries the revision of what its pages show."""

from __future__ import annotations

from django.http import Http404

from events.models import Event
from registrations import sql


def find_event(slug: str) -> Event:
    """Return the event that is, or was, public under this readable ID; 404 for any other."""
    event = sql.event_with(slug)
    if event is None or not (event.is_live or event.cancelled_at):
        raise Http404("No such event")
    return event
