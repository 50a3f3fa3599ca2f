"""One go of adding people on staff's word: what becomes of each, and the rows. Called by `staff`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from events.models import Contact, Event, Pass, SeatCount
from registrations import rules
from registrations.actions import giving, steps
from registrations.actions.decisions import Decision, decided_in
from registrations.actions.journal import Journal
from registrations.actions.lines.serving import decide_on_hold
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.queries import included_sessions, standings_of
from registrations.rules.doors import Door, Why, staff_adding
from registrations.rules.outcomes import Outcome
from registrations.rules.people import Attendee
from registrations.rules.reasons import Reason
from registrations.rules.results import PersonLine
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Verb = Activity.Verb
Kind = Notification.Kind


class Adding:
    """One go of adding people, under locks (or, for a preview, on figures that nobody else sees)."""

    def __init__(
        self,
        event: Event,
        sessions: Sequence[Session],
        event_pass: Pass | None,
        decision: Decision,
        journal: Journal,
        *,
        preview: bool,
    ) -> None:
        seats = dict(journal.seats)
        self.journal, self.decision, self.preview = journal, decision, preview
        self.event = steps.fresh_event(event)
        steps.attach_seats(self.event, seats)
        fresh = steps.fresh_sessions([session.pk for session in sessions], self.event, seats)
        # One after the other; None where people are added to the event itself.
        self.turns: list[Session | None] = [fresh[session.pk] for session in sessions] or [None]
        self.session: Session | None = None
        self.included = [] if preview else self._included(seats)
        self.event_pass = event_pass
        # Those of a preview who would have left their invitations.
        self.counted_out: set[int] = set()

    def _included(self, seats: dict[int, SeatCount]) -> list[Session]:
        """The included sessions whose seat counts are locked, the one to be added to apart."""
        wanted = [session.pk for session in included_sessions(self.event)]
        sessions = steps.fresh_sessions(wanted, self.event, seats)
        own = {session.pk for session in self.turns if session}
        return [sessions[pk] for pk in wanted if pk not in own and sessions[pk].seats_id in seats]

    def run(self, people: Sequence[Attendee], contacts: dict[str, Contact]) -> list[PersonLine]:
        """Add each person in the order given: one line for each session, or for the event itself."""
        standings = standings_of([contact.pk for contact in contacts.values()], self.event)
        lines = []
        for person in people:
            contact = contacts.get(person.email)
            standing = standings[contact.pk] if contact else Standing()
            lines += self._add(person, contact, standing)
        return lines

    def _add(self, person: Attendee, contact: Contact | None, standing: Standing) -> list[PersonLine]:
        """Give one person what can be given, then what comes with it, and tell of the whole once."""
        before, event_pass = len(self.journal.activities), self._pass_for(standing)
        status = standing.registration.status if standing.registration else None
        lines, given = [], []
        for session in self.turns:
            self.session = session
            line = self._decide(person, standing)
            line.session = session
            lines.append(line)
            if line.outcome == Outcome.REGISTERED:
                self._give(line, contact, standing)
                given += [session.pk] if session else []
        registration = standing.registration
        if len(self.journal.activities) > before and contact is not None and registration is not None:
            payload = self._give_what_comes_with_it(registration, standing, status)
            payload["session_ids"] = [*given, *payload["session_ids"]]
            payload["pass_id"] = event_pass.pk if event_pass else None
            cause = self.journal.activities[before]
            self.journal.tell(
                Kind.REGISTERED, contact, cause, self.event, registration=registration, payload=payload
            )
        return lines

    def _decide(self, person: Attendee, standing: Standing) -> PersonLine:
        registration = standing.registration
        is_confirmed = registration is not None and registration.status == registration.Status.CONFIRMED
        refused, overlooked = rules.judged(self._reasons(standing, is_confirmed), self._door)
        if any(reason.why == Why.GONE for reason in refused):
            return PersonLine(person, Outcome.NOT_LIVE, registration, refused)
        if (self.session is None and is_confirmed) or (self.session and self.session.pk in standing.seats):
            return PersonLine(person, Outcome.ALREADY, registration)
        outcome = refused[0].outcome if refused else Outcome.REGISTERED
        line = PersonLine(person, outcome, registration, refused, overlooked)
        if outcome != Outcome.CONFLICT:
            line.over_by = self._over_by()
        return line

    @property
    def _door(self) -> Door:
        decision = self.decision
        return staff_adding(decision.overlooks, by_staff=decision.actor.is_staff)

    def _reasons(self, standing: Standing, is_confirmed: bool) -> Iterator[Reason]:
        """The one list: of the event where the person has no seat of it yet, then of the session."""
        at = self.journal.at
        if not is_confirmed:
            yield from rules.refusals_at_event(self.event, self._pass_for(standing), at=at)
        if self.session is not None:
            yield from rules.refusals_to_seat(self.session, standing, standing.held_sessions, at=at)

    def _limits_of_event(self, standing: Standing) -> list[SeatCount]:
        """What a registration at the event takes a seat of: the event, and the pass it comes with."""
        event_pass = self._pass_for(standing)
        return [self.event.seats, *([event_pass.seats] if event_pass else [])]

    def _pass_for(self, standing: Standing) -> Pass | None:
        """The pass that staff chose, else the one with which the person waits for the event."""
        item = standing.items.get(None)
        event_pass = self.event_pass or (item.event_pass if item else None)
        if event_pass is not None:
            event_pass.seats = self.journal.seats[event_pass.seats_id]
        return event_pass

    def _over_by(self) -> int:
        """By how many the seats taken would exceed the capacity with one more."""
        seats = self.session.seats if self.session else self.event.seats
        return 0 if seats.capacity is None else max(0, seats.taken + 1 - seats.capacity)

    def _give(self, line: PersonLine, contact: Contact | None, standing: Standing) -> None:
        if self.preview or contact is None:
            self._count_only(standing)
            return
        line.registration = standing.registration = self._registration(line, contact, standing)
        if self.session is not None:
            self._seat(line, line.registration, standing)

    def _give_what_comes_with_it(
        self, registration: EventRegistration, standing: Standing, status: str | None
    ) -> dict[str, Any]:
        """Give a newcomer the included sessions, and decide the wishes of somebody who waited for the event."""
        if status is None:
            given = giving.give_included(self.journal, registration, self.included, standing, by_staff=True)
            return {"session_ids": given}
        if status == EventRegistration.Status.WAITLISTED:
            return decide_on_hold(self.journal, self.event, standing)
        return {"session_ids": []}

    def _count_only(self, standing: Standing) -> None:
        """Let the preview's next line find the figures, and the person, as this one would leave them."""
        registration = standing.registration
        if registration is None or registration.status == EventRegistration.Status.WAITLISTED:
            for seats in self._limits_of_event(standing):
                seats.taken += 1
            self._count_out(standing.items.get(None), self.event)
            standing.registration = EventRegistration(
                event=self.event, status=EventRegistration.Status.CONFIRMED
            )
        if self.session is not None:
            self.session.seats.taken += 1
            self._count_out(standing.items.get(self.session.pk), self.session)
            standing.seats[self.session.pk] = SessionRegistration(session=self.session)

    def _count_out(self, item: WaitlistItem | None, target: Event | Session) -> None:
        if item is None:
            return
        target.seats.waiting -= rules.weight(item, target)
        self.counted_out.add(item.pk)
        slot = item.invitation_slot_id
        # What an order holds it goes on holding.
        is_ordered = item.invitation_slot is not None and item.invitation_slot.ordered_at is not None
        if slot and not is_ordered and not _invited_for(slot).exclude(pk__in=self.counted_out).exists():
            target.seats.held -= 1

    def _registration(self, line: PersonLine, contact: Contact, standing: Standing) -> EventRegistration:
        existing = standing.registration
        if existing is not None:
            giving.save_responses(existing, line.attendee)
            if existing.status == EventRegistration.Status.WAITLISTED:
                self._confirm(line, existing, standing)
            return existing
        event_pass = self._pass_for(standing)
        is_over = not all(seats.has_seat_for_newcomer for seats in self._limits_of_event(standing))
        registration = giving.open_registration(
            self.journal,
            self.event,
            contact,
            line.attendee,
            by_newcomer=not is_over,
            is_past_capacity=is_over,
            reason=self.decision.reason,
            detail=self._decided_of_event(line),
        )
        if event_pass is not None:
            giving.issue_pass(self.journal, registration, event_pass, by_newcomer=not is_over)
        return registration

    def _confirm(self, line: PersonLine, registration: EventRegistration, standing: Standing) -> None:
        """Give a person who waits for the event its seat, and the pass with which they waited."""
        is_over = not all(seats.has_seat_for_newcomer for seats in self._limits_of_event(standing))
        giving.confirm_registration(
            self.journal,
            registration,
            self.event,
            standing.items.get(None),
            self._pass_for(standing),
            verb=Verb.ADDED_PAST_CAPACITY if is_over else Verb.REGISTERED,
            reason=self.decision.reason,
            is_past_capacity=is_over,
            detail=self._decided_of_event(line),
        )

    def _decided_of_event(self, line: PersonLine) -> dict[str, Any]:
        """What the ledger keeps of the event's own seat; of a session's, its own entry says it."""
        return decided_in(
            [reason for reason in line.overlooked if reason.about != self.session], self.decision.overlooks
        )

    def _seat(self, line: PersonLine, registration: EventRegistration, standing: Standing) -> None:
        session = self.session
        assert session is not None
        is_over = line.is_past_capacity_of(session)
        giving.give_seat(
            self.journal,
            session,
            registration,
            standing,
            verb=Verb.ADDED_PAST_CAPACITY if is_over else Verb.REGISTERED,
            by_newcomer=not is_over,
            reason=self.decision.reason,
            detail=decided_in(line.overlooked, self.decision.overlooks),
            is_past_capacity=is_over,
            overlap_accepted=bool(line.conflicts_with),
        )


def _invited_for(slot_id: int) -> QuerySet[WaitlistItem]:
    return WaitlistItem.objects.invited().filter(invitation_slot=slot_id)
