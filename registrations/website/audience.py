"""How many people an event may bring together: so many may stand behind one network address."""

from __future__ import annotations

from django.db.models import Sum

from events.models import Event
from sessions_app.models import Session


def audience_of(event: Event) -> int:
    """The event's capacity; without one, the seats of its live sessions."""
    if event.seats.capacity is not None:
        return event.seats.capacity
    live = Session.objects.live().filter(event=event)
    return live.order_by().aggregate(seats=Sum("seats__capacity"))["seats"] or 0
