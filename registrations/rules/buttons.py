"""What each session's button says, asked of the same rules as the act."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from registrations.rules.claims import clashes, outcome_of_claim, refusals_to_drop
from registrations.rules.outcomes import Outcome
from registrations.rules.standing import Standing
from sessions_app.models import Session

State = Literal[
    "add",
    "chosen",
    "held",
    "locked",
    "waiting",
    "on_hold",
    "invited",
    "join",
    "swap",
    "clash",
    "full",
    "closed",
    "capacity_missing",
]

_STATES: dict[Outcome, State] = {
    Outcome.REGISTERED: "add",
    Outcome.WAITLISTED: "join",
    Outcome.FULL: "full",
    Outcome.CAPACITY_MISSING: "capacity_missing",
}


@dataclass(frozen=True)
class SeatButton:
    """One session as one visitor may act on it now."""

    session: Session
    state: State
    available: int | None
    waiting: int
    conflicts_with: list[Session] = field(default_factory=list)


def seat_buttons(
    sessions: Iterable[Session], standing: Standing, chosen: Collection[Session], *, at: datetime
) -> dict[int, SeatButton]:
    """Return each session's button by session id. `chosen` are the sessions of a draft, which hold no seat yet.

    The sessions carry their event and their seat count.
    """
    mine = [*standing.held_sessions, *would_be_held(chosen)]
    chosen_ids = {session.pk for session in chosen}
    return {session.pk: _button(session, standing, mine, chosen_ids, at) for session in sessions}


def would_be_held(chosen: Collection[Session]) -> list[Session]:
    """Those of a draft that would take a seat now; the others would wait, and waiting clashes with nothing."""
    return [
        session for session in chosen if session.seats.has_seat_for_newcomer or not session.waitlist_enabled
    ]


def _button(
    session: Session, standing: Standing, mine: list[Session], chosen_ids: set[int], at: datetime
) -> SeatButton:
    state, clashing = _state(session, standing, mine, chosen_ids, at)
    seats = session.seats
    return SeatButton(session, state, seats.available, seats.waiting, clashing)


def _state(
    session: Session, standing: Standing, mine: list[Session], chosen_ids: set[int], at: datetime
) -> tuple[State, list[Session]]:
    if session.pk in standing.seats:
        return ("locked" if any(refusals_to_drop(session, by_staff=False)) else "held"), []
    if session.pk in chosen_ids:
        takes_seat = any(other.pk == session.pk for other in mine)
        return "chosen", clashes(session, mine) if takes_seat else []
    item = standing.items.get(session.pk)
    if item is not None:
        words: dict[str, State] = {item.Status.INVITED: "invited", item.Status.ON_HOLD: "on_hold"}
        return words.get(item.status, "waiting"), []
    outcome, clashing = outcome_of_claim(session, standing, mine, wait=True, at=at)
    if outcome == Outcome.CONFLICT:
        is_swap = len(clashing) == 1 and clashing[0].pk in standing.seats
        return ("swap" if is_swap else "clash"), clashing
    return _STATES.get(outcome, "closed"), clashing
