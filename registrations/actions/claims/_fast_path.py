"""The plain answers: seats for what is wished, or a refusal; nobody gives anything up, nobody has to wait.

It is what nearly everybody gets in the minute when registration opens, so it costs a handful of fixed statements and
holds a seat count's row only for the end of its transaction. Whatever is not plain is decided by the caller.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from events.errors import Full
from events.models import Contact
from registrations import locks, sql
from registrations.actions.claims._advice import add_advice, all_is_said
from registrations.actions.claims._asked import AskedAgenda
from registrations.actions.claims._rows import AgendaRows
from registrations.actions.claims._seen import is_all_that_decides, with_all_places
from registrations.actions.journal import Journal
from registrations.rules.doors import OVERRIDE_CLOSED
from registrations.rules.outcomes import Outcome
from registrations.rules.results import AgendaResult
from registrations.rules.standing import ClaimFacts

# A longer list is rare, and its facts (each session beside each seat held) are no small answer.
MOST_WISHES = 20
_NOT_PLAIN = {Outcome.WAITLISTED, Outcome.ON_HOLD}


def take_fast_path(asked: AskedAgenda, notify: bool, seen: ClaimFacts | None) -> AgendaResult | None:
    """Register for what is wished, or refuse it; where the answer is not plain change nothing and return None.

    Decides from what was `seen` in this very request, else from what it reads itself, in either case with the seat
    counts not locked. Their conditional update gives nothing when a seat went meanwhile, or when the session was
    changed: that raises its revision. So does the contact's, when what the person holds may have changed.
    """
    is_decided = asked.decided - OVERRIDE_CLOSED
    if asked.drop or is_decided or not 0 < len(asked.session_ids) <= MOST_WISHES:
        return None
    try:
        if seen is not None:
            return _take_as_seen(asked, notify, seen)
        with transaction.atomic(durable=True):
            # Without the lock one person could take two overlapping sessions at the same instant.
            contact = locks.lock_attendee(asked.attendee)
            facts = sql.facts_of_claim(asked.event.pk, contact, sorted(asked.session_ids))
            result = _take(asked, notify, facts) if facts else None
            if result is None or not _leaves_something(asked, result):
                transaction.set_rollback(True)
            return result
    except Full:
        return None


def _leaves_something(asked: AskedAgenda, result: AgendaResult) -> bool:
    """False where not even the contact's new revision is worth keeping: refused, or there already."""
    is_given = any(line.outcome == Outcome.REGISTERED for line in result.lines)
    return result.applied and bool(is_given or asked.attendee.responses or asked.actor.receipt)


def _take_as_seen(asked: AskedAgenda, notify: bool, seen: ClaimFacts) -> AgendaResult | None:
    """One statement, which is its own transaction, where the database can: nothing is locked while we think."""
    is_one_statement = sql.can_write_in_one_statement() and len(asked.add) == 1
    if is_one_statement and notify and not asked.actor.receipt and not asked.attendee.responses:
        return _take(asked, notify, seen, contact_seen=seen.contact)
    with transaction.atomic(durable=True):
        return _take(asked, notify, seen, contact_seen=seen.contact)


def _take(
    asked: AskedAgenda, notify: bool, facts: ClaimFacts, *, contact_seen: Contact | None = None
) -> AgendaResult | None:
    event, contact, standing, sessions = facts.event, facts.contact, facts.standing, facts.sessions
    registration = standing.registration
    # Places in these lines are not plain either.
    if standing.items or not is_all_that_decides(asked, facts):
        return None
    asked.check_at(event, standing)
    lines = asked.decide(event, standing, sessions)
    if any(line.outcome in _NOT_PLAIN for line in lines):
        return None
    if asked.is_refused_whole(lines, standing):
        whole = with_all_places(facts)
        add_advice(lines, whole, asked.at, is_refused=True)
        return AgendaResult(registration, lines, applied=False, standing=whole if contact_seen else None)
    if not asked.attendee.responses and not any(line.is_success for line in lines):
        # Every line is refused: there is nothing to write.
        whole = with_all_places(facts)
        add_advice(lines, whole, asked.at)
        unchanged = AgendaResult(registration, lines, applied=True, standing=whole if contact_seen else None)
        return asked.actor.done(unchanged)
    # Copies: where the write meets a deadlock, the next try must find what was read, not what was hoped for.
    seats = {session.seats_id: sql.copied(session.seats) for session in sessions.values()}
    if registration is None:
        seats[event.seats_id] = event.seats
    journal = Journal(asked.actor, asked.at, seats, notify, is_locked=False, contact_seen=contact_seen)
    # Also a copy: what is given stands in it afterwards.
    given = replace(standing, seats=dict(standing.seats))
    registration = AgendaRows(journal, event, contact, asked, given).write(lines)
    journal.write()
    add_advice(lines, standing if all_is_said(lines) else with_all_places(facts), asked.at)
    result = AgendaResult(registration, lines, applied=True, seats=given.seats if contact_seen else None)
    return asked.actor.done(result)
