"""Seats arranged for a page: by day, and the one just removed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.http import HttpRequest

from events.models import Event
from registrations import sql
from registrations.website.seats import Seat, seats_for
from registrations.website.visitor import Visitor
from registrations.website.walks import gaps_of
from sessions_app.models import Session


def by_day(seats: Iterable[Seat]) -> list[tuple[date, list[Seat]]]:
    """Return the seats grouped by the event's days; the first comes first, and the seats of one in the order given."""
    days: dict[date, list[Seat]] = {}
    for seat in seats:
        days.setdefault(seat.session.day, []).append(seat)
    return sorted(days.items())


def agenda_by_day(event: Event, seats: Iterable[Seat]) -> list[tuple[date, list[Seat]]]:
    """Return an agenda's seats grouped by day, each with the time and the way since the one before it."""
    days = by_day(seats)
    gaps = {day: gaps_of(event, [seat.session for seat in mine]) for day, mine in days}
    return [
        (day, [replace(seat, gap=gaps[day].get(seat.session.pk), walks=()) for seat in mine])
        for day, mine in days
    ]


def with_speakers(sessions: Iterable[Session]) -> list[Session]:
    """Return the sessions with their speakers at hand, in one query."""
    found = list(sessions)
    sql.attach_speakers(found)
    return found


def removed_seat(request: HttpRequest, visitor: Visitor) -> Seat | None:
    """Return the session that was just taken out, if it can be had again: its button is the page's Undo."""
    try:
        identity = uuid.UUID(request.GET.get("removed", ""))
    except ValueError:
        return None
    rows = Session.objects.live().filter(event=visitor.event, uuid=identity)
    session = rows.select_related("seats").first()
    if session is None:
        return None
    session.event = visitor.event
    seat = seats_for(visitor, [session])[0]
    return seat if seat.state in {"add", "join", "wish"} else None
