"""The rows that decided agenda lines become. Needs: the contact and the seat counts of all lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from events.models import Contact, Event
from registrations.actions import giving, places, steps
from registrations.actions.claims._asked import AskedAgenda
from registrations.actions.decisions import decided_in
from registrations.actions.journal import Journal
from registrations.models import Activity, EventRegistration, Notification
from registrations.rules.outcomes import Outcome
from registrations.rules.reasons import Reason
from registrations.rules.results import Line
from registrations.rules.standing import Standing
from waitlists.models import WaitlistItem

Verb = Activity.Verb
Kind = Notification.Kind


@dataclass
class AgendaRows:
    """One decided agenda on its way into the database."""

    journal: Journal
    event: Event
    contact: Contact
    asked: AskedAgenda
    standing: Standing

    def write(self, lines: list[Line]) -> EventRegistration:
        """Write what the lines say and one mail for the whole; return the registration, made if need be."""
        is_new = self.standing.registration is None
        registration = self.standing.registration or self._register(lines)
        if not is_new:
            giving.save_responses(registration, self.asked.attendee)
        for line in lines:
            if line.outcome == Outcome.DROPPED:
                self._drop(line)
        self._seat([line for line in lines if line.outcome == Outcome.REGISTERED], registration)
        for line in lines:
            if line.outcome in {Outcome.WAITLISTED, Outcome.ON_HOLD}:
                self._enqueue(line)
        self._tell(registration, lines, is_new=is_new)
        return registration

    def _register(self, lines: list[Line]) -> EventRegistration:
        """Make the registration; with the event full the person waits for it, the wishes on hold."""
        waits = any(line.outcome == Outcome.ON_HOLD for line in lines)
        of_event = [one for line in lines for one in line.overlooked if one.about == self.event]
        registration = giving.open_registration(
            self.journal,
            self.event,
            self.contact,
            self.asked.attendee,
            waitlisted=waits,
            **self._decided(of_event),
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
            places.enqueue(
                self.journal,
                line.session,
                self.contact,
                automatically_register=self.asked.automatically_register,
                when_clashing=self.asked.when_clashing,
                on_hold=line.outcome == Outcome.ON_HOLD,
                **self._decided(line.overlooked),
            )

    def _seat(self, lines: list[Line], registration: EventRegistration) -> None:
        for line in lines:
            more = self._decided(line.overlooked)
            giving.give_seat(
                self.journal, line.session, registration, self.standing, by_newcomer=True, **more
            )

    def _decided(self, overlooked: Iterable[Reason]) -> dict[str, Any]:
        """What the ledger keeps of what was decided past; nothing where it was not needed."""
        detail = decided_in(overlooked, self.asked.decided)
        return {"reason": self.asked.reason, "detail": detail} if detail else {}

    def _tell(self, registration: EventRegistration, lines: list[Line], *, is_new: bool) -> None:
        """One mail for the whole: what was got, or that everything was only given up."""
        if not self.journal.activities:
            return
        said: dict[Outcome, list[int]] = defaultdict(list)
        for line in lines:
            said[line.outcome].append(line.session.pk)
        payload: dict[str, Any] = {
            "session_ids": said[Outcome.REGISTERED],
            "waitlisted_session_ids": said[Outcome.WAITLISTED],
            "on_hold_session_ids": said[Outcome.ON_HOLD],
            "dropped_session_ids": said[Outcome.DROPPED],
        }
        if is_new or said[Outcome.REGISTERED]:
            is_waiting = registration.status == registration.Status.WAITLISTED
            kind = Kind.WAITLISTED if is_waiting else Kind.REGISTERED
        elif said[Outcome.WAITLISTED] or said[Outcome.ON_HOLD]:
            kind = Kind.WAITLISTED
        else:
            kind = Kind.CANCELLED
            dropped = said[Outcome.DROPPED]
            payload = {"session_ids": dropped, "reason": "", "by_staff": False, "everything": False}
        cause = self.journal.activities[0]
        self.journal.tell(kind, self.contact, cause, self.event, registration=registration, payload=payload)
