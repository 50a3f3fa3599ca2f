"""A request to register, turned into actions in their order. The actions decide what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from events.actors import Actor
from events.errors import Full
from events.models import Event, Pass
from registrations.actions import add_to_event, add_to_sessions, register_for_event, submit_agenda
from registrations.api.shapes import Json, line_of, line_of_person
from registrations.models import EventRegistration
from registrations.rules.doors import OVERRIDE_LIMITS, PAST_CAPACITY
from registrations.rules.outcomes import Mode, Outcome
from registrations.rules.people import Attendee
from registrations.rules.reasons import OUTCOMES
from registrations.rules.results import AgendaResult, PersonLine
from sessions_app.models import Session

Answer = AgendaResult | list[PersonLine] | EventRegistration


@dataclass(frozen=True)
class Manner:
    """The manner in which one request wants somebody registered."""

    at: datetime
    override: bool = False
    override_limits: bool = False
    reason: str = ""
    wait: bool = False
    preview: bool = False
    notify: bool = True
    automatically_register: bool | None = None

    @property
    def overrides(self) -> bool:
        """True where anything is to be overridden: then by staff's own action, with a reason."""
        return self.override or self.override_limits

    @property
    def overridden(self) -> frozenset[Outcome]:
        """The outcomes of a claim that this request goes past."""
        whys = (PAST_CAPACITY if self.override else frozenset()) | (
            OVERRIDE_LIMITS if self.override_limits else frozenset()
        )
        waits = {Outcome.WAITLISTED, Outcome.ON_HOLD} if self.override else set()
        return frozenset(OUTCOMES[why] for why in whys) | waits

    @property
    def may_wait(self) -> bool:
        """True where the person may be put into a line; who is added past capacity need not wait."""
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
    adding: list[Session] = field(default_factory=list)
    applied: bool = False

    def run(self, actor: Actor) -> Answer:
        """Register the person by one action, and return its result, for `note` to understand."""
        if self.event.allow_custom_agenda or self.sessions:
            return self._with_sessions(actor)
        return self._for_event(actor)

    def note(self, answer: Answer) -> None:
        """Understand an action's result."""
        if isinstance(answer, AgendaResult):
            self.registration, self.applied = answer.registration, answer.applied
            self.lines |= {line.session.pk: line_of(line) for line in answer.lines}
        elif isinstance(answer, EventRegistration):
            self.registration, self.applied = answer, True
        else:
            self.registration = answer[0].registration or self.registration
            self.applied = any(line.is_success for line in answer)
            added = zip(self.adding, answer, strict=bool(self.adding))
            self.lines |= {session.pk: line_of_person(session, line) for session, line in added}

    def _with_sessions(self, actor: Actor) -> Answer:
        """Give what can be had; where it was decided, all that is refused for want of seats past capacity."""
        if self.manner.overrides:
            previewed = self._submit(actor, preview=True)
            self.adding = _to_be_added(previewed, self.manner.overridden)
            if self.adding:
                # What everybody is given comes with the event's seat, which this forecast did not count on.
                chosen = [line for line in previewed.lines if not line.is_included]
                self.lines = {line.session.pk: line_of(line) for line in chosen}
                self.registration = previewed.registration
                return add_to_sessions(
                    self.adding, self.attendee, self.event_pass, actor=actor, **self._decided()
                )
        return self._submit(actor, preview=self.manner.preview)

    def _submit(self, actor: Actor, *, preview: bool) -> AgendaResult:
        manner = self.manner
        return submit_agenda(
            self.event,
            self.attendee,
            self.sessions,
            mode=self.mode,
            wait=manner.may_wait,
            preview=preview,
            automatically_register=manner.automatically_register,
            event_pass=self.event_pass,
            actor=actor,
            notify=manner.notify,
            at=manner.at,
        )

    def _for_event(self, actor: Actor) -> Answer:
        manner = self.manner
        try:
            answer = register_for_event(
                self.event,
                self.attendee,
                self.event_pass,
                wait=manner.may_wait,
                preview=manner.preview,
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
                return answer
        return add_to_event(
            self.event, [self.attendee], self.event_pass, actor=actor, past_capacity=True, **self._how()
        )

    def _decided(self) -> dict:
        manner = self.manner
        return {
            **self._how(),
            "past_capacity": manner.override,
            "override_limits": manner.override_limits,
        }

    def _how(self) -> dict:
        manner = self.manner
        return {
            "reason": manner.reason,
            "preview": manner.preview,
            "notify": manner.notify,
            "at": manner.at,
        }


def _to_be_added(previewed: AgendaResult, overridden: frozenset[Outcome]) -> list[Session]:
    """The sessions to be given in one go, those with a seat first; none where nothing has to be overridden."""
    chosen = [line for line in previewed.lines if not line.is_included]
    free = [line.session for line in chosen if line.outcome == Outcome.REGISTERED]
    past = [line.session for line in chosen if line.outcome in overridden]
    return [*free, *past] if past else []
