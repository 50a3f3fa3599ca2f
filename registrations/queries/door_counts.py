"""How many are in and how many are still expected, at each of an event's doors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from events.models import Event
from registrations.models import CheckIn, EventRegistration, SessionRegistration
from sessions_app.models import Session

# What ended so lately, or begins so soon, has people at its door.
AFTER, BEFORE = timedelta(minutes=30), timedelta(hours=12)
MOST_DOORS = 40


@dataclass(frozen=True)
class DoorCount:
    """One door: who is in, who has a seat and has not come yet, and how many there is room for (None: any number).

    Without a session it is the event's own door.
    """

    session: Session | None
    inside: int
    expected: int
    capacity: int | None


def counts_of_event(event: Event) -> DoorCount:
    """The figures of the event's own door, in one query."""
    entries = CheckIn.objects.filter(event=event, session=None).order_by().values("session")
    came = CheckIn.objects.standing().filter(event_registration=OuterRef("pk"), session=None)
    seats = EventRegistration.objects.confirmed().filter(~Exists(came), event=event).order_by()
    row = Event.objects.filter(pk=event.pk).annotate(
        inside=_number_of(entries.filter(undone_at=None, left_at=None), "session"),
        expected=_number_of(seats, "event"),
    )
    inside, expected, capacity = row.values_list("inside", "expected", "seats__capacity").get()
    return DoorCount(None, inside, expected, capacity)


def counts_of_sessions(sessions: QuerySet[Session]) -> list[DoorCount]:
    """The figures of these sessions' doors in their order, in one query; rooms come along."""
    inside = CheckIn.objects.inside().filter(session=OuterRef("pk")).order_by()
    came = CheckIn.objects.standing().filter(
        event_registration=OuterRef("event_registration"), session=OuterRef("session")
    )
    seats = SessionRegistration.objects.active().filter(~Exists(came), session=OuterRef("pk")).order_by()
    rows: Any = sessions.select_related("room", "seats").annotate(
        inside=_number_of(inside, "session"), expected=_number_of(seats, "session")
    )
    return [DoorCount(each, each.inside, each.expected, each.seats.capacity) for each in rows]


def _number_of(rows: QuerySet[Any], of: str) -> Any:
    """How many these are, as a column; 0 for none. All of them have the same `of`."""
    return Coalesce(Subquery(rows.values(of).annotate(n=Count("pk")).values("n")), Value(0))


def at_hand(event: Event, at: datetime) -> QuerySet[Session]:
    """The event's sessions that people go to at this moment: running, just over, or next."""
    planned = Session.objects.not_archived().filter(event=event, cancelled_at=None)
    near = Q(ends_at__gt=at - AFTER, starts_at__lt=at + BEFORE)
    return planned.filter(near).order_by("starts_at", "name", "pk")
