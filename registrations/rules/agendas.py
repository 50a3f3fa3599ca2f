"""What becomes of a whole submitted agenda. The preview and the act call the same function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from events.models import Event
from registrations.rules.claims import outcome_of_claim, refusals_to_drop
from registrations.rules.doors import Door, Why, claiming
from registrations.rules.outcomes import SUCCESSES, Outcome
from registrations.rules.reasons import Reason
from registrations.rules.refusals import judged, refusals_at_event, refusals_to_seat
from registrations.rules.results import Line
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

MayWait = Callable[[Session], bool]


def decide_agenda(
    event: Event,
    standing: Standing,
    add: Sequence[Session],
    drop: Sequence[Session],
    *,
    included: Sequence[Session] = (),
    may_wait: MayWait,
    at: datetime,
    by_staff: bool = False,
    decided: frozenset[Why] = frozenset(),
) -> list[Line]:
    """Return one line per wish: drops, then what every new registrant is given, then the chosen sessions.

    The earlier line wins where two clash. Where an included session is full the person waits there, asked or not.
    What was `decided` to go past refuses nothing; each line says where that was needed. Past capacity nobody waits.
    """
    lines = [_decide_drop(session, standing, by_staff) for session in _once(drop)]
    running = _without(standing, {line.session.pk for line in lines if line.outcome == Outcome.DROPPED})
    held = running.held_sessions
    lacks_event_seat = _lacks_event_seat(event, standing)
    for session in _once([*included, *add]):
        is_included = session in included
        wait = is_included or may_wait(session)
        line = _decide_add(session, running, held, wait, at, by_staff, decided)
        line.is_included = is_included
        if lacks_event_seat and Why.FULL in decided:
            line = _past_capacity_of_event(line, event, at, claiming(decided, by_staff=by_staff))
        elif lacks_event_seat:
            line = _without_event_seat(line, event, wait)
        _count(line, running, held)
        lines.append(line)
    return lines


def say_unchanged(lines: Sequence[Line], standing: Standing) -> None:
    """Let the lines of an agenda that was refused as a whole say so: what was to be given up is kept."""
    for line in lines:
        if line.outcome == Outcome.DROPPED:
            line.outcome, line.is_applied = _kept(line.session, standing), False
        elif line.outcome in SUCCESSES - {Outcome.ALREADY}:
            line.is_applied = False


def _kept(session: Session, standing: Standing) -> Outcome:
    """What the person has in this session, a seat or a place in line."""
    if session.pk in standing.seats:
        return Outcome.REGISTERED
    is_on_hold = standing.items[session.pk].status == WaitlistItem.Status.ON_HOLD
    return Outcome.ON_HOLD if is_on_hold else Outcome.WAITLISTED


def _once(sessions: Sequence[Session]) -> list[Session]:
    return list({session.pk: session for session in sessions}.values())


def _without(standing: Standing, dropped: set[int]) -> Standing:
    """The standing as it is once the dropped sessions are given up."""
    seats = {pk: seat for pk, seat in standing.seats.items() if pk not in dropped}
    items = {pk: item for pk, item in standing.items.items() if pk not in dropped}
    waited_for = {pk: session for pk, session in standing.waited_for.items() if pk not in dropped}
    return Standing(
        standing.registration, seats, items, waited_for, standing.event_pass, standing.pass_sessions
    )


def _count(line: Line, running: Standing, held: list[Session]) -> None:
    """Let the lines after this one know what it took."""
    if line.outcome in {Outcome.REGISTERED, Outcome.ON_HOLD}:
        held.append(line.session)
    if line.outcome in {Outcome.REGISTERED, Outcome.WAITLISTED, Outcome.ON_HOLD} and not line.is_included:
        running.also_chosen[line.session.pk] = line.session


def _decide_drop(session: Session, standing: Standing, by_staff: bool) -> Line:
    if session.pk in standing.seats:
        for refused in refusals_to_drop(session, by_staff=by_staff):
            return Line(session, refused)
        return Line(session, Outcome.DROPPED)
    return Line(session, Outcome.DROPPED if session.pk in standing.items else Outcome.ALREADY)


def _decide_add(
    session: Session,
    running: Standing,
    held: list[Session],
    wait: bool,
    at: datetime,
    by_staff: bool,
    decided: frozenset[Why],
) -> Line:
    if any(mine.pk == session.pk for mine in held):
        return Line(session, Outcome.ALREADY)
    door = claiming(decided, by_staff=by_staff)
    if Why.FULL in decided:
        refused, overlooked = judged(refusals_to_seat(session, running, held, at=at), door)
        return _judged_line(session, refused, overlooked)
    outcome, reason = outcome_of_claim(session, running, held, wait=wait, at=at, door=door)
    line = Line(session, outcome, reason)
    if decided and line.is_success:
        found = refusals_to_seat(session, running, held, at=at, seats=door.seats)
        line.overlooked = [one for one in found if one.why in decided]
    return line


def _judged_line(session: Session, refused: Sequence[Reason], overlooked: Sequence[Reason]) -> Line:
    if refused:
        return Line(session, refused[0].outcome, refused[0])
    return Line(session, Outcome.REGISTERED, overlooked=overlooked)


def _past_capacity_of_event(line: Line, event: Event, at: datetime, door: Door) -> Line:
    """The line of somebody who is given a seat of the event past its capacity, and with it the session's."""
    if line.outcome != Outcome.REGISTERED:
        return line
    refused, overlooked = judged(refusals_at_event(event, None, at=at), door)
    of_event = [reason for reason in overlooked if reason.why == Why.FULL]
    judged_line = _judged_line(line.session, refused, [*line.overlooked, *of_event])
    return replace(judged_line, is_included=line.is_included)


def _lacks_event_seat(event: Event, standing: Standing) -> bool:
    """True when the contact has no seat of the event, and there is none to have."""
    if standing.registration is not None:
        return standing.registration.status == standing.registration.Status.WAITLISTED
    return not event.seats.has_seat_for_newcomer


def _without_event_seat(line: Line, event: Event, wait: bool) -> Line:
    """Without a seat of the event no session seat is given: the wish is kept, or the event is full."""
    if line.outcome not in {Outcome.REGISTERED, Outcome.WAITLISTED}:
        return line
    can_wait = wait and event.waitlist_enabled
    outcome = Outcome.ON_HOLD if can_wait else Outcome.FULL
    return Line(line.session, outcome, is_included=line.is_included, overlooked=line.overlooked)
