"""The rows that decided agenda lines become. Needs: the contact and the seat counts of all lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from events.actors import ATTENDEE
from events.models import Contact, Event
from registrations import rules
from registrations.actions import giving, places, steps
from registrations.actions.claims._asked import AskedAgenda
from registrations.actions.decisions import decided_in
from registrations.actions.journal import Journal
from registrations.actions.lines.serving import decide_on_hold
from registrations.models import Activity, EventRegistration, Notification
from registrations.rules.doors import ACCEPT_CLASH, Why, claiming
from registrations.rules.outcomes import Outcome
from registrations.rules.reasons import Reason
from registrations.rules.results import Line
from registrations.rules.standing import Standing
from waitlists.models import WaitlistItem

Verb = Activity.Verb
Kind = Notification.Kind


# What is worth a mail of somebody's own change.
_TOLD = (Outcome.REGISTERED, Outcome.WAITLISTED, Outcome.ON_HOLD, Outcome.DROPPED)


@dataclass
class AgendaRows:
    """One decided agenda on its way into the database."""

    journal: Journal
    event: Event
    contact: Contact
    asked: AskedAgenda
    standing: Standing
    # How many lines the ledger had before this agenda's: of several people's agendas each has its own cause.
    first: int = 0

    def write(self, lines: list[Line]) -> EventRegistration:
        """Write what the lines say and one mail for the whole; return the registration, made if need be."""
        self.first = len(self.journal.activities)
        is_new = self.standing.registration is None
        registration = self.standing.registration or self._register(lines)
        if not is_new:
            giving.save_responses(registration, self.asked.attendee)
        for line in lines:
            if line.outcome == Outcome.DROPPED:
                self._drop(line)
        given = [line for line in lines if line.outcome == Outcome.REGISTERED]
        is_confirmed = bool(given) and self.asked.may_confirm(registration)
        if is_confirmed:
            self._confirm(registration, lines)
        self._seat(given, registration)
        wishes = decide_on_hold(self.journal, self.event, self.standing) if is_confirmed else {}
        for line in lines:
            if line.outcome in {Outcome.WAITLISTED, Outcome.ON_HOLD}:
                self._enqueue(line)
        self._tell(registration, lines, wishes, is_new=is_new)
        return registration

    def _register(self, lines: list[Line]) -> EventRegistration:
        """Make the registration; with the event full the person waits for it, the wishes on hold."""
        waits = any(line.outcome == Outcome.ON_HOLD for line in lines)
        is_over = bool(self._overlooked_of_event(lines, Why.FULL))
        registration = giving.open_registration(
            self.journal,
            self.event,
            self.contact,
            self.asked.attendee,
            waitlisted=waits,
            by_newcomer=not is_over,
            is_past_capacity=is_over,
            registered_by=self.asked.registered_by,
            **self._decided(self._overlooked_of_event(lines)),
        )
        event_pass = self.asked.event_pass if self.event.passes_with_agenda else None
        if waits:
            places.enqueue(
                self.journal,
                self.event,
                self.contact,
                automatically_register=self.asked.automatically_register,
                event_pass=event_pass,
            )
        elif event_pass is not None:
            giving.issue_pass(self.journal, registration, event_pass, by_newcomer=True)
        return registration

    def _overlooked_of_event(self, lines: Iterable[Line], *whys: Why) -> list[Reason]:
        """What the lines go past at the event itself, of these reasons or of all."""
        found = (one for line in lines for one in line.overlooked if one.about == self.event)
        return [one for one in found if one.why in (whys or Why)]

    def _confirm(self, registration: EventRegistration, lines: Iterable[Line]) -> None:
        """Give somebody who waits for the event its seat, with the pass waited with.

        Raises HardLimit for that pass. Needs, besides: the seat counts of the event and of the pass.
        """
        item = self.standing.items.get(None)
        event_pass = item.event_pass if item else None
        if event_pass is not None:
            event_pass.seats = self.journal.seats[event_pass.seats_id]
            door = claiming(self.asked.decided, by_staff=self.asked.actor.is_staff)
            rules.check(rules.refusals_of_pass(event_pass, self.journal.at), door)
        is_over = bool(self._overlooked_of_event(lines, Why.FULL))
        giving.confirm_registration(
            self.journal,
            registration,
            self.event,
            item,
            event_pass,
            verb=Verb.ADDED_PAST_CAPACITY if is_over else Verb.REGISTERED,
            is_past_capacity=is_over,
            **({"reason": self.asked.reason} | self._decided(self._overlooked_of_event(lines))),
        )

    def _drop(self, line: Line) -> None:
        seat = self.standing.seats.get(line.session.pk)
        if seat is not None:
            steps.give_back(self.journal, seat, line.session)
        item = self.standing.items.get(line.session.pk)
        if item is not None:
            steps.end_item(
                self.journal, item, line.session, WaitlistItem.Status.WITHDRAWN, Verb.LEFT_WAITLIST
            )

    def _enqueue(self, line: Line) -> None:
        if line.session.pk not in self.standing.items:
            self.standing.items[line.session.pk], _activity = places.enqueue(
                self.journal,
                line.session,
                self.contact,
                automatically_register=self.asked.automatically_register,
                when_clashing=self.asked.when_clashing,
                on_hold=line.outcome == Outcome.ON_HOLD,
                together=self.asked.links.get(line.session.pk),
                **self._decided(line.overlooked),
            )

    def _seat(self, lines: list[Line], registration: EventRegistration) -> None:
        for line in lines:
            is_over = line.is_past_capacity
            giving.give_seat(
                self.journal,
                line.session,
                registration,
                self.standing,
                verb=Verb.ADDED_PAST_CAPACITY if is_over else Verb.REGISTERED,
                by_newcomer=not is_over,
                is_past_capacity=is_over,
                overlap_accepted=any(one.why in ACCEPT_CLASH for one in line.overlooked),
                **self._decided(line.overlooked, is_over=is_over),
            )

    def _decided(self, overlooked: Iterable[Reason], *, is_over: bool = False) -> dict[str, Any]:
        """What the ledger keeps of what was decided past; nothing where it was not needed."""
        detail = decided_in(overlooked, self.asked.decided)
        return {"reason": self.asked.reason, "detail": detail} if detail or is_over else {}

    def _said(self, lines: list[Line], *, is_own_change: bool) -> dict[Outcome, list[int]]:
        """The sessions of which the mail tells, by what became of them."""
        said: dict[Outcome, list[int]] = defaultdict(list)
        for line in lines:
            is_left_line = line.outcome == Outcome.DROPPED and line.session.pk not in self.standing.seats
            if not (is_own_change and is_left_line):
                said[line.outcome].append(line.session.pk)
        return said

    def _tell(
        self,
        registration: EventRegistration,
        lines: list[Line],
        wishes: Mapping[str, Any],
        *,
        is_new: bool,
    ) -> None:
        """One mail for the whole: what was got, also of wishes on hold, or that everything was only given up.

        Whoever only leaves a line, by their own hand, had no seat to be told of.
        """
        if len(self.journal.activities) == self.first:
            return
        is_own_change = not is_new and self.asked.actor is ATTENDEE
        said = self._said(lines, is_own_change=is_own_change)
        if is_own_change and not any(said[outcome] for outcome in _TOLD):
            return
        payload = _payload(said, wishes) | ({"is_by_registrar": True} if self.asked.registered_by else {})
        if is_new or said[Outcome.REGISTERED]:
            is_waiting = registration.status == registration.Status.WAITLISTED
            kind = Kind.WAITLISTED if is_waiting else Kind.REGISTERED
        elif said[Outcome.WAITLISTED] or said[Outcome.ON_HOLD]:
            kind = Kind.WAITLISTED
        else:
            kind = Kind.CANCELLED
            dropped = said[Outcome.DROPPED]
            payload = {"session_ids": dropped, "reason": "", "by_staff": False, "everything": False}
        cause = self.journal.activities[self.first]
        self.journal.tell(
            kind,
            self.contact,
            cause,
            self.event,
            registration=registration,
            payload=payload,
            is_gathered=is_own_change,
        )


def _payload(said: Mapping[Outcome, list[int]], wishes: Mapping[str, Any]) -> dict[str, Any]:
    """What the outbox keeps of an agenda's mail."""
    return {
        "session_ids": [*said[Outcome.REGISTERED], *wishes.get("session_ids", ())],
        "waitlisted_session_ids": [*said[Outcome.WAITLISTED], *wishes.get("waitlisted_session_ids", ())],
        "on_hold_session_ids": said[Outcome.ON_HOLD],
        "dropped_session_ids": said[Outcome.DROPPED],
    }
