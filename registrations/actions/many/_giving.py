"""What rows of people are given once they are decided: noted for the journal, written with it in sets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from events.models import Contact, Event, Pass
from registrations.actions import giving, places
from registrations.actions.decisions import decided_in
from registrations.actions.journal import Journal
from registrations.actions.lines.serving import decide_on_hold
from registrations.actions.many.terms import Terms
from registrations.models import Activity, EventRegistration, Notification
from registrations.rules.doors import Why
from registrations.rules.many import Rules
from registrations.rules.outcomes import Outcome
from registrations.rules.standing import Standing
from registrations.rules.verdicts import RowLine, Verdict
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Verb = Activity.Verb
Kind = Notification.Kind
Registration = EventRegistration.Status
_PAYLOAD = {
    Outcome.REGISTERED: "session_ids",
    Outcome.WAITLISTED: "waitlisted_session_ids",
    Outcome.ON_HOLD: "on_hold_session_ids",
}


class Giving:
    """One go of many people, as far as something is given. Needs: the contacts and the seat counts."""

    terms: Terms
    event: Event
    rules: Rules
    journal: Journal
    contacts: dict[str, Contact]
    included: list[Session]
    # How many wait in each line, by its seat count.
    lengths: Counter[int]
    # Who stood in line before, to be told the place that they have then.
    in_line: list[tuple[RowLine, WaitlistItem]]

    def give(self, verdict: Verdict, standing: Standing, event_pass: Pass | None) -> None:
        """Note everything that the row is given, and that the person is told of it once."""
        first, orders = len(self.journal.activities), len(self.journal.owed)
        own, of_all = verdict.wanted.complimentary, self.terms.decision.complimentary
        self.journal.complimentary = own or of_all
        status = standing.registration.status if standing.registration else None
        contact = self._contact(verdict)
        registration = self._registration(verdict, standing, event_pass, contact)
        verdict.registration = standing.registration = registration
        for line in verdict.lines:
            self._line(verdict, line, registration, standing)
        is_confirmed = registration.status == Registration.CONFIRMED
        said = self._said(verdict, event_pass)
        if status is None and is_confirmed and self.rules.by_staff:
            said["session_ids"] += self._give_included(verdict, registration, standing)
        elif status == Registration.WAITLISTED and is_confirmed:
            verdict.has_changed_others = True
            said |= _added(said, decide_on_hold(self.journal, self.event, standing))
        verdict.order = next((one.order for one in self.journal.owed[orders:]), None)
        self._tell(verdict, registration, said, first)

    def _contact(self, verdict: Verdict) -> Contact:
        person = verdict.wanted.person
        if person.email not in self.contacts:
            # Of a forecast: nobody is made.
            self.contacts[person.email] = Contact(
                email=person.email, first_name=person.first_name, last_name=person.last_name
            )
        return self.contacts[person.email]

    def _registration(
        self, verdict: Verdict, standing: Standing, event_pass: Pass | None, contact: Contact
    ) -> EventRegistration:
        waits = any(
            line.outcome == Outcome.ON_HOLD or (line.session is None and line.outcome == Outcome.WAITLISTED)
            for line in verdict.lines
        )
        existing = standing.registration
        if existing is None:
            verdict.is_new = True
            return self._open(verdict, contact, event_pass, waits=waits)
        self.journal.answers_given += giving.answers_of(existing, verdict.wanted.person)
        if existing.status == Registration.WAITLISTED and not waits:
            self._confirm(verdict, existing, standing, event_pass)
        return existing

    def _open(
        self, verdict: Verdict, contact: Contact, event_pass: Pass | None, *, waits: bool
    ) -> EventRegistration:
        is_over = not waits and not self._has_seat_of_event(event_pass)
        registration = giving.open_registration(
            self.journal,
            self.event,
            contact,
            verdict.wanted.person,
            waitlisted=waits,
            by_newcomer=not is_over,
            is_past_capacity=is_over,
            reason=self.terms.decision.reason if is_over or self.terms.decision.is_any else "",
            detail=self._decided_of_event(verdict),
        )
        if waits:
            how = verdict.wanted.automatically_register
            self._enqueue(verdict, None, contact, automatically_register=how, event_pass=event_pass)
        elif event_pass is not None:
            giving.issue_pass(self.journal, registration, event_pass, by_newcomer=not is_over)
        return registration

    def _confirm(
        self, verdict: Verdict, registration: EventRegistration, standing: Standing, event_pass: Pass | None
    ) -> None:
        """Give a person who waits for the event its seat, and the pass with which they waited."""
        is_over = not self._has_seat_of_event(event_pass)
        giving.confirm_registration(
            self.journal,
            registration,
            self.event,
            standing.items.pop(None, None),
            event_pass,
            verb=Verb.ADDED_PAST_CAPACITY if is_over else Verb.REGISTERED,
            reason=self.terms.decision.reason,
            is_past_capacity=is_over,
            detail=self._decided_of_event(verdict),
        )

    def _has_seat_of_event(self, event_pass: Pass | None) -> bool:
        limits = [self.event.seats, *([event_pass.seats] if event_pass else [])]
        return all(seats.has_seat_for_newcomer for seats in limits)

    def _decided_of_event(self, verdict: Verdict) -> dict[str, object]:
        """What the ledger keeps of the event's own seat; of a session's, its own entry says it."""
        past = [one for line in verdict.lines for one in line.overlooked if one.about != line.session]
        return decided_in(past, self.terms.decision.overlooks)

    def _line(
        self, verdict: Verdict, line: RowLine, registration: EventRegistration, standing: Standing
    ) -> None:
        session = line.session
        if session is None:
            item = standing.items.get(None)
            if line.outcome == Outcome.WAITLISTED and not verdict.is_new and item is not None:
                self.in_line.append((line, item))
            elif line.outcome == Outcome.WAITLISTED:
                line.position = self.lengths[self.event.seats_id]
        elif line.outcome == Outcome.REGISTERED:
            self._seat(verdict, line, session, registration, standing)
        elif line.outcome in {Outcome.WAITLISTED, Outcome.ON_HOLD}:
            self._wait(verdict, line, session, registration, standing)

    def _seat(
        self,
        verdict: Verdict,
        line: RowLine,
        session: Session,
        registration: EventRegistration,
        standing: Standing,
    ) -> None:
        is_over = line.is_past_capacity
        item = standing.items.get(session.pk)
        if item is not None:
            verdict.has_changed_others = True
            self.lengths[session.seats_id] -= item.status == WaitlistItem.Status.WAITING
        decision = self.terms.decision
        seat, _activity = giving.give_seat(
            self.journal,
            session,
            registration,
            standing,
            verb=Verb.ADDED_PAST_CAPACITY if is_over else Verb.REGISTERED,
            by_newcomer=not is_over,
            reason=decision.reason if decision.is_any else "",
            detail=decided_in(line.overlooked, decision.overlooks),
            is_past_capacity=is_over,
            overlap_accepted=any(one.why == Why.CONFLICT for one in line.overlooked),
        )
        standing.items.pop(session.pk, None)
        verdict.seats.append(seat)

    def _wait(
        self,
        verdict: Verdict,
        line: RowLine,
        session: Session,
        registration: EventRegistration,
        standing: Standing,
    ) -> None:
        item = standing.items.get(session.pk)
        if item is not None:
            # Without an id it was put there by an earlier row of this very go.
            self.in_line += [(line, item)] if item.pk else []
            return
        on_hold = line.outcome == Outcome.ON_HOLD
        how = None if line.is_included else verdict.wanted.automatically_register
        item = self._enqueue(
            verdict, session, registration.contact, on_hold=on_hold, automatically_register=how
        )
        standing.items[session.pk], standing.waited_for[session.pk] = item, session
        if not on_hold:
            line.position = self.lengths[session.seats_id]

    def _enqueue(
        self, verdict: Verdict, session: Session | None, contact: Contact, **how: object
    ) -> WaitlistItem:
        target = session or self.event
        item, _activity = places.enqueue(self.journal, target, contact, **how)  # type: ignore[arg-type]
        self.lengths[target.seats_id] += item.status == WaitlistItem.Status.WAITING
        verdict.items.append(item)
        return item

    def _give_included(
        self, verdict: Verdict, registration: EventRegistration, standing: Standing
    ) -> list[int]:
        """Give a newcomer of staff's the included sessions that they were not added to."""
        own = {session.pk for session in verdict.wanted.sessions}
        rest = [session for session in self.included if session.pk not in own]
        seats, items = len(self.journal.seats_given), len(self.journal.items_opened)
        given = giving.give_included(self.journal, registration, rest, standing, by_staff=True)
        verdict.seats += self.journal.seats_given[seats:]
        verdict.items += self.journal.items_opened[items:]
        for item in self.journal.items_opened[items:]:
            self.lengths[item.seats_id] += 1
        return given

    def _said(self, verdict: Verdict, event_pass: Pass | None) -> dict[str, list[int]]:
        said: dict[str, list[int]] = defaultdict(list)
        for line in verdict.lines:
            if line.session is not None:
                said[_PAYLOAD.get(line.outcome, "")].append(line.session.pk)
        return {
            **{name: said[name] for name in _PAYLOAD.values()},
            **({"pass_id": event_pass.pk} if event_pass and verdict.is_new else {}),  # type: ignore[dict-item]
        }

    def _tell(
        self, verdict: Verdict, registration: EventRegistration, said: dict[str, list[int]], first: int
    ) -> None:
        """One mail for the whole row, where anything changed."""
        if len(self.journal.activities) == first:
            return
        is_waiting = registration.status == Registration.WAITLISTED
        is_given = (verdict.is_new and not is_waiting) or said["session_ids"]
        self.journal.tell(
            Kind.REGISTERED if is_given else Kind.WAITLISTED,
            registration.contact,
            self.journal.activities[first],
            self.event,
            registration=registration,
            payload=dict(said),
        )


def _added(said: dict[str, list[int]], more: Mapping[str, object]) -> dict[str, list[int]]:
    """What the mail says with what the wishes on hold became."""
    return {name: [*said.get(name, []), *ids] for name, ids in more.items()}  # type: ignore[misc]
