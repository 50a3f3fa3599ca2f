"""What becomes of a claim, and whether somebody may give a seat up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from registrations.rules.doors import CLAIM, Door, Why
from registrations.rules.outcomes import Outcome
from registrations.rules.reasons import Reason
from registrations.rules.refusals import first_refusal, refusals_to_seat
from registrations.rules.standing import Standing
from sessions_app.models import Session


def outcome_of_claim(
    session: Session,
    standing: Standing,
    held: Iterable[Session],
    *,
    wait: bool,
    at: datetime,
    door: Door = CLAIM,
) -> tuple[Outcome, Reason | None]:
    """What becomes of a claim by somebody who has no seat in `session` yet, and what stands in its way.

    `held` is what the person keeps besides. Holding a seat stops nobody from waiting for an overlapping session: then
    the clash is told beside the place in line.
    """
    found = refusals_to_seat(session, standing, held, at=at, seats=door.seats)
    refused = first_refusal(found, door)
    if refused is not None and refused.why not in {Why.CONFLICT, Why.FULL}:
        return refused.outcome, refused
    is_free = door.seats.has_one(session.seats)
    item = standing.items.get(session.pk)
    if item is not None and (item.invitation_slot_id or not is_free):
        return Outcome.WAITLISTED, None
    if refused is None:
        return Outcome.REGISTERED, None
    if not is_free and wait and session.waitlist_enabled:
        return Outcome.WAITLISTED, refused if refused.why == Why.CONFLICT else None
    return refused.outcome, refused


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
