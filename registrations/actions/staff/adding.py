"""Staff add people directly, past capacity too, and it is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from registrations.rules.people import Attendee
from registrations.rules.results import PersonLine
from sessions_app.models import Session
from waitlists.models import WaitlistItem


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
    preview: bool = False,
    notify: bool = True,
    at: datetime | None = None,
) -> list[PersonLine]:
    """Register people in a session on staff's word; return what became of each, in order.

    A person without a registration at the event gets one. With `past_capacity` the capacity stops nobody and
    does not change; those it would have stopped are flagged, with who did it and why. A clash stops all the
    same unless `accept_clash`, which is recorded too, a limit of how many one person may choose unless
    `override_limits`, and a hard limit unless `past_hard_limit`, which needs a permission of its own; none of these
    implies another. A preview writes nothing. Each person added is told once. Raises NotPermitted without
    the permission, Invalid without a reason (an API client's is its name) or for an impossible address.
    """
    chosen = (past_capacity, accept_clash, past_hard_limit, override_limits)
    decision = Decision(actor, actor.reason_for(reason), *chosen)
    return _add([session], session.event, people, None, decision, preview, notify, at or timezone.now())


@action
def add_to_sessions(
    sessions: Sequence[Session],
    person: Attendee,
    event_pass: Pass | None = None,
    *,
    actor: Actor,
    reason: str = "",
    past_capacity: bool = False,
    override_limits: bool = False,
    preview: bool = False,
    notify: bool = True,
    at: datetime | None = None,
) -> list[PersonLine]:
    """Register one person in several sessions of one event on staff's word; return what became of each, in order.

    All in one transaction, and told once. The earlier session wins where two clash; else like `add_to_session`,
    with the same refusals. A newcomer comes with the pass, if there is one.
    """
    reason = actor.reason_for(reason)
    decision = Decision(actor, reason, past_capacity, False, override_limits=override_limits)
    event = sessions[0].event
    checks.check_event(event, sessions)
    return _add(sessions, event, [person], event_pass, decision, preview, notify, at or timezone.now())


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
    preview: bool = False,
    notify: bool = True,
    at: datetime | None = None,
) -> list[PersonLine]:
    """Register people for an event on staff's word; the twin of `add_to_session`, with the same refusals."""
    decision = Decision(actor, actor.reason_for(reason), past_capacity, False, past_hard_limit)
    if event_pass is not None and event_pass.event_id != event.pk:
        raise Invalid(fields={"event_pass": [_("Choose a pass of this event.")]})
    return _add([], event, people, event_pass, decision, preview, notify, at or timezone.now())


def _add(
    sessions: Sequence[Session],
    event: Event,
    people: Sequence[Attendee],
    event_pass: Pass | None,
    decision: Decision,
    preview: bool,
    notify: bool,
    at: datetime,
) -> list[PersonLine]:
    decision.check()
    people = list({person.email: person for person in people}.values())
    for person in people:
        person.check()
    targets: list[Event | Session | Pass] = [event, *sessions, *([event_pass] if event_pass else [])]
    if preview:
        contacts = {c.email: c for c in Contact.objects.filter(email__in=[p.email for p in people])}
        wanted = steps.seats_of(targets) | _seats_waited_for(event, contacts)
        seats = {s.pk: s for s in SeatCount.objects.filter(pk__in=wanted)}
        adding = Adding(
            event, sessions, event_pass, decision, Journal(decision.actor, at, seats), preview=True
        )
        return adding.run(people, contacts)
    with transaction.atomic(durable=True):
        contacts = locks.lock_attendees(people)
        targets += included_sessions(event)
        wanted = steps.seats_of(targets) | _seats_waited_for(event, contacts)
        journal = Journal(decision.actor, at, locks.lock_seats(wanted), notify)
        lines = Adding(event, sessions, event_pass, decision, journal, preview=False).run(people, contacts)
        journal.write()
        decision.actor.done(lines)
    settle_after_commit(journal.freed, (), at)
    return lines


def _seats_waited_for(event: Event, contacts: Mapping[str, Contact]) -> set[int]:
    """The seat counts of what these contacts get with the event's seat: the pass they chose, wishes on hold."""
    people = [contact.pk for contact in contacts.values()]
    items = WaitlistItem.objects.open().filter(event=event, contact_id__in=people)
    passes = items.filter(session=None).exclude(event_pass=None)
    on_hold = items.filter(status=WaitlistItem.Status.ON_HOLD)
    return {
        *passes.values_list("event_pass__seats_id", flat=True),
        *on_hold.values_list("seats_id", flat=True),
    }
