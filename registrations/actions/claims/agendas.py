"""Register a whole agenda, change it, swap one session for another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.actors import ATTENDEE, Actor
from events.models import Contact, Event, Pass
from events.retrying import action
from registrations import demand, locks, sql
from registrations.actions import steps
from registrations.actions.claims._advice import add_advice, standing_after
from registrations.actions.claims._asked import AskedAgenda, Wait, WhenClashing
from registrations.actions.claims._fast_path import take_fast_path
from registrations.actions.claims._rows import AgendaRows
from registrations.actions.claims._seen import (
    UnderLocks,
    has_seat_at_event,
    is_all_that_decides,
    read_as_seen,
    with_all_places,
)
from registrations.actions.decisions import Decision
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.models import EventRegistration
from registrations.queries import (
    included_sessions,
    registration_of,
    sessions_opened_by,
    standing_of,
    standings_with,
)
from registrations.rules.doors import Override
from registrations.rules.outcomes import Mode
from registrations.rules.people import Attendee
from registrations.rules.results import AgendaResult, Line
from registrations.rules.standing import ClaimFacts, Standing
from sessions_app.models import Session


@action
def submit_agenda(
    event: Event,
    attendee: Attendee,
    add: Sequence[Session],
    drop: Sequence[Session] = (),
    *,
    mode: Mode = Mode.BEST_EFFORT,
    wait: Wait = False,
    preview: bool = False,
    automatically_register: bool | None = None,
    when_clashing: WhenClashing = WhenClashing.ASK,
    event_pass: Pass | None = None,
    actor: Actor = ATTENDEE,
    reason: str = "",
    overrides: Collection[Override] = (),
    complimentary: str = "",
    notify: bool = True,
    at: datetime | None = None,
    seen: ClaimFacts | None = None,
) -> AgendaResult:
    """Register `attendee` at the event if need be, take the sessions of `add`, give up those of `drop`.

    Afterwards each line says what became of it. In `all_or_nothing` one refused line means that no row was changed; a
    preview never changes one, locks nothing and gives the same lines. `wait` says whether (or for which session ids)
    a place in line is wanted where there is no seat, `when_clashing` what then becomes of a seat in the way. `seen` is
    what this very request has read of the person and of the sessions, for no second look while it is still true. A new
    registrant is given the included sessions first. The person gets one mail for the whole. What `overrides` go past
    refuses nothing, past capacity nobody waits; none implies another, each is recorded with the reason. By another's
    hand a pass is owed, or `complimentary` for this reason.

    Raises WrongLevel at an event without own agendas, Invalid for a session of another event, one both added and
    dropped, an address that cannot be, no session or no pass where one is required (SessionsRequired by another
    system), Full, Closed or PaymentRequired for the pass, NotLive, Closed or Full for a newcomer without any session,
    RegistrationCancelled by a registration that has ended, NotPermitted or Invalid for what is not to be decided so.
    """
    at, how = at or timezone.now(), (mode, wait, automatically_register, when_clashing, event_pass)
    decided = Decision(actor, actor.reason_for(reason), frozenset(overrides), complimentary)
    asked = AskedAgenda(event, attendee, add, drop, actor, at, *how, decided)
    asked.check()
    return _submitted(asked, notify, preview, seen)


@action
def swap(
    registration: EventRegistration,
    give_up: Session,
    take: Session,
    *,
    actor: Actor = ATTENDEE,
    reason: str = "",
    override_closed: bool = False,
    notify: bool = True,
    at: datetime | None = None,
) -> AgendaResult:
    """Give up one session for another in one transaction; where the other has no seat, the first is kept.

    Coming too late, by staff's hand too, takes `override_closed`, which is recorded with the reason. Raises what
    `submit_agenda` raises.
    """
    decision = Decision.of(actor, reason, override_closed=override_closed)
    asked = AskedAgenda(
        registration.event,
        Attendee.of(registration),
        [take],
        [give_up],
        actor,
        at or timezone.now(),
        Mode.ALL_OR_NOTHING,
        decision=decision,
    )
    asked.check()
    result = _apply_and_settle(asked, notify)
    demand.note_lines(asked.event.pk, result.lines, actor, asked.at)
    return result


def _submitted(asked: AskedAgenda, notify: bool, preview: bool, seen: ClaimFacts | None) -> AgendaResult:
    if preview:
        return _preview(asked, seen)
    enough = seen if seen is not None and is_all_that_decides(asked, seen) else None
    result = take_fast_path(asked, notify, seen) or _decided(asked, notify, enough)
    demand.note_lines(asked.event.pk, result.lines, asked.actor, asked.at)
    return result


def _decided(asked: AskedAgenda, notify: bool, seen: ClaimFacts | None) -> AgendaResult:
    # A no may come from one fresh unlocked read: it was true at that instant and changes nothing. Giving up is
    # hardly ever refused, so it is read once.
    if asked.add:
        standing, lines = _foreseen(asked, seen)
        if asked.is_refused_whole(lines, standing):
            whole = with_all_places(seen) if seen else standing
            return replace(_refused(asked, whole, lines), standing=whole)
    return _apply_and_settle(asked, notify, seen)


def _apply_and_settle(asked: AskedAgenda, notify: bool, seen: ClaimFacts | None = None) -> AgendaResult:
    result, journal = _apply(asked, notify, seen)
    settle_after_commit(journal.freed, journal.lost_a_seat, asked.at)
    return result


def _preview(asked: AskedAgenda, seen: ClaimFacts | None = None) -> AgendaResult:
    """What the act would answer, read without any lock, unless it was `seen` already."""
    standing, lines = _foreseen(asked, seen)
    if asked.is_refused_whole(lines, standing):
        return _refused(asked, standing, lines)
    add_advice(lines, standing, asked.at, is_preview=True)
    return AgendaResult(standing.registration, lines, applied=True)


def _foreseen(asked: AskedAgenda, seen: ClaimFacts | None) -> tuple[Standing, list[Line]]:
    """The person's standing and what would become of each line, without any lock."""
    event, standing, wished = (seen.event, seen.standing, seen.sessions) if seen else _read_to_preview(asked)
    asked.check_at(event, standing)
    standing = _with_chosen_pass(standing, asked)
    is_given_more = standing.registration is None and sql.may_have_sessions_of_everybody(event)
    included = included_sessions(event) if is_given_more else []
    sessions = {session.pk: session for session in included} | wished
    return standing, asked.decide(event, standing, sessions)


