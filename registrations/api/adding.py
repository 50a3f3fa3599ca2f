"""What one request to register becomes: which actions, in which order. What they answer is theirs to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from events.errors import Full
from events.models import Event, Pass
from registrations.actions import add_to_event, add_to_session, register_for_event, submit_agenda
from registrations.actors import Actor
from registrations.api.shapes import Json, line_of, line_of_person
from registrations.models import EventRegistration
from registrations.outcomes import OVERRIDDEN_BY_STAFF, AgendaResult, Mode, PersonLine
from registrations.people import Attendee
from sessions_app.models import Session

Answer = AgendaResult | list[PersonLine] | EventRegistration


@dataclass(frozen=True)
class Manner:
    """How one request wants it done."""

    at: datetime
    override: bool = False
    reason: str = ""
    wait: bool = False
    dry_run: bool = False
    notify: bool = True
    automatically_register: bool | None = None

    @property
    def may_wait(self) -> bool:
        """Who is to be added past capacity need not wait."""
        return self.wait and not self.override


@dataclass
class Asked:
    """One person to be registered, and what has become of it so far."""

    event: Event
    attendee: Attendee
    manner: Manner
    sessions: Sequence[Session] = ()
    event_pass: Pass | None = None
    mode: Mode = Mode.BEST_EFFORT
    # What has become of it; an action tried again after a deadlock is noted again.
    registration: EventRegistration | None = None
    lines: dict[int, Json] = field(default_factory=dict)
    refused: list[Session] = field(default_factory=list)
    adding: Session | None = None
    applied: bool = False

    def run(self, actor: Actor) -> Answer:
        """Register the person; the last action's result, which `note` has understood."""
        if self.event.allow_custom_agenda or self.sessions:
            return self._with_sessions(actor)
        return self._for_event(actor)

    def note(self, answer: Answer) -> bool:
        """Understand one action's result; True when nothing more is to be done."""
        if isinstance(answer, AgendaResult):
            self.registration, self.applied = answer.registration, answer.applied
            self.lines |= {line.session.pk: line_of(line) for line in answer.lines}
            if self.manner.override:
                refused = [line for line in answer.lines if line.outcome in OVERRIDDEN_BY_STAFF]
                self.refused = [line.session for line in refused if not line.is_included]
        elif isinstance(answer, EventRegistration):
            self.registration, self.applied = answer, True
        else:
            self._note_added(answer[0])
        return not self.refused

    def _note_added(self, line: PersonLine) -> None:
        self.registration = line.registration or self.registration
        self.applied = self.applied or line.is_success
        if self.adding is not None:
            self.lines[self.adding.pk] = line_of_person(self.adding, line)
            self.refused = [session for session in self.refused if session.pk != self.adding.pk]

    def _with_sessions(self, actor: Actor) -> Answer:
        """Give what can be had; what is full is given past capacity, one after the other, where that was decided."""
        answer: Answer = self._submit(actor)
        self.note(answer)
        for session in list(self.refused):
            is_last, self.adding = len(self.refused) == 1, session
            answer = add_to_session(
                session, [self.attendee], actor=_last(actor, is_last), **self._past_capacity()
            )
            self.note(answer)
        return answer

    def _submit(self, actor: Actor) -> AgendaResult:
        manner = self.manner
        return submit_agenda(
            self.event,
            self.attendee,
            self.sessions,
            mode=self.mode,
            wait=manner.may_wait,
            dry_run=manner.dry_run,
            automatically_register=manner.automatically_register,
            event_pass=self.event_pass,
            actor=actor,
            notify=manner.notify,
            at=manner.at,
        )

    def _for_event(self, actor: Actor) -> Answer:
        manner = self.manner
        answer: Answer
        try:
            answer = register_for_event(
                self.event,
                self.attendee,
                self.event_pass,
                wait=manner.may_wait,
                dry_run=manner.dry_run,
                automatically_register=manner.automatically_register,
                actor=actor,
                notify=manner.notify,
                at=manner.at,
            )
        except Full:
            if not manner.override:
                raise
        else:
            if not (manner.override and answer.status == EventRegistration.Status.WAITLISTED):
                self.note(answer)
                return answer
        answer = add_to_event(
            self.event, [self.attendee], self.event_pass, actor=actor, **self._past_capacity()
        )
        self.note(answer)
        return answer

    def _past_capacity(self) -> dict:
        manner = self.manner
        return {
            "reason": manner.reason,
            "past_capacity": True,
            "dry_run": manner.dry_run,
            "notify": manner.notify,
            "at": manner.at,
        }


def _last(actor: Actor, is_last: bool) -> Actor:
    """Only the last of several actions keeps the answer; a repeat after a kill finds the earlier ones done."""
    return actor if is_last else replace(actor, receipt=None)
