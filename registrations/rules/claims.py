"""Whether somebody may take, or give up, a seat in one session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from events import errors
from events.models import Event
from registrations.rules.outcomes import Outcome
from registrations.rules.standing import Standing
from sessions_app.models import Session

_REFUSALS: dict[Outcome, type[errors.Refusal]] = {
    Outcome.FULL: errors.Full,
    Outcome.CONFLICT: errors.Conflict,
    Outcome.NOT_LIVE: errors.NotLive,
    Outcome.CLOSED: errors.Closed,
    Outcome.CAPACITY_MISSING: errors.CapacityMissing,
    Outcome.NOT_IN_PASS: errors.NotInPass,
    Outcome.LOCKED: errors.Locked,
    Outcome.HARD_LIMIT: errors.HardLimit,
}


def refusal_for(outcome: Outcome, **data: object) -> errors.Refusal:
    """Return the typed refusal that a refused outcome stands for."""
    return _REFUSALS[outcome](**data)


def clashes(session: Session, held: Iterable[Session]) -> list[Session]:
    """The held sessions that nobody may hold together with `session`."""
    return [other for other in held if other.pk != session.pk and other.blocks(session)]


def refusals_to_open(event: Event, at: datetime) -> Iterator[Outcome]:
    """Why nobody may register for anything at the event now."""
    if not event.is_live:
        yield Outcome.NOT_LIVE
    elif not event.is_registration_open(at):
        yield Outcome.CLOSED


def refusals_to_claim(
    session: Session, *, at: datetime, by_staff: bool = False, is_wished: bool = False
) -> Iterator[Outcome]:
    """Why nobody may take a seat here: not live, closed, started, without capacity.

    Staff may come early and late. What was wished for while registration was open (`is_wished`) is given after it has
    closed too: promotion goes on.
    """
    if by_staff:
        if session.cancelled_at or session.archived_at or session.event.cancelled_at:
            yield Outcome.NOT_LIVE
    else:
        refusals = refusals_to_open(session.event, at)
        yield from (each for each in refusals if not (is_wished and each == Outcome.CLOSED))
        if not session.is_live:
            yield Outcome.NOT_LIVE
        if session.has_started(at):
            yield Outcome.CLOSED
    if session.is_capacity_missing:
        yield Outcome.CAPACITY_MISSING


def refusals_of_pass(session: Session, standing: Standing) -> Iterator[Outcome]:
    """Why the contact's pass does not cover this session."""
    if session.selection_control == Session.SelectionControl.INCLUDED:
        return
    if standing.pass_sessions is not None and session.pk not in standing.pass_sessions:
        yield Outcome.NOT_IN_PASS
    most = standing.event_pass.most_sessions if standing.event_pass else None
    chosen = standing.chosen_at(session.event_id)
    if most is not None and session.pk not in chosen and len(chosen) >= most:
        yield Outcome.NOT_IN_PASS


def refusals_to_drop(session: Session, *, by_staff: bool) -> Iterator[Outcome]:
    """Why the holder may not give this seat up."""
    is_included = session.selection_control == Session.SelectionControl.INCLUDED
    if not by_staff and (is_included or session.locked_when_saved):
        yield Outcome.LOCKED


def refusals_to_leave(session: Session, *, by_staff: bool) -> Iterator[Outcome]:
    """Why the holder may not give this seat up together with the whole registration.

    Included sessions come with the registration and go with it; who cannot come must be able to say so.
    """
    if not by_staff and session.locked_when_saved:
        yield Outcome.LOCKED


def outcome_of_claim(
    session: Session,
    standing: Standing,
    held: Iterable[Session],
    *,
    wait: bool,
    at: datetime,
    by_staff: bool = False,
    is_wished: bool = False,
) -> tuple[Outcome, list[Session]]:
    """What becomes of a claim by somebody who has no seat in `session` yet, and what it clashes with.

    `held` is what the person keeps besides. Holding a seat stops nobody from waiting for an overlapping session.
    `is_wished` as in `refusals_to_claim`.
    """
    for refused in refusals_to_claim(session, at=at, by_staff=by_staff, is_wished=is_wished):
        return refused, []
    for refused in refusals_of_pass(session, standing):
        return refused, []
    item = standing.items.get(session.pk)
    if item is not None and (item.invitation_slot_id or not session.seats.has_seat_for_newcomer):
        return Outcome.WAITLISTED, []
    clashing = clashes(session, held)
    can_wait = wait and session.waitlist_enabled
    if session.seats.has_seat_for_newcomer:
        return (Outcome.CONFLICT, clashing) if clashing else (Outcome.REGISTERED, [])
    if can_wait:
        return Outcome.WAITLISTED, clashing
    return (Outcome.CONFLICT, clashing) if clashing else (Outcome.FULL, [])
