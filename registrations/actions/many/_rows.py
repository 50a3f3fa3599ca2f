"""Rows of people on their way into the database: decided one after the other, written in sets.

Nothing is read or written for a single row. A forecast is the same without locks and without the writing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from events.errors import Invalid
from events.models import Contact, Event, Pass, SeatCount
from registrations.actions import steps
from registrations.actions.journal import Journal
from registrations.actions.many._giving import Giving
from registrations.actions.many.terms import Terms
from registrations.queries import included_sessions, positions, sessions_opened_by, standings_of
from registrations.rules.many import Rules
from registrations.rules.outcomes import Mode, Outcome
from registrations.rules.standing import Standing
from registrations.rules.verdicts import Verdict, Wanted
from sessions_app.models import Session
from waitlists.models import WaitlistItem

_REGISTERING = {Outcome.REGISTERED, Outcome.WAITLISTED, Outcome.ON_HOLD}
Lock = Callable[[Collection[int]], dict[int, SeatCount]]


class Rows(Giving):
    """Rows of people of one event. Needs: the contacts, where it is no forecast; `lock` locks the seat counts."""

    def __init__(
        self,
        event: Event,
        wanted: Sequence[Wanted],
        contacts: Mapping[str, Contact],
        terms: Terms,
        at: datetime,
        lock: Lock,
    ) -> None:
        self.terms, self.contacts, self.at = terms, dict(contacts), at
        included = included_sessions(event)
        sessions = {session.pk: session for row in wanted for session in row.sessions}
        passes = {row.event_pass.pk: row.event_pass for row in wanted if row.event_pass}
        targets: list[Event | Session | Pass] = [event, *included, *sessions.values(), *passes.values()]
        stored = {contact.email: contact for contact in contacts.values() if contact.pk}
        seats = lock(steps.seats_of(targets) | steps.seats_waited_for(event, stored))
        self.event = steps.fresh_event(event)
        steps.attach_seats(self.event, seats)
        self.sessions = steps.fresh_sessions({*sessions, *(one.pk for one in included)}, self.event, seats)
        self.included = [self.sessions[one.pk] for one in included]
        self.passes = {pk: (one, sessions_opened_by(one)) for pk, one in passes.items()}
        for one in passes.values():
            one.seats = seats[one.seats_id]
        self.asks_for_pass = self._offers_passes()
        by_staff = terms.decision.actor.is_staff
        self.rules = Rules(self.event, terms.door, at, terms.wait, by_staff)
        given_away = terms.decision.complimentary
        self.journal = Journal(
            terms.decision.actor, at, seats, terms.notify, in_sets=True, complimentary=given_away
        )
        found = standings_of([contact.pk for contact in stored.values()], self.event)
        self.standings = defaultdict(Standing, {email: found[one.pk] for email, one in stored.items()})
        self.lengths = _lengths_of(steps.seats_of([self.event, *self.sessions.values()]))
        self.in_line = []

    def _offers_passes(self) -> bool:
        """True where somebody new has to come with a pass; staff are not bound by it."""
        if self.terms.decision.actor.is_staff:
            return False
        is_asked = self.event.passes_with_agenda or not self.event.allow_custom_agenda
        return is_asked and self.event.passes.offered().exists()

    def run(self, wanted: Sequence[Wanted]) -> list[Verdict]:
        """Decide the rows in their order, and note what each needs to be written."""
        verdicts = [self._one(row) for row in wanted]
        places_now = positions(item for _line, item in self.in_line)
        for line, item in self.in_line:
            line.position = places_now.get(item.pk)
        return verdicts

    def _one(self, row: Wanted) -> Verdict:
        standing = self.standings[row.person.email]
        verdict = Verdict(row, registration=standing.registration)
        is_new = standing.registration is None
        sessions = [self.sessions[session.pk] for session in row.sessions]
        verdict.refusal = self.rules.refusal_of(standing, sessions) or self._refusal_of_pass(row, is_new)
        if verdict.refusal is not None:
            return verdict
        event_pass, before = self._pass_for(row, standing), standing
        if is_new and event_pass is not None:
            standing.event_pass, standing.pass_sessions = event_pass, self.passes[event_pass.pk][1]
        # Everybody's own come first for whoever chooses; what staff wish for somebody goes before.
        first = self.included if is_new and not self.rules.by_staff else []
        verdict.lines = self.rules.lines_of(standing, sessions, first, event_pass)
        if self._is_refused(verdict, is_new):
            if is_new:
                self.standings.pop(row.person.email)
            return verdict
        verdict.is_applied = True
        self.give(verdict, before, event_pass)
        return verdict

    def _refusal_of_pass(self, row: Wanted, is_new: bool) -> Invalid | None:
        if row.event_pass is None and is_new and self.asks_for_pass:
            return Invalid(fields={"event_pass": [_("Choose a pass.")]})
        return None

    def _is_refused(self, verdict: Verdict, is_new: bool) -> bool:
        """True when nothing of the row may be changed: one line refused of all or nothing, or nothing to be had."""
        chosen = [line for line in verdict.lines if not line.is_included]
        if self.terms.mode == Mode.ALL_OR_NOTHING and not verdict.is_success:
            return True
        if is_new:
            return not any(line.outcome in _REGISTERING for line in chosen)
        return not any(line.is_success for line in chosen)

    def _pass_for(self, row: Wanted, standing: Standing) -> Pass | None:
        """The pass that the row names, else the one with which the person waits for the event."""
        item = standing.items.get(None)
        event_pass = row.event_pass or (item.event_pass if item else None)
        if event_pass is not None and event_pass.seats_id in self.journal.seats:
            event_pass.seats = self.journal.seats[event_pass.seats_id]
        return event_pass


def _lengths_of(seat_ids: Collection[int]) -> Counter[int]:
    """How many wait in each line, passed over or not."""
    waiting = WaitlistItem.objects.waiting().filter(seats__in=seat_ids).order_by()
    return Counter(dict(waiting.values_list("seats").annotate(number=Count("pk"))))
