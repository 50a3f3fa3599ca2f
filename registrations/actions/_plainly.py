"""The plain answers: seats for what is wished, or a refusal; nobody gives anything up, nobody has to wait.

It is what nearly everybody gets in the minute when registration opens, so it costs a handful of fixed statements and
holds a seat count's row only for the end of its transaction. Whatever is not plain is decided by the caller.
"""

from __future__ import annotations

from django.db import transaction

from events.errors import Full
from events.models import Contact
from registrations import locks, sql
from registrations.actions._agenda_rows import AgendaRows
from registrations.actions._journal import Journal
from registrations.actions._saying import say_more
from registrations.actions._wishes import Wishes
from registrations.outcomes import AgendaResult, Outcome
from registrations.standing import Facts

# A longer list is rare, and its facts (each session beside each seat held) are no small answer.
MOST_WISHES = 20
_NOT_PLAIN = {Outcome.WAITLISTED, Outcome.ON_HOLD}


def take_plainly(wishes: Wishes, notify: bool, seen: Facts | None) -> AgendaResult | None:
    """Register for what is wished, or refuse it; where the answer is not plain change nothing and return None.

    Decides from what was `seen` in this very request, else from what it reads itself, in either case with the seat
    counts not locked. Their conditional update gives nothing when a seat went meanwhile, or when the session was
    changed: that raises its revision. So does the contact's, when what the person holds may have changed.
    """
    if wishes.drop or not 0 < len(wishes.session_ids) <= MOST_WISHES:
        return None
    try:
        if seen is not None:
            return _take_as_seen(wishes, notify, seen)
        with transaction.atomic(durable=True):
            # Without the lock one person could take two overlapping sessions at the same instant.
            contact = locks.lock_attendee(wishes.attendee)
            facts = sql.facts_of_claim(wishes.event.pk, contact, sorted(wishes.session_ids))
            result = _take(wishes, notify, facts) if facts else None
            if result is None or not _leaves_something(wishes, result):
                transaction.set_rollback(True)
            return result
    except Full:
        return None


def _leaves_something(wishes: Wishes, result: AgendaResult) -> bool:
    """False where not even the contact's new revision is worth keeping: refused, or there already."""
    is_given = any(line.outcome == Outcome.REGISTERED for line in result.lines)
    return result.applied and bool(is_given or wishes.attendee.responses or wishes.actor.receipt)


def _take_as_seen(wishes: Wishes, notify: bool, seen: Facts) -> AgendaResult | None:
    """One statement, which is its own transaction, where the database can: nothing is locked while we think."""
    is_one_statement = sql.can_write_together() and len(wishes.add) == 1
    if is_one_statement and notify and not wishes.actor.receipt and not wishes.attendee.responses:
        return _take(wishes, notify, seen, contact_seen=seen.contact)
    with transaction.atomic(durable=True):
        return _take(wishes, notify, seen, contact_seen=seen.contact)


def _take(
    wishes: Wishes, notify: bool, facts: Facts, *, contact_seen: Contact | None = None
) -> AgendaResult | None:
    event, contact, standing, sessions = facts.event, facts.contact, facts.standing, facts.sessions
    registration = standing.registration
    # Passes, given sessions, places in line and people without a seat of the event are not plain.
    if event.passes_with_agenda or standing.items or wishes.session_ids != set(sessions):
        return None
    if registration is not None and registration.status != registration.Status.CONFIRMED:
        return None
    wishes.check_at(event, standing)
    lines = wishes.decide(event, standing, sessions)
    if any(line.outcome in _NOT_PLAIN for line in lines):
        return None
    if wishes.is_refused_whole(lines, standing):
        say_more(lines, standing, wishes.at, is_refused=True)
        return AgendaResult(registration, lines, applied=False, is_as_seen=contact_seen is not None)
    # Copies: where the write meets a deadlock, the next try must find what was read, not what was hoped for.
    seats = {session.seats_id: sql.copied(session.seats) for session in sessions.values()}
    seats[event.seats_id] = event.seats
    journal = Journal(wishes.actor, wishes.at, seats, notify, is_locked=False, contact_seen=contact_seen)
    registration = AgendaRows(journal, event, contact, wishes, standing).write(lines)
    journal.write()
    say_more(lines, standing, wishes.at)
    result = AgendaResult(registration, lines, applied=True, is_as_seen=contact_seen is not None)
    return wishes.actor.done(result)
