"""Staff add people directly, past capacity too, and it is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import Invalid
from events.models import Contact, Event, Pass, SeatCount
from events.retrying import action
from registrations import locks
from registrations.actions import checks, steps
from registrations.actions.decisions import Decision
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.staff._one_go import Adding
from registrations.queries import included_sessions
from registrations.rules.outcomes import Mode
from registrations.rules.people import Attendee
from registrations.rules.results import PersonLine
from sessions_app.models import Session


@dataclass(frozen=True)
class Go:
    """How one go of adding is carried out."""

    is_preview: bool
    notify: bool
    at: datetime
    mode: Mode = Mode.BEST_EFFORT


@action
def add_to_session(
    session: Session,
    people: Sequence[Attendee],
    *,
    actor: Actor,
    reason: str = "",
    past_capacity: bool = False,
    accept_clash: bool = False,
    past_hard_limit: bool = False,
    override_limits: bool = False,
    override_closed: bool = False,
    complimentary: str = "",
    preview: bool = False,
    notify: bool = True,
    at: datetime | None = None,
) -> list[PersonLine]:
    """Register people in a session on staff's word; return what became of each, in order.

    A person without a registration at the event gets one. With `past_capacity` the capacity stops nobody and
    does not change; those it would have stopped are flagged, with who did it and why. A clash stops all the
    same unless `accept_clash`, which is recorded too, a limit of how many one person may choose unless
    `override_limits`, coming after closing or start unless `override_closed`, and a hard limit unless
    `past_hard_limit`, which needs a permission of its own; none of these implies another. A preview writes nothing.
    Each person added is told once. Whoever gets a pass with a price owes an order of it, or has it `complimentary` for
    this reason. Raises NotPermitted without the permission, Invalid without a reason (an API
    client's is its name) or for an impossible address.
    """
    decision = Decision.of(
        actor,
        reason,
        past_capacity=past_capacity,
        accept_clash=accept_clash,
        past_hard_limit=past_hard_limit,
        override_limits=override_limits,
        override_closed=override_closed,
        complimentary=complimentary,
    )
    go = Go(preview, notify, at or timezone.now())
    return _add([session], session.event, people, None, decision, go)


@action
def add_to_sessions(
    sessions: Sequence[Session],
    person: Attendee,
    event_pass: Pass | None = None,
    *,
    mode: Mode = Mode.BEST_EFFORT,
    actor: Actor,
    reason: str = "",
    past_capacity: bool = False,
    accept_clash: bool = False,
    override_limits: bool = False,
    override_closed: bool = False,
    complimentary: str = "",
    preview: bool = False,
    notify: bool = True,
    at: datetime | None = None,
) -> list[PersonLine]:
    """Register one person in several sessions of one event on staff's word; return what became of each, in order.

    All in one transaction, and told once. The earlier session wins where two clash; else like `add_to_session`,
    with the same refusals. A newcomer comes with the pass, if there is one. In `all_or_nothing` one refused line
    means that no row was changed.
    """
    decision = Decision.of(
        actor,
        reason,
        past_capacity=past_capacity,
        accept_clash=accept_clash,
        override_limits=override_limits,
        override_closed=override_closed,
        complimentary=complimentary,
    )
    event = sessions[0].event
    checks.check_event(event, sessions)
    go = Go(preview, notify, at or timezone.now(), mode)
    return _add(sessions, event, [person], event_pass, decision, go)


@action
def add_all_to_sessions(
    sessions: Sequence[Session],
    people: Sequence[Attendee],
    event_pass: Pass | None = None,
    *,
    actor: Actor,
    reason: str = "",
    past_capacity: bool = False,
    accept_clash: bool = False,
    past_hard_limit: bool = False,
    override_limits: bool = False,
    override_closed: bool = False,
    complimentary: str = "",
    preview: bool = False,
    notify: bool = True,
    at: datetime | None = None,
) -> list[PersonLine]:
    """Register several people in several sessions of one event on staff's word; a line for each person and session.

    Lines stand in the order of the people, and for each of them in that of the sessions, of which the earlier wins
    where two clash. All in one transaction, each person told once; else like `add_to_session`, with the same
    refusals. A newcomer comes with the pass, if there is one.
    """
    decision = Decision.of(
        actor,
        reason,
        past_capacity=past_capacity,
        accept_clash=accept_clash,
        past_hard_limit=past_hard_limit,
        override_limits=override_limits,
        override_closed=override_closed,
        complimentary=complimentary,
    )
    event = sessions[0].event
    checks.check_event(event, sessions)
    return _add(sessions, event, people, event_pass, decision, Go(preview, notify, at or timezone.now()))


@action
def add_to_event(
    event: Event,
    people: Sequence[Attendee],
    event_pass: Pass | None = None,
    *,
    actor: Actor,
    reason: str = "",
    past_capacity: bool = False,
    past_hard_limit: bool = False,
    override_closed: bool = False,
    complimentary: str = "",
    preview: bool = False,
    notify: bool = True,
    at: datetime | None = None,
) -> list[PersonLine]:
    """Register people for an event on staff's word; the twin of `add_to_session`, with the same refusals."""
    decision = Decision.of(
        actor,
        reason,
        past_capacity=past_capacity,
        past_hard_limit=past_hard_limit,
        override_closed=override_closed,
        complimentary=complimentary,
    )
    if event_pass is not None and event_pass.event_id != event.pk:
        raise Invalid(fields={"event_pass": [_("Choose a pass of this event.")]})
    return _add([], event, people, event_pass, decision, Go(preview, notify, at or timezone.now()))


def _add(
    sessions: Sequence[Session],
    event: Event,
    people: Sequence[Attendee],
    event_pass: Pass | None,
    decision: Decision,
    go: Go,
) -> list[PersonLine]:
    decision.check()
    people = list({person.email: person for person in people}.values())
    for person in people:
        person.check()
    targets: list[Event | Session | Pass] = [event, *sessions, *([event_pass] if event_pass else [])]
    if go.is_preview:
        contacts = {c.email: c for c in Contact.objects.filter(email__in=[p.email for p in people])}
        wanted = steps.seats_of(targets) | steps.seats_waited_for(event, contacts)
        seats = {s.pk: s for s in SeatCount.objects.filter(pk__in=wanted)}
        adding = Adding(
            event, sessions, event_pass, decision, Journal(decision.actor, go.at, seats), preview=True
        )
        return adding.run(people, contacts)
    with transaction.atomic(durable=True):
        contacts = locks.lock_attendees(people)
        targets += included_sessions(event)
        wanted = steps.seats_of(targets) | steps.seats_waited_for(event, contacts)
        given_away = decision.complimentary
        seats = locks.lock_seats(wanted)
        journal = Journal(decision.actor, go.at, seats, go.notify, complimentary=given_away)
        lines = Adding(event, sessions, event_pass, decision, journal, preview=False).run(people, contacts)
        if go.mode == Mode.ALL_OR_NOTHING and not all(line.is_success for line in lines):
            transaction.set_rollback(True)
            return lines
        journal.write()
        decision.actor.done(lines)
    settle_after_commit(journal.freed, (), go.at)
    return lines
