"""What everybody may see of a draw: which there are, its file of decisions, and what became of one ticket."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q, QuerySet

from events.models import Event
from registrations.draw import snake
from registrations.draw.snake import Decision
from registrations.models import Draw, DrawDecision, DrawSession, Ticket

# Its files are everybody's from the moment in which the organizer publishes, though giving the seats takes a while.
PUBLIC = (Draw.State.PUBLISHING, Draw.State.PUBLISHED)


def public_draws(event: Event) -> QuerySet[Draw]:
    """The draws of an event that have a page, the newest first, without their files.

    One that is cancelled keeps it once its commitment was published: nobody can make a draw that displeases unseen.
    """
    rows = Draw.objects.without_file().filter(event=event)
    return rows.exclude(Q(state=Draw.State.CANCELLED) & Q(commitment="")).order_by("-opens_at", "-id")


def draw_to_announce(event: Event, at: datetime) -> Draw | None:
    """The draw that the event's page tells of: one that runs, the first to close; else the newest published one."""
    rows = list(public_draws(event).exclude(state=Draw.State.CANCELLED))
    running = [draw for draw in rows if draw.is_running]
    if not running:
        return rows[0] if rows else None
    return min(running, key=lambda draw: (draw.closes_at <= at, draw.closes_at, draw.pk))


def drawn_sessions(draw: Draw) -> QuerySet[DrawSession]:
    """The sessions of a draw: by their numbers in the file, before those are given in the order of the programme."""
    rows = draw.draw_sessions.select_related("session")
    by_time = F("session__starts_at").asc(nulls_last=True)
    return rows.order_by(F("number").asc(nulls_last=True), by_time, "session__name", "session_id")


def file_of_decisions(draw: Draw) -> str:
    """The published file of decisions: from the rows by which the seats were given, decided anew by nobody."""
    return snake.decisions_text(_decisions(draw))


def _decisions(draw: Draw) -> list[Decision]:
    numbers = dict(draw.draw_sessions.values_list("session_id", "number"))
    tickets = dict(Ticket.objects.filter(draw=draw).values_list("pk", "code"))
    places = dict(Ticket.objects.filter(draw=draw, place__isnull=False).values_list("code", "place"))
    rows = DrawDecision.objects.filter(draw=draw).order_by()
    fields = ("round", "ticket_id", "session_id", "rank", "verdict")
    made = [
        Decision(number, places[tickets[ticket]] or 0, tickets[ticket], numbers[session] or 0, rank, verdict)
        for number, ticket, session, rank, verdict in rows.values_list(*fields)
    ]
    return sorted(made, key=lambda one: (one.place, one.rank))


def decided_about(draw: Draw, code: str) -> list[DrawDecision]:
    """What became of the wishes of the ticket with this code, the dearest first; empty where there is none."""
    rows = DrawDecision.objects.filter(draw=draw, ticket__code=code).select_related("session", "ticket")
    return list(rows.order_by("rank"))
