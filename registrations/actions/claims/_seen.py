"""What a request has read of one person and some sessions without a lock: when it decides, and when it still does.

Whoever gives a contact a seat, moves one of theirs or ends their registration gives the contact a new revision; whoever
changes what a session's seats are counted by gives its seat count one. As long as both are the same under the locks, so
is what was read of them. Seats and places in line may end without one: those are read under the locks. Of the event,
and of what a session's page says, it is enough that it was so when the press came in.
"""

from __future__ import annotations

from typing import NamedTuple

from events.models import Contact, Event, SeatCount
from registrations import locks, sql
from registrations.actions.claims._asked import AskedAgenda
from registrations.queries import standings_with
from registrations.rules.refusals import has_limit_of_choice
from registrations.rules.standing import ClaimFacts, Standing
from sessions_app.models import Session


class UnderLocks(NamedTuple):
    """What decides an agenda, with the seat counts locked."""

    event: Event
    standing: Standing
    sessions: dict[int, Session]
    seats: dict[int, SeatCount]


def is_all_that_decides(asked: AskedAgenda, seen: ClaimFacts) -> bool:
    """True where the rules ask nothing else about these sessions than what was seen.

    Passes, limits of choice (which count all places in line) and people without a seat of the event need more; so does
    what is to be given up, where no seat of it was seen and no place in line.
    """
    had = seen.standing.seats.keys() | seen.standing.items.keys()
    return (
        asked.session_ids == set(seen.sessions)
        and all(session.pk in had for session in asked.drop)
        and not seen.event.passes_with_agenda
        and not any(map(has_limit_of_choice, seen.sessions.values()))
        and (seen.standing.registration is None or has_seat_at_event(seen.standing))
    )


def has_seat_at_event(standing: Standing) -> bool:
    """True for whoever is registered, and does not wait for the event itself."""
    registration = standing.registration
    return registration is not None and registration.status == registration.Status.CONFIRMED


def read_as_seen(contact: Contact, seen: ClaimFacts) -> UnderLocks | None:
    """Lock the seat counts; return what was seen, with seats and places in line as they are; None once it has changed.

    Needs: the contact, with the new revision that its lock gave.
    """
    if not has_seat_at_event(seen.standing) or (contact.pk, contact.revision) != _next(seen.contact):
        return None
    seats = locks.lock_seats({session.seats_id for session in seen.sessions.values()})
    if any(one.seats.revision != seats[one.seats_id].revision for one in seen.sessions.values()):
        return None
    standing = standings_with({contact.pk: seen.standing.registration}, seen.event)[contact.pk]
    for item in standing.items.values():
        sql.attach(item, contact=contact)
    sessions = {}
    for pk, session in seen.sessions.items():
        # Copies: where the write meets a deadlock, the next try must find what was read.
        sessions[pk] = sql.copied(session)
        sql.attach(sessions[pk], event=seen.event, track=session.track, seats=seats[session.seats_id])
    return UnderLocks(seen.event, standing, sessions, seats)


def with_all_places(facts: ClaimFacts) -> Standing:
    """The standing with all places in line at the event: none of those sessions is offered instead of another."""
    registration = facts.standing.registration
    if registration is None:
        return facts.standing
    seats, may_wait = facts.standing.seats.values(), facts.is_in_line is not False
    found = standings_with({facts.contact.pk: registration}, facts.event, seats, are_in_line=may_wait)
    return found[facts.contact.pk]


def _next(contact: Contact) -> tuple[int, int]:
    return contact.pk, contact.revision + 1
