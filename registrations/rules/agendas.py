"""What becomes of a whole submitted agenda (requirements D4). The dry run and the act call the same function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from events.models import Event
from registrations.outcomes import Line, Outcome
from registrations.rules.claims import outcome_of_claim, refusals_to_drop
from registrations.standing import Standing
from sessions_app.models import Session

MayWait = Callable[[Session], bool]


def decide_agenda(
    event: Event,
    standing: Standing,
    add: Sequence[Session],
    drop: Sequence[Session],
    *,
    may_wait: MayWait,
    at: datetime,
    by_staff: bool = False,
) -> list[Line]:
    """Return one line per wish, drops first; the earlier line wins where two clash."""
    lines = [_decide_drop(session, standing, by_staff) for session in _once(drop)]
    given_up = {line.session.pk for line in lines if line.outcome == Outcome.DROPPED}
    held = [session for session in standing.held_sessions if session.pk not in given_up]
    event_is_full = _waits_for_event(event, standing)
    for session in _once(add):
        line = _decide_add(session, standing, held, may_wait(session), at, by_staff)
        if event_is_full:
            line = _without_event_seat(line, event, may_wait(session))
        if line.outcome in {Outcome.REGISTERED, Outcome.ON_HOLD}:
            held.append(session)
        lines.append(line)
    return lines


def _once(sessions: Sequence[Session]) -> list[Session]:
    return list({session.pk: session for session in sessions}.values())


def _decide_drop(session: Session, standing: Standing, by_staff: bool) -> Line:
    if session.pk in standing.seats:
        for refused in refusals_to_drop(session, by_staff=by_staff):
            return Line(session, refused)
        return Line(session, Outcome.DROPPED)
    return Line(session, Outcome.DROPPED if session.pk in standing.items else Outcome.ALREADY)


def _decide_add(
    session: Session, standing: Standing, held: list[Session], wait: bool, at: datetime, by_staff: bool
) -> Line:
    if any(mine.pk == session.pk for mine in held):
        return Line(session, Outcome.ALREADY)
    outcome, clashing = outcome_of_claim(session, standing, held, wait=wait, at=at, by_staff=by_staff)
    return Line(session, outcome, conflicts_with=clashing)


def _waits_for_event(event: Event, standing: Standing) -> bool:
    """True when the contact has no seat of the event, and there is none to have (requirements B4)."""
    if standing.registration is not None:
        return standing.registration.status == standing.registration.Status.WAITLISTED
    return not event.seats.has_seat_for_newcomer


def _without_event_seat(line: Line, event: Event, wait: bool) -> Line:
    """Without a seat of the event no session seat is given: the wish is kept, or the event is full."""
    if line.outcome not in {Outcome.REGISTERED, Outcome.WAITLISTED}:
        return line
    can_wait = wait and event.waitlist_enabled
    return Line(line.session, Outcome.ON_HOLD if can_wait else Outcome.FULL)
