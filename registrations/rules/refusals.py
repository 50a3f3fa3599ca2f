"""The one list: every reason why a person may not get a seat. Buttons, previews and every door ask it.

Pure: no query, no write. The sessions carry their event, their track and their seat count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from events.models import Event, Pass
from registrations.rules.doors import OVERRIDE_CLOSED, Door, Seats, Why
from registrations.rules.reasons import Reason
from registrations.rules.standing import Standing
from sessions_app.models import Session

Target = Event | Session


def refusals_to_seat(
    session: Session,
    standing: Standing,
    held: Iterable[Session],
    *,
    at: datetime,
    seats: Seats = Seats.NEWCOMER,
) -> Iterator[Reason]:
    """Every reason why the person may not get a seat in this session, those that nothing cures first.

    `held` is what the person keeps besides. Whoever was invited has a seat that is held: capacity is not asked then.
    """
    found = list(refusals_of_session(session, at=at, seats=seats))
    yield from found
    if any(reason.why == Why.GONE for reason in found):
        return
    yield from _refusals_of_choice(session, standing)
    if clashing := clashes(session, held):
        yield Reason(Why.CONFLICT, session, tuple(clashing))
    if seats is not Seats.HELD:
        yield from _refusals_of_seats(session, seats)


def refusals_of_session(session: Session, *, at: datetime, seats: Seats = Seats.NEWCOMER) -> Iterator[Reason]:
    """Every reason why nobody at all may get a seat in this session now, its number of seats apart."""
    event = session.event
    if _is_gone(session) or _is_gone(event):
        yield Reason(Why.GONE, session)
        return
    counted = session.seats
    yield from refusals_to_open(event, at)
    if not session.is_live:
        yield Reason(Why.NOT_LIVE, session)
    if session.has_started(at):
        yield Reason(Why.STARTED, session)
    if counted.is_in_draw(at):
        yield Reason(Why.IN_DRAW, session, moment=counted.draw_opens_at, until=counted.draw_closes_at)
    if seats is not Seats.HELD and session.is_capacity_missing:
        yield Reason(Why.CAPACITY_MISSING, session)


def refusals_to_open(event: Event, at: datetime) -> Iterator[Reason]:
    """Every reason why nobody may register for anything at the event now."""
    if not event.is_live:
        yield Reason(Why.GONE if _is_gone(event) else Why.NOT_LIVE, event)
    elif event.registration_opens_at is not None and event.registration_opens_at > at:
        yield Reason(Why.NOT_OPEN_YET, event, moment=event.registration_opens_at)
    elif not event.is_registration_open(at):
        yield Reason(Why.REGISTRATION_CLOSED, event)


def lateness_of(target: Target, at: datetime) -> list[Reason]:
    """Every reason why somebody would come too late here, where nothing else refuses: by staff's hand it is decided."""
    found = (
        refusals_of_session(target, at=at) if isinstance(target, Session) else refusals_to_open(target, at)
    )
    return [reason for reason in found if reason.why in OVERRIDE_CLOSED]


def refusals_at_event(
    event: Event,
    event_pass: Pass | None,
    *,
    at: datetime,
    seats: Seats = Seats.NEWCOMER,
    pass_seats: Seats = Seats.NEWCOMER,
) -> Iterator[Reason]:
    """Every reason why the person may not get a seat of the event itself, or the pass with which they come."""
    yield from refusals_to_open(event, at)
    if seats is not Seats.HELD:
        yield from _refusals_of_seats(event, seats)
    if event_pass is not None:
        yield from refusals_of_pass(event_pass, at, pass_seats)


def refusals_of_pass(
    event_pass: Pass, at: datetime, seats: Seats = Seats.NEWCOMER, *, is_spoken_for: bool = False
) -> Iterator[Reason]:
    """Every reason why nobody may come with this pass now.

    A pass has no line of its own: whoever comes with one, from the event's line too, needs one that is left, or held
    for their invitation; a newcomer one that is not spoken for by those in line.
    """
    if not event_pass.is_on_sale(at):
        yield Reason(Why.PASS_NOT_ON_SALE, event_pass)
    if seats is not Seats.HELD:
        found = list(_refusals_of_seats(event_pass, seats))
        yield from found or ([Reason(Why.FULL, event_pass)] if is_spoken_for else [])
    if event_pass.price:
        yield Reason(Why.TO_BE_PAID, event_pass)


def may_limit_all(event: Event) -> bool:
    """True where choosing one session may keep somebody from any other: the event's limit counts all, or a pass's."""
    return event.most_sessions is not None or event.passes_with_agenda


def limited_tracks(sessions: Iterable[Session]) -> set[int]:
    """The ids of the sessions' tracks that limit how many of theirs may be chosen."""
    return {one.track.pk for one in sessions if one.track is not None and one.track.most_sessions is not None}


def first_refusal(found: Iterable[Reason], door: Door) -> Reason | None:
    """The first reason that this door does not overlook; None where the person may have the seat."""
    return next((reason for reason in found if reason.why not in door.overlooks), None)


def judged(found: Iterable[Reason], door: Door) -> tuple[list[Reason], list[Reason]]:
    """The reasons that this door does not overlook, and those that it does."""
    refused: list[Reason] = []
    overlooked: list[Reason] = []
    for reason in found:
        (overlooked if reason.why in door.overlooks else refused).append(reason)
    return refused, overlooked


def check(found: Iterable[Reason], door: Door) -> None:
    """Raise the first reason that this door does not overlook."""
    refused = first_refusal(found, door)
    if refused is not None:
        raise refused.refusal()


def clashes(session: Session, held: Iterable[Session]) -> list[Session]:
    """The held sessions that nobody may hold together with `session`."""
    return [other for other in held if other.pk != session.pk and other.blocks(session)]


def _is_gone(target: Target) -> bool:
    """True for what was cancelled or deleted: nobody is given a seat there any more, by whose leave ever."""
    return bool(target.cancelled_at or target.archived_at)


def _refusals_of_choice(session: Session, standing: Standing) -> Iterator[Reason]:
    """Why the person may not choose this session: the pass, and how many may be chosen. Included ones are given."""
    if session.selection_control == Session.SelectionControl.INCLUDED:
        return
    if standing.pass_sessions is not None and session.pk not in standing.pass_sessions:
        yield Reason(Why.NOT_IN_PASS, session)
    of_pass = standing.event_pass.most_sessions if standing.event_pass else None
    most = session.event.most_sessions if of_pass is None else of_pass
    track = session.track
    of_track = track.most_sessions if track else None
    if of_track is not None:
        same = [other for other in standing.beside(session) if other.track_id == session.track_id]
        yield from _refusals_of_limit(Why.TRACK_LIMIT, session, of_track, same)
    if most is not None:
        yield from _refusals_of_limit(Why.SESSION_LIMIT, session, most, standing.beside(session))


def _refusals_of_limit(why: Why, session: Session, most: int, counted: list[Session]) -> Iterator[Reason]:
    if len(counted) >= most:
        yield Reason(why, session, tuple(counted), limit=most)


def has_limit_of_choice(session: Session) -> bool:
    """True where it matters what else the person has chosen: then all their seats and places in line are to be read."""
    return session.event.most_sessions is not None or (
        session.track is not None and session.track.most_sessions is not None
    )


def _refusals_of_seats(target: Target | Pass, seats: Seats) -> Iterator[Reason]:
    counted = target.seats
    if counted.is_at_hard_limit:
        yield Reason(Why.HARD_LIMIT, target)
    if not seats.has_one(counted):
        yield Reason(Why.FULL, target)
