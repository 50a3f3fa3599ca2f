"""Where draws stand: their phase by the clock, and how many tickets, people and wishes they have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from registrations.models import Draw, DrawDecision, DrawSession, Ticket, TicketHolder, Wish

PLANNED, OPEN, CLOSING, FROZEN = "planned", "open", "closing", "frozen"
DRAWN, PUBLISHING, PUBLISHED, CANCELLED = "drawn", "publishing", "published", "cancelled"
PHASES = (PLANNED, OPEN, CLOSING, FROZEN, DRAWN, PUBLISHING, PUBLISHED, CANCELLED)


def phase_of(draw: Draw, at: datetime) -> str:
    """Where the draw stands at this moment: one of PHASES.

    "closing" is the moment between the end of its window and the worker's freezing of the wishes.
    """
    if draw.state != Draw.State.OPEN:
        return str(draw.state)
    if at < draw.opens_at:
        return PLANNED
    return OPEN if at < draw.closes_at else CLOSING


def in_phase(phase: str, at: datetime) -> Q:
    """The condition of being in this phase at this moment."""
    is_open = Q(state=Draw.State.OPEN)
    by_time = {
        PLANNED: is_open & Q(opens_at__gt=at),
        OPEN: is_open & Q(opens_at__lte=at, closes_at__gt=at),
        CLOSING: is_open & Q(closes_at__lte=at),
    }
    return by_time.get(phase, Q(state=phase))


@dataclass(frozen=True)
class Wishing:
    """How many tickets of a draw wish for something, how many people stand on them, and how many wishes they have."""

    sessions: int = 0
    tickets: int = 0
    people: int = 0
    wishes: int = 0


def wishing_in(draws: Iterable[Draw]) -> dict[int, Wishing]:
    """Return how many wish for how much in each of these draws; in four queries, however many they are."""
    ids = [draw.pk for draw in draws]
    sessions = _counted(DrawSession.objects.filter(draw__in=ids), "draw")
    tickets = _counted(Ticket.objects.filter(draw__in=ids, wishes__rank=1), "draw")
    holders = TicketHolder.objects.filter(ticket__draw__in=ids, ticket__wishes__rank=1)
    people = _counted(holders, "ticket__draw")
    wishes = _counted(Wish.objects.filter(ticket__draw__in=ids), "ticket__draw")
    counts = (sessions, tickets, people, wishes)
    return {pk: Wishing(*(count.get(pk, 0) for count in counts)) for pk in ids}


def _counted(rows: QuerySet[Any], by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(Count("pk")))


@dataclass(frozen=True)
class ToPublish:
    """What publishing a draw would do, in people: seats given, places in line at most, mails."""

    seats: int
    places: int
    mails: int


def to_publish(draw: Draw) -> ToPublish:
    """Return what publishing would do, as it was decided; some may wait at certain places in line only."""
    holders = TicketHolder.objects.filter(draw=draw, is_frozen=True)
    decided = DrawDecision.Verdict
    counted = holders.aggregate(
        seats=Count("pk", filter=Q(ticket__decisions__verdict=decided.GIVEN)),
        places=Count("pk", filter=Q(ticket__decisions__verdict=decided.FULL)),
    )
    return ToPublish(**counted, mails=holders.count())


@dataclass(frozen=True)
class WishedFor:
    """One session of a draw: its number in the file, how many wish for it, and for how many it is the dearest.

    Counted in people, who each need a seat. For staff alone: attendees see no popularity before the end.
    """

    row: DrawSession
    people: int
    first: int


def wished_for(draw: Draw) -> list[WishedFor]:
    """Return the sessions of the draw, in the order of the programme, with who wishes for them; in two queries."""
    rows = DrawSession.objects.filter(draw=draw).select_related(
        "session__seats", "session__room", "session__building", "session__track"
    )
    rows = rows.order_by(F("session__starts_at").asc(nulls_last=True), "session__name", "session_id")
    wishes = Wish.objects.filter(ticket__draw=draw).order_by().values_list("session")
    people = {
        session: (number, first)
        for session, number, first in wishes.annotate(
            people=Count("ticket__holders"), first=Count("ticket__holders", filter=Q(rank=1))
        )
    }
    return [WishedFor(row, *people.get(row.session_id, (0, 0))) for row in rows]
