"""Draws, as pages, desk and other systems look at them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from events.models import Event
from registrations.models import (
    Draw,
    DrawDecision,
    DrawSession,
    EventRegistration,
    SessionRegistration,
    Ticket,
    TicketHolder,
    Wish,
)
from registrations.queries.agendas import standing_of
from registrations.queries.lines import positions
from registrations.rules.draws import refusal_to_wish
from registrations.rules.reasons import Reason
from sessions_app.models import Session
from waitlists.models import WaitlistItem


def draws_of(event: Event) -> list[Draw]:
    """The event's draws by their opening, cancelled ones too, without their files."""
    return list(event.draws.without_file().order_by("opens_at", "pk"))


def open_draw(event: Event, at: datetime) -> Draw | None:
    """The draw in which wishes may be said now; of several the one that closes first."""
    rows = Draw.objects.without_file().filter(event=event, state=Draw.State.OPEN)
    draw = rows.filter(opens_at__lte=at, closes_at__gt=at).order_by("closes_at", "pk").first()
    if draw is not None:
        draw.event = event
    return draw


def draw_of_session(session: Session) -> Draw | None:
    """The running draw that holds the session's seats, planned or open or not yet published."""
    return draws_of_sessions([session.pk]).get(session.pk)


def draws_of_sessions(session_ids: Collection[int]) -> dict[int, Draw]:
    """The running draw of each of these sessions that is in one."""
    rows = DrawSession.objects.filter(session_id__in=session_ids, is_running=True)
    return {row.session_id: row.draw for row in rows.select_related("draw").defer("draw__frozen_file")}


def sessions_of_draw(draw: Draw) -> list[Session]:
    """The draw's sessions in programme order, each with its event and seat count."""
    rows = Session.objects.filter(draw_sessions__draw=draw).select_related("seats", "track", "room")
    sessions = list(rows.in_programme_order())
    for session in sessions:
        session.event = draw.event
    return sessions


def ticket_of(registration: EventRegistration, draw: Draw) -> Ticket | None:
    """The ticket on which this registration stands in the draw, with everybody who holds it."""
    rows = Ticket.objects.filter(draw=draw, holders__registration=registration)
    return rows.prefetch_related("holders__registration__contact").first()


def wishes_of(registration: EventRegistration, draw: Draw) -> list[Wish]:
    """The person's wishes in this draw, the dearest first, each with its session; a group's are those of all in it."""
    rows = Wish.objects.filter(ticket__draw=draw, ticket__holders__registration=registration)
    wishes = list(rows.select_related("session__seats", "session__track", "session__room").order_by("rank"))
    for wish in wishes:
        wish.session.event = draw.event
    return wishes


def refusals_to_wishes(
    registration: EventRegistration, sessions: Iterable[Session], at: datetime
) -> dict[int, Reason]:
    """Why this person may not wish for some of these sessions, whatever is drawn, by the session's id."""
    standing = standing_of(registration.contact, registration.event)
    found = {session.pk: refusal_to_wish(session, standing, at) for session in sessions}
    return {pk: reason for pk, reason in found.items() if reason is not None}


@dataclass(frozen=True)
class WishOutcome:
    """What became of one wish: what the draw decided, what was done with it, and how it is now.

    `verdict` is the draw's word, or None where the wish was not in it; `became` is seat, line or nothing, for the
    reason `code` (the word of an outcome, no_waitlist, already). `place` is the place in line now.
    """

    session: Session
    rank: int
    verdict: str | None
    round: int | None
    became: str
    code: str
    has_seat: bool
    place: int | None


@dataclass(frozen=True)
class DrawOutcome:
    """What became of one person's wishes in one draw, dearest first; `place` of `of` is the ticket's in the order."""

    draw: Draw
    place: int | None
    of: int
    people: int
    wishes: list[WishOutcome]


def outcome_of(registration: EventRegistration, draw: Draw) -> DrawOutcome | None:
    """What became of the person's wishes; None before it was published to them, and for who was not in the draw."""
    holder = TicketHolder.objects.filter(draw=draw, registration=registration).exclude(told_at=None)
    mine = holder.select_related("ticket").first()
    if mine is None:
        return None
    ids = [line["session"] for line in mine.outcome]
    sessions = Session.objects.select_related("seats", "track", "room").in_bulk(ids)
    seats = SessionRegistration.objects.active().filter(event_registration=registration, session_id__in=ids)
    seated = set(seats.values_list("session_id", flat=True))
    items = WaitlistItem.objects.open().filter(contact_id=registration.contact_id, session_id__in=ids)
    in_line = {item.session_id: item for item in items}
    places = positions(in_line.values())
    wishes = []
    for line in mine.outcome:
        session = sessions[line["session"]]
        session.event = draw.event
        item = in_line.get(session.pk)
        wishes.append(
            WishOutcome(
                session=session,
                rank=line["rank"],
                verdict=line.get("verdict"),
                round=line.get("round"),
                became=line["became"],
                code=line["code"],
                has_seat=session.pk in seated,
                place=places.get(item.pk) if item else None,
            )
        )
    drawn = Ticket.objects.filter(draw=draw).exclude(place=None).count()
    people = mine.ticket.holders.filter(is_frozen=True).count()
    return DrawOutcome(draw, mine.ticket.place, drawn, people, wishes)


def latest_outcome(registration: EventRegistration) -> DrawOutcome | None:
    """What became of the person's wishes in the draw that was published last."""
    rows = Draw.objects.without_file().filter(event=registration.event_id, state__in=_TOLD)
    mine = rows.filter(Exists(_told(registration)))
    draw = mine.select_related("event").order_by("-publishing_at", "-pk").first()
    return outcome_of(registration, draw) if draw else None


_TOLD = (Draw.State.PUBLISHING, Draw.State.PUBLISHED)


def _told(registration: EventRegistration) -> QuerySet[TicketHolder]:
    return TicketHolder.objects.filter(draw=OuterRef("pk"), registration=registration, told_at__isnull=False)


def decisions_of(draw: Draw) -> QuerySet[DrawDecision]:
    """The draw's decisions in their order, each with ticket and session."""
    return DrawDecision.objects.filter(draw=draw).select_related("ticket", "session").order_by("number")


def counts_of(draw: Draw) -> dict[str, Any]:
    """How many people and tickets have wishes in the draw, whatever its state."""
    rows = Ticket.objects.filter(draw=draw, wishes__isnull=False).distinct()
    held = TicketHolder.objects.filter(ticket__in=rows).aggregate(people=Count("pk"))
    return {"tickets": rows.count(), **held}