def _refused(asked: AskedAgenda, standing: Standing, lines: list[Line]) -> AgendaResult:
    add_advice(lines, standing, asked.at, is_refused=True, is_preview=True)
    return AgendaResult(standing.registration, lines, applied=False)


def _read_to_preview(asked: AskedAgenda) -> tuple[Event, Standing, dict[int, Session]]:
    event = steps.fresh_event(asked.event)
    contact = sql.contact_of(asked.attendee.email)
    standing = standing_of(contact, event) if contact else Standing()
    return event, standing, steps.fresh_sessions(asked.session_ids, event, {})


def _apply(asked: AskedAgenda, notify: bool, seen: ClaimFacts | None = None) -> tuple[AgendaResult, Journal]:
    with transaction.atomic(durable=True):
        contact = locks.lock_attendee(asked.attendee)
        facts = read_as_seen(contact, seen) if seen else None
        event, standing, sessions, seats = facts or _read_under_locks(asked, contact)
        given_away = asked.decision.complimentary if asked.decision else ""
        journal = Journal(asked.actor, asked.at, seats, notify, complimentary=given_away)
        asked.check_at(event, standing)
        lines = asked.decide(event, standing, sessions)
        if asked.is_refused_whole(lines, standing):
            result = _refused(asked, standing, lines)
            transaction.set_rollback(True)
            return result, journal
        was_confirmed = has_seat_at_event(standing)
        registration = AgendaRows(journal, event, contact, asked, standing).write(lines)
        journal.write()
        after = standing if was_confirmed else standing_after(standing, lines, contact, event)
        add_advice(lines, after, asked.at)
        return asked.actor.done(AgendaResult(registration, lines, applied=True)), journal


def _with_chosen_pass(standing: Standing, asked: AskedAgenda) -> Standing:
    """A newcomer's standing with the pass that they choose now."""
    if standing.registration is not None or asked.event_pass is None:
        return standing
    opened = sessions_opened_by(asked.event_pass)
    return replace(standing, event_pass=asked.event_pass, pass_sessions=opened)


def _read_under_locks(asked: AskedAgenda, contact: Contact) -> UnderLocks:
    """Lock the seat counts, then read every fact that the decision needs."""
    registration = registration_of(contact, asked.event)
    targets: list[Event | Session | Pass] = [*asked.add, *asked.drop]
    included: list[Session] = []
    if registration is None:
        included = included_sessions(asked.event)
        # Only a registration that is made or ended touches the event's seats; else all sessions share one hot row.
        targets += [asked.event, *included, *([asked.event_pass] if asked.event_pass else [])]
    wanted = steps.seats_of(targets)
    if registration is not None and asked.may_confirm(registration):
        wanted |= {asked.event.seats_id} | steps.seats_waited_for(asked.event, {contact.email: contact})
    seats = locks.lock_seats(wanted)
    event = steps.fresh_event(asked.event)
    steps.attach_seats(event, seats)
    if registration is None and asked.event_pass is not None:
        asked.event_pass.seats = seats[asked.event_pass.seats_id]
    ids = dict.fromkeys([*(session.pk for session in included), *sorted(asked.session_ids)])
    fresh = steps.fresh_sessions(ids, event, seats)
    standing = standings_with({contact.pk: registration}, event)[contact.pk]
    standing = _with_chosen_pass(standing, asked)
    return UnderLocks(event, standing, {pk: fresh[pk] for pk in ids}, seats)
