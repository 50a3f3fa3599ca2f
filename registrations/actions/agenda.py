"""Register a whole agenda, change it, swap one session for another (requirements D4, D5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.models import Contact, Event, Pass
from registrations import locks
from registrations.actions import _steps as steps
from registrations.actions._agenda_rows import AgendaRows
from registrations.actions._door import action
from registrations.actions._journal import Journal
from registrations.actions._plainly import take_plainly
from registrations.actions._saying import say_more, standing_after
from registrations.actions._wishes import Wait, WhenClashing, Wishes
from registrations.actions.settling import settle_after_commit
from registrations.actors import ATTENDEE, Actor
from registrations.models import EventRegistration
from registrations.outcomes import AgendaResult, Mode
from registrations.people import Attendee
from registrations.queries import (
    included_sessions,
    registration_of,
    sessions_opened_by,
    standing_of,
    standings_with,
)
from registrations.standing import Facts, Standing
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
    dry_run: bool = False,
    automatically_register: bool | None = None,
    when_clashing: WhenClashing = WhenClashing.ASK,
    event_pass: Pass | None = None,
    actor: Actor = ATTENDEE,
    notify: bool = True,
    at: datetime | None = None,
    seen: Facts | None = None,
) -> AgendaResult:
    """Register `attendee` at the event if need be, take the sessions of `add`, give up those of `drop`.

    Afterwards each line says what became of it. In `all_or_nothing` one refused line means that no row of any
    table was changed; a dry run never changes one, locks nothing and gives the same lines. `wait` says whether
    (or for which session ids) a place in line is wanted where there is no seat, `when_clashing` what shall then
    become of a seat in the way. `seen` is what this very request has read of the person and of the sessions: a plain
    answer needs no second look then, since the write itself asks whether it is still true. A new registrant is
    given the included sessions first. The person gets one mail for the whole.

    Raises WrongLevel at an event without own agendas, Invalid for a session of another event, one both added and
    dropped, an address that cannot be, no session or no pass where one is required, Full or Closed for the pass, and
    NotLive, Closed or Full for a newcomer without any session, RegistrationCancelled where the attendee acts by a
    registration that has ended (requirements B1, B3, B6, C6, D4).
    """
    at, how = at or timezone.now(), (mode, wait, automatically_register, when_clashing, event_pass)
    wishes = Wishes(event, attendee, add, drop, actor, at, *how)
    wishes.check()
    plainly = None if dry_run else take_plainly(wishes, notify, seen)
    if plainly is not None:
        return plainly
    # A no may come from one fresh unlocked read: it was true at that instant and changes nothing.
    foreseen = _foresee(wishes)
    return foreseen if dry_run or not foreseen.applied else _apply_and_settle(wishes, notify)


@action
def swap(
    registration: EventRegistration,
    give_up: Session,
    take: Session,
    *,
    actor: Actor = ATTENDEE,
    notify: bool = True,
    at: datetime | None = None,
) -> AgendaResult:
    """Give up one session for another in one transaction; where the other has no seat, the first is kept (D5)."""
    person = Attendee.of(registration)
    at = at or timezone.now()
    wishes = Wishes(registration.event, person, [take], [give_up], actor, at, Mode.ALL_OR_NOTHING)
    wishes.check()
    return _apply_and_settle(wishes, notify)


def _apply_and_settle(wishes: Wishes, notify: bool) -> AgendaResult:
    result, journal = _apply(wishes, notify)
    settle_after_commit(journal.freed, journal.lost_a_seat, wishes.at)
    return result


def _foresee(wishes: Wishes) -> AgendaResult:
    """What the act would answer, read without any lock."""
    event = steps.fresh_event(wishes.event)
    contact = Contact.objects.filter(email=wishes.attendee.email).first()
    standing = standing_of(contact, event) if contact else Standing()
    wishes.check_at(event, standing)
    standing = _with_chosen_pass(standing, wishes)
    included = included_sessions(event) if standing.registration is None else []
    sessions = {session.pk: session for session in included}
    for session in Session.objects.filter(pk__in=wishes.session_ids).select_related("seats"):
        session.event = event
        sessions[session.pk] = session
    lines = wishes.decide(event, standing, sessions)
    is_refused = wishes.is_refused_whole(lines, standing)
    say_more(lines, standing, wishes.at, is_refused=is_refused, is_foreseen=True)
    return AgendaResult(standing.registration, lines, applied=not is_refused)


def _apply(wishes: Wishes, notify: bool) -> tuple[AgendaResult, Journal]:
    with transaction.atomic(durable=True):
        contact = locks.lock_attendees([wishes.attendee])[wishes.attendee.email]
        event, standing, sessions, journal = _read_under_locks(wishes, contact, notify)
        wishes.check_at(event, standing)
        lines = wishes.decide(event, standing, sessions)
        if wishes.is_refused_whole(lines, standing):
            say_more(lines, standing, wishes.at, is_refused=True, is_foreseen=True)
            transaction.set_rollback(True)
            return AgendaResult(standing.registration, lines, applied=False), journal
        registration = AgendaRows(journal, event, contact, wishes, standing).write(lines)
        journal.write()
        say_more(lines, standing_after(standing, lines, contact, event), wishes.at)
        return wishes.actor.done(AgendaResult(registration, lines, applied=True)), journal


def _with_chosen_pass(standing: Standing, wishes: Wishes) -> Standing:
    """A newcomer's standing with the pass that they choose now (requirements B3)."""
    if standing.registration is not None or wishes.event_pass is None:
        return standing
    opened = sessions_opened_by(wishes.event_pass)
    return replace(standing, event_pass=wishes.event_pass, pass_sessions=opened)


def _read_under_locks(
    wishes: Wishes, contact: Contact, notify: bool
) -> tuple[Event, Standing, dict[int, Session], Journal]:
    """Lock the seat counts, then read every fact that the decision needs."""
    registration = registration_of(contact, wishes.event)
    targets: list[Event | Session | Pass] = [*wishes.add, *wishes.drop]
    included: list[Session] = []
    if registration is None:
        included = included_sessions(wishes.event)
        # Only a registration that is made or ended touches the event's seats; else all sessions share one hot row.
        targets += [wishes.event, *included, *([wishes.event_pass] if wishes.event_pass else [])]
    seats = locks.lock_seats(steps.seats_of(targets))
    event = steps.fresh_event(wishes.event)
    steps.attach_seats(event, seats)
    if registration is None and wishes.event_pass is not None:
        wishes.event_pass.seats = seats[wishes.event_pass.seats_id]
    ids = dict.fromkeys([*(session.pk for session in included), *sorted(wishes.session_ids)])
    fresh = steps.fresh_sessions(ids, event, seats)
    standing = standings_with({contact.pk: registration}, event)[contact.pk]
    standing = _with_chosen_pass(standing, wishes)
    journal = Journal(wishes.actor, wishes.at, seats, notify)
    return event, standing, {pk: fresh[pk] for pk in ids}, journal
