"""The plain answers: seats for what is wished, or a refusal; nobody gives anything up, nobody has to wait.

It is what nearly everybody gets in the minute when registration opens, so it costs a handful of fixed statements and
holds a seat count's row only for the end of its transaction. Whatever is not plain is decided by the caller.
"""

from __future__ import annotations

from django.db import transaction

from events.errors import Full
from registrations import locks, sql
from registrations.actions._agenda_rows import AgendaRows
from registrations.actions._journal import Journal
from registrations.actions._saying import say_more
from registrations.actions._wishes import Wishes
from registrations.outcomes import AgendaResult, Outcome

# A longer list is rare, and its facts (each session beside each seat held) are no small answer.
MOST_WISHES = 20
_NOT_PLAIN = {Outcome.WAITLISTED, Outcome.ON_HOLD}


def take_plainly(wishes: Wishes, notify: bool) -> AgendaResult | None:
    """Register for what is wished, or refuse it; where the answer is not plain change nothing and return None.

    The seat counts are read without a lock. Their conditional update, the last but the ledger and the mail, gives
    nothing when a seat went meanwhile, or when the session was changed: that raises its revision.
    """
    if wishes.drop or not 0 < len(wishes.session_ids) <= MOST_WISHES:
        return None
    try:
        with transaction.atomic(durable=True):
            result = _take(wishes, notify)
            if result is None or not result.applied:
                transaction.set_rollback(True)
            return result
    except Full:
        return None


def _take(wishes: Wishes, notify: bool) -> AgendaResult | None:
    # Without the lock one person could take two overlapping sessions at the same instant.
    contact = locks.lock_attendee(wishes.attendee)
    facts = sql.facts_of_claim(wishes.event.pk, contact, sorted(wishes.session_ids))
    if facts is None:
        return None
    event, standing, sessions = facts
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
        return AgendaResult(registration, lines, applied=False)
    seats = {session.seats_id: session.seats for session in sessions.values()}
    seats[event.seats_id] = event.seats
    journal = Journal(wishes.actor, wishes.at, seats, notify, is_locked=False)
    registration = AgendaRows(journal, event, contact, wishes, standing).write(lines)
    journal.write()
    say_more(lines, standing, wishes.at)
    return wishes.actor.done(AgendaResult(registration, lines, applied=True))
