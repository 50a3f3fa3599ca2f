"""What each session's button says, asked of the same rules as the act."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from registrations.rules.claims import outcome_of_claim, refusals_to_drop
from registrations.rules.doors import Why
from registrations.rules.draws import refusal_to_wish
from registrations.rules.outcomes import Outcome
from registrations.rules.reasons import Reason
from registrations.rules.refusals import clashes
from registrations.rules.results import sessions_of
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
    "limit",
    "closed",
    "capacity_missing",
    "wish",
    "in_draw",
]

_STATES: dict[Outcome, State] = {
    Outcome.REGISTERED: "add",
    Outcome.WAITLISTED: "join",
    Outcome.FULL: "full",
    Outcome.CAPACITY_MISSING: "capacity_missing",
}


@dataclass(frozen=True)
class SeatButton:
    """One session as one visitor may act on it now; `reason` is what stands in the way of a plain seat."""

    session: Session
    state: State
    reason: Reason | None = None

    @property
    def available(self) -> int | None:
        """Seats a newcomer may take, None when unlimited."""
        return self.session.seats.available

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self.session.seats.waiting

    @property
    def conflicts_with(self) -> list[Session]:
        """The sessions held, or chosen, that overlap it."""
        return sessions_of(self.reason, Why.CONFLICT)


def seat_buttons(
    sessions: Iterable[Session], standing: Standing, chosen: Collection[Session], *, at: datetime
) -> dict[int, SeatButton]:
    """Return each session's button by session id. `chosen` are the sessions of a draft, which hold no seat yet.

    The sessions carry their event, their track and their seat count.
    """
    mine = in_the_way(standing, chosen)
    standing = replace(standing, also_chosen={session.pk: session for session in chosen})
    return {session.pk: _button(session, standing, mine, at) for session in sessions}


def in_the_way(standing: Standing, chosen: Collection[Session]) -> list[Session]:
    """The sessions held, or that a draft would hold: whatever overlaps one of them clashes with it."""
    return [*standing.held_sessions, *would_be_held(chosen)]


def would_be_held(chosen: Collection[Session]) -> list[Session]:
    """The sessions of a draft that would take a seat now; the others would wait, and waiting clashes with nothing."""
    return [
        session for session in chosen if session.seats.has_seat_for_newcomer or not session.waitlist_enabled
    ]


def _button(session: Session, standing: Standing, mine: list[Session], at: datetime) -> SeatButton:
    if session.pk in standing.seats:
        is_locked = any(refusals_to_drop(session, by_staff=False))
        return SeatButton(session, "locked" if is_locked else "held")
    if session.pk in standing.also_chosen:
        takes_seat = any(other.pk == session.pk for other in mine)
        clashing = clashes(session, mine) if takes_seat else []
        reason = Reason(Why.CONFLICT, session, tuple(clashing)) if clashing else None
        return SeatButton(session, "chosen", reason)
    item = standing.items.get(session.pk)
    if item is not None:
        words: dict[str, State] = {item.Status.INVITED: "invited", item.Status.ON_HOLD: "on_hold"}
        return SeatButton(session, words.get(item.status, "waiting"))
    outcome, reason = outcome_of_claim(session, standing, mine, wait=True, at=at)
    if reason is not None and reason.why == Why.IN_DRAW:
        return _drawn(session, standing, reason, at)
    if reason is not None and outcome == reason.outcome:
        return _refused(session, standing, mine, reason, at)
    return SeatButton(session, _STATES[outcome], reason)


def _refused(
    session: Session, standing: Standing, mine: list[Session], reason: Reason, at: datetime
) -> SeatButton:
    """The button of a session that cannot be had as things are: a swap for the one in the way may cure it."""
    clashing = clashes(session, mine) if reason.why == Why.CONFLICT or reason.limit is not None else []
    is_swap = len(clashing) == 1 and clashing[0].pk in standing.seats
    if is_swap and _is_free_without(clashing[0], session, standing, mine, at):
        return SeatButton(session, "swap", Reason(Why.CONFLICT, session, tuple(clashing)))
    if reason.why == Why.CONFLICT:
        return SeatButton(session, "clash", reason)
    state: State = "limit" if reason.limit is not None else _STATES.get(reason.outcome, "closed")
    return SeatButton(session, state, reason)


def _drawn(session: Session, standing: Standing, reason: Reason, at: datetime) -> SeatButton:
    """The button of a session that a draw gives: a wish until that closes, unless this person could never have it."""
    if refused := refusal_to_wish(session, standing, at):
        return SeatButton(session, "closed", refused)
    return SeatButton(session, "wish" if session.seats.takes_wishes(at) else "in_draw", reason)


def _is_free_without(
    given_up: Session, session: Session, standing: Standing, mine: list[Session], at: datetime
) -> bool:
    seats = {pk: seat for pk, seat in standing.seats.items() if pk != given_up.pk}
    kept = [other for other in mine if other.pk != given_up.pk]
    outcome, _reason = outcome_of_claim(session, replace(standing, seats=seats), kept, wait=False, at=at)
    return outcome == Outcome.REGISTERED
