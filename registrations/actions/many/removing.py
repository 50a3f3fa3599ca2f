"""Take many people out of an event, or out of one session, in one go: a verdict for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.errors import NotRegistered
from events.models import Contact, Event
from events.retrying import action
from registrations import locks
from registrations.actions import steps
from registrations.actions.endings import end_all, seats_touched
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.many.terms import Terms
from registrations.models import Activity, Notification
from registrations.queries import standings_of
from registrations.rules.outcomes import Outcome
from registrations.rules.standing import Standing
from registrations.rules.verdicts import RowLine, Verdict, Wanted
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Verb = Activity.Verb


@action
def remove_many(
    event: Event,
    wanted: Sequence[Wanted],
    session: Session | None = None,
    *,
    terms: Terms,
    preview: bool = False,
    at: datetime | None = None,
) -> list[Verdict]:
    """Take these people out of the session, or end their registrations at the event; say what became of each.

    One transaction. Who waits leaves the line. Each person is told once; freed seats go to the lines. Who is not there
    gets a verdict that says so. A preview changes nothing.
    """
    at = at or timezone.now()
    addresses = [row.person.email for row in wanted]
    contacts = {one.email: one for one in Contact.objects.filter(email__in=addresses)}
    if preview:
        return _verdicts(wanted, _standings(contacts, event), session)
    with transaction.atomic(durable=True):
        # Without it a claim that saw the registration live would hang a seat on a cancelled one.
        locks.lock_contacts([one.pk for one in contacts.values()])
        standings = _standings(contacts, event)
        verdicts = _verdicts(wanted, standings, session)
        there = [verdict for verdict in verdicts if verdict.is_applied]
        registrations = [one.registration for one in there if one.registration]
        seat_ids = {session.seats_id} if session else seats_touched(registrations)
        journal = Journal(terms.decision.actor, at, locks.lock_seats(seat_ids), terms.notify)
        if session is None:
            end_all(journal, registrations, terms.decision.reason)
        else:
            _leave_all(journal, [standings[one.wanted.person.email] for one in there], session, terms)
        journal.write()
        terms.decision.actor.done(verdicts)
    settle_after_commit(journal.freed, journal.lost_a_seat, at)
    return verdicts


def _standings(contacts: dict[str, Contact], event: Event) -> dict[str, Standing]:
    found = standings_of([one.pk for one in contacts.values()], event) if contacts else {}
    return {email: found[one.pk] for email, one in contacts.items()}


def _verdicts(
    wanted: Sequence[Wanted],
    standings: dict[str, Standing],
    session: Session | None,
) -> list[Verdict]:
    verdicts, done = [], set()
    for row in wanted:
        standing = standings.get(row.person.email, Standing())
        is_there = standing.registration is not None
        if session is not None:
            is_there = session.pk in standing.seats or session.pk in standing.items
        verdict = Verdict(row, registration=standing.registration)
        if is_there and row.person.email not in done:
            verdict.lines, verdict.is_applied = [RowLine(session, Outcome.DROPPED)], True
            done.add(row.person.email)
        else:
            verdict.refusal = NotRegistered(_("Is not registered there"))
        verdicts.append(verdict)
    return verdicts


def _leave_all(journal: Journal, standings: Sequence[Standing], session: Session, terms: Terms) -> None:
    event = steps.fresh_event(session.event)
    session = steps.fresh_sessions([session.pk], event, dict(journal.seats))[session.pk]
    for standing in standings:
        _leave(journal, standing, session, terms.decision.reason)


def _leave(journal: Journal, standing: Standing, session: Session, reason: str) -> None:
    """Give back the person's seat, or end their place in line, and tell them. Needs: contact and seat count."""
    registration = standing.registration
    assert registration is not None
    seat, item = standing.seats.get(session.pk), standing.items.get(session.pk)
    is_waiting = seat is None
    if seat is not None:
        activity = steps.give_back(journal, seat, session, reason=reason)
    else:
        assert item is not None
        item.contact, item.event = registration.contact, session.event
        status, verb = WaitlistItem.Status.REMOVED, Verb.REMOVED_FROM_WAITLIST
        activity = steps.end_item(journal, item, session, status, verb, reason=reason)
    journal.tell(
        Notification.Kind.CANCELLED,
        registration.contact,
        activity,
        session,
        registration=registration,
        payload={
            "reason": reason,
            "by_staff": True,
            "session_ids": [] if is_waiting else [session.pk],
            "everything": False,
            "waitlist": is_waiting,
        },
    )
