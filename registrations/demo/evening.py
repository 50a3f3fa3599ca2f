"""An evening that is over: who registered, who came through which door, and who did not."""

from __future__ import annotations

import random
from datetime import timedelta

from events.actors import Actor
from events.models import Event
from registrations import actions
from registrations.demo.names import people
from registrations.models import EventRegistration
from sessions_app.models import Session

REGISTERED = 16
# Of every so many, one stays at home altogether, and one leaves before the second session.
STAYS_AWAY, LEAVES_EARLY = 5, 4


def hold_meetup(event: Event, staff: Actor) -> None:
    """Register the guests in the week before, let most of them in, and say of the others that they did not come."""
    sessions = list(
        Session.objects.filter(event=event).select_related("event", "seats").order_by("starts_at")
    )
    for number, attendee in enumerate(people(REGISTERED, random.Random(1866))):
        at = event.starts_at - timedelta(days=8) + timedelta(hours=8 * number)
        # The first session is smaller than the evening: its last guests find it full.
        actions.submit_agenda(event, attendee, sessions, notify=False, at=at)
    rows = EventRegistration.objects.filter(event=event).select_related("event", "contact").order_by("id")
    for number, registration in enumerate(rows, start=1):
        if number % STAYS_AWAY == 0:
            actions.mark_no_show(registration, actor=staff, at=event.ends_at)
        else:
            _let_in(registration, sessions, staff, number)


def _let_in(registration: EventRegistration, sessions: list[Session], staff: Actor, number: int) -> None:
    """Let one guest in at the door of each session in which they have a seat, while they are there."""
    seats = registration.session_registrations.values_list("session", flat=True)
    visited = [session for session in sessions if session.pk in set(seats)]
    for session in visited[:1] if number % LEAVES_EARLY == 0 else visited:
        assert session.starts_at is not None
        at = session.starts_at - timedelta(minutes=number % 9)
        actions.check_in(registration, session, actor=staff, at=at)
