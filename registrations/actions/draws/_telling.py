"""What is left once the seats are given: places in line, and one mail with everything. Needs: the set's locks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from registrations.actions import places
from registrations.actions.draws._seating import LINE, SEAT
from registrations.actions.draws._sets import Decisions, Person, Set
from registrations.models import Activity, Draw, DrawDecision, Notification, Ticket, TicketHolder
from registrations.models.tickets import MOST_ON_ONE_TICKET
from registrations.rules.doors import JOIN_AFTER_DRAW
from registrations.rules.outcomes import Outcome
from registrations.rules.refusals import first_refusal, refusals_to_seat
from registrations.sql import Decided
from sessions_app.models import Session

Verdict = DrawDecision.Verdict
NO_WAITLIST = "no_waitlist"


@dataclass(frozen=True)
class Order:
    """As if at which moment each came into line: by rank, round and ticket, just before the draw was published.

    Whose seat went between draw and publishing comes first, as if just before the window opened: only who waited
    already then is ahead, for whom the draw left seats.
    """

    draw: Draw
    rounds: int
    tickets: int
    latest: int

    @classmethod
    def of(cls, draw: Draw) -> Order:
        """The order of this draw's wishes."""
        most = DrawDecision.objects.filter(draw=draw).aggregate(rank=Max("rank"), round=Max("round"))
        tickets = (Ticket.objects.filter(draw=draw).aggregate(most=Max("place"))["most"] or 0) + 1
        rounds = (most["round"] or 0) + 1
        people = tickets * (MOST_ON_ONE_TICKET + 1)
        return cls(draw, rounds, tickets, ((most["rank"] or 0) + 1) * rounds * people)

    def moment(self, person: Person, decision: Decided) -> datetime:
        """When this wish came into line."""
        holder = person.holder
        own = (holder.ticket.place or 0) * (MOST_ON_ONE_TICKET + 1) + holder.number
        people = self.tickets * (MOST_ON_ONE_TICKET + 1)
        if decision.verdict == Verdict.GIVEN:
            return self.draw.opens_at - timedelta(microseconds=people - own)
        assert self.draw.publishing_at is not None
        before = (decision.drawn_rank * self.rounds + decision.round) * people + own
        return self.draw.publishing_at - timedelta(microseconds=self.latest - before)


def sessions_missed(holders: Sequence[TicketHolder], _decisions: Decisions) -> set[int]:
    """The sessions in whose lines somebody may be put."""
    lines = (line for holder in holders for line in holder.outcome)
    return {line["session"] for line in lines if line["code"] == Outcome.FULL}


def tell(order: Order, some: Set) -> None:
    """Put whose wish found no seat into line, and write each person's mail."""
    for ticket_id, people in some.people.items():
        for decision in some.decisions[ticket_id]:
            if decision.session_id in some.sessions:
                _one_session(some, order, people, decision)
        for person in people:
            _tell(some, person)


def _one_session(some: Set, order: Order, people: list[Person], decision: Decided) -> None:
    """Put those of the ticket who missed the session for want of seats into its line, linked."""
    session = some.sessions[decision.session_id]
    joining: list[tuple[Person, dict[str, Any]]] = []
    for person in people:
        line = _line_of(person, session)
        if line is None or line["code"] != Outcome.FULL:
            continue
        if session.pk in person.standing.items:
            line["became"] = LINE
        elif (refused := _refusal_to_wait(person, session, some)) is not None:
            line["code"] = str(refused)
        else:
            joining.append((person, line))
    together = None
    if len(joining) > 1:
        together = uuid.uuid5(some.draw.uuid, f"{joining[0][0].holder.ticket.code}:{session.uuid}")
    for person, line in joining:
        line["became"] = LINE
        moment, place = order.moment(person, decision), decision.wait_at_most
        _wait(some, person, session, line, joined_at=moment, place_at_most=place, together=together)


def _line_of(person: Person, session: Session) -> dict[str, Any] | None:
    return next((line for line in person.holder.outcome if line["session"] == session.pk), None)


def _refusal_to_wait(person: Person, session: Session, some: Set) -> str | None:
    """Why this person does not come into the session's line; the word of an outcome, None where they do."""
    if person.registration is None:
        return "cancelled"
    if session.pk in person.standing.seats:
        return Outcome.ALREADY
    if not session.waitlist_enabled:
        return NO_WAITLIST
    held = person.standing.held_sessions
    found = refusals_to_seat(session, person.standing, held, at=some.journal.at)
    refused = first_refusal(found, JOIN_AFTER_DRAW)
    return None if refused is None else refused.outcome


def _wait(some: Set, person: Person, session: Session, line: dict[str, Any], **chosen: Any) -> None:
    detail = {"draw": some.draw.pk, "round": line["round"], "rank": line["rank"]}
    item, _activity = places.enqueue(
        some.journal, session, person.contact, automatically_register=None, detail=detail, **chosen
    )
    person.standing.items[session.pk], person.standing.waited_for[session.pk] = item, session


def _tell(some: Set, person: Person) -> None:
    """One mail with everything that became of the person's wishes; none to whoever is not registered any more."""
    if person.registration is None:
        return
    outcome = person.holder.outcome
    detail = {"draw": some.draw.pk, "place": person.holder.ticket.place}
    event = some.draw.event
    activity = some.journal.note(Activity.Verb.DRAW_TOLD, event, person.contact, detail=detail)
    some.journal.tell(
        Notification.Kind.DRAWN,
        person.contact,
        activity,
        event,
        registration=person.registration,
        payload={
            "draw_id": some.draw.pk,
            "session_ids": [line["session"] for line in outcome if line["became"] == SEAT],
            "waitlisted_session_ids": [line["session"] for line in outcome if line["became"] == LINE],
        },
        always=True,
    )
