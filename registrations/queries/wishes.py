"""What somebody wishes for in a draw, with whom, and what became of it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from events.models import Event
from registrations import sql
from registrations.models import (
    Draw,
    EventRegistration,
    Ticket,
    TicketHolder,
    Wish,
)
from sessions_app.models import Session

_RELATED = ("seats", "room__building", "building", "track")
# As long as no code is.
MOST_CHARACTERS = 32


def draws_for(registration: EventRegistration, at: datetime) -> list[Draw]:
    """The draws that take wishes now, and those in which the registration has a ticket; the newest first."""
    if not sql.has_draws(registration.event_id):
        return []
    open_now = Q(state=Draw.State.OPEN, opens_at__lte=at, closes_at__gt=at)
    with_ticket = Q(tickets__holders__registration=registration) & ~Q(state=Draw.State.CANCELLED)
    rows = Draw.objects.without_file().filter(open_now | with_ticket, event=registration.event_id)
    return list(rows.distinct().order_by("-closes_at", "-id"))


def holder_of(registration: EventRegistration, draw: Draw) -> TicketHolder | None:
    """The registration's place on a ticket of the draw."""
    return TicketHolder.objects.filter(registration=registration, draw=draw).select_related("ticket").first()


def first_names_on(holder: TicketHolder) -> list[str]:
    """The first names of all on the same ticket, for themselves alone."""
    rows = (
        TicketHolder.objects.filter(ticket=holder.ticket_id).select_related("registration").order_by("number")
    )
    return [row.registration.first_name or row.registration.full_name for row in rows]


def stated_by(registration: EventRegistration, draw: Draw) -> list[tuple[Session, int | None]]:
    """The sessions that the registration's ticket wishes for, dearest first, each with the place waited for at most."""
    rows = Wish.objects.filter(ticket__draw=draw, ticket__holders__registration=registration)
    found = []
    for wish in rows.select_related(*(f"session__{each}" for each in _RELATED)).order_by("rank"):
        wish.session.event = draw.event
        found.append((wish.session, wish.wait_at_most))
    return found


def wished_by(registration: EventRegistration) -> frozenset[int]:
    """The ids of the sessions that the registration's tickets wish for in draws that are not published yet."""
    rows = Wish.objects.filter(
        ticket__holders__registration=registration, ticket__draw__state__in=Draw.RUNNING
    )
    return frozenset(rows.values_list("session_id", flat=True))


def invited_to(event: Event, code: str) -> Ticket | None:
    """The ticket at the event to which a link with this code invites; None for any other text."""
    if not code.isalnum() or len(code) > MOST_CHARACTERS:
        return None
    rows = Ticket.objects.filter(draw__event=event, invitation=code).exclude(draw__state=Draw.State.CANCELLED)
    return rows.select_related("draw").defer("draw__frozen_file").first()


def has_ticket(registration: EventRegistration) -> bool:
    """True where the registration stands on a ticket of any of its event's draws."""
    return TicketHolder.objects.filter(registration=registration).exists()
