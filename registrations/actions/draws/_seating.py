"""The seats that a draw gave to some tickets: each is asked for once more, and given. Needs: the set's locks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from registrations.actions import giving
from registrations.actions.draws._sets import Decisions, Person, Set
from registrations.models import DrawDecision, SessionRegistration, TicketHolder
from registrations.rules.doors import DRAWN, Why
from registrations.rules.outcomes import Outcome
from registrations.rules.reasons import Reason
from registrations.rules.refusals import first_refusal, refusals_to_seat
from registrations.sql import Decided
from sessions_app.models import Session

Verdict = DrawDecision.Verdict
# What became of a wish: a seat, a place in line, or nothing.
SEAT, LINE, NOTHING = "seat", "line", "nothing"
_OF_SEATS = {Why.FULL, Why.HARD_LIMIT}


def sessions_given(_holders: Sequence[TicketHolder], decisions: Decisions) -> set[int]:
    """The sessions of which somebody is to be given a seat."""
    return {one.session_id for own in decisions.values() for one in own if one.verdict == Verdict.GIVEN}


def seat(some: Set) -> None:
    """Give what is given, and keep for each person what became of each wish.

    A whole group has a session or nobody of it, as far as seats go. What keeps a single one of them from it (the
    registration ended, staff gave them something at that time) is theirs alone.
    """
    for ticket_id, people in some.people.items():
        for person in people:
            # Wishes that were not in the draw at all are there since it was frozen.
            person.holder.outcome = list(person.holder.outcome)
        for decision in some.decisions[ticket_id]:
            _one_wish(some, people, decision)
        for person in people:
            person.holder.outcome.sort(key=lambda line: line["rank"])


def _one_wish(some: Set, people: list[Person], decision: Decided) -> None:
    line = {
        "session": decision.session_id,
        "rank": decision.rank,
        "verdict": decision.verdict,
        "round": decision.round,
    }
    if decision.verdict != Verdict.GIVEN:
        for person in people:
            person.holder.outcome.append(line | {"became": NOTHING, "code": decision.verdict})
        return
    session = some.sessions[decision.session_id]
    refused = {id(person): _refusal(person, session, some) for person in people}
    wanting = [person for person in people if refused[id(person)] is None]
    is_full = not _has_seats(session, len(wanting))
    for person in people:
        code = refused[id(person)] or (Outcome.FULL if is_full else None)
        if code is None:
            _give(some, person, session, decision)
        became = (
            {"became": SEAT, "code": Outcome.REGISTERED}
            if code is None
            else {"became": NOTHING, "code": code}
        )
        person.holder.outcome.append(line | {name: str(value) for name, value in became.items()})


def _refusal(person: Person, session: Session, some: Set) -> str | None:
    """Why this person cannot have it whatever the seats are; the word of an outcome."""
    if person.registration is None:
        return "cancelled"
    if session.pk in person.standing.seats:
        return Outcome.ALREADY
    found: list[Reason] = list(
        refusals_to_seat(
            session, person.standing, person.standing.held_sessions, at=some.journal.at, seats=DRAWN.seats
        )
    )
    refused = first_refusal((one for one in found if one.why not in _OF_SEATS), DRAWN)
    return None if refused is None else refused.outcome


def _has_seats(session: Session, number: int) -> bool:
    """True where so many people may still have a seat as newcomers do."""
    seats = session.seats
    has_room = seats.hard_limit is None or seats.taken + seats.held + number <= seats.hard_limit
    return has_room and (seats.available is None or seats.available >= number)


def _give(some: Set, person: Person, session: Session, decision: Decided) -> SessionRegistration:
    registration = person.registration
    assert registration is not None
    detail: dict[str, Any] = {"draw": some.draw.pk, "round": decision.round, "rank": decision.drawn_rank}
    given, _activity = giving.give_seat(
        some.journal, session, registration, person.standing, by_newcomer=True, detail=detail
    )
    person.standing.items.pop(session.pk, None)
    return given
