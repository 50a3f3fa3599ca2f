"""A request to register, turned into actions in their order. The actions decide what is answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from events.actors import Actor
from events.errors import Refusal
from events.models import Event, Pass
from registrations.actions import add_to_event, add_to_sessions, register_for_event, submit_agenda
from registrations.api.shapes import Applied, Json, applied_of, line_of, line_of_person
from registrations.models import EventRegistration
from registrations.rules.doors import Override, gone_past
from registrations.rules.outcomes import SUCCESSES, Mode, Outcome
from registrations.rules.people import Attendee
from registrations.rules.reasons import OUTCOMES
from registrations.rules.results import AgendaResult, PersonLine
from sessions_app.models import Session

Answer = AgendaResult | list[PersonLine] | EventRegistration


# The overrides by the API's words; a hard limit is passed on the desk only.
OVERRIDES: dict[str, Override] = {
    "override_capacity_errors": Override.CAPACITY,
    "override_closed": Override.CLOSED,
    "override_conflicts": Override.CLASH,
    "override_limits": Override.LIMITS,
}


def overrides_in(asked: Mapping[str, Any]) -> frozenset[Override]:
    """The overrides that a request asks for."""
    return frozenset(override for name, override in OVERRIDES.items() if asked.get(name))


def chosen(overrides: Iterable[Override]) -> dict[str, Any]:
    """The overrides as the actions take them."""
    return {override.value: True for override in overrides}


@dataclass(frozen=True)
class Manner:
    """The manner in which one request wants somebody registered."""

    at: datetime
    overrides: frozenset[Override] = frozenset()
    reason: str = ""
    wait: bool = False
    preview: bool = False
    notify: bool = True
    automatically_register: bool | None = None
    # Why a pass with a price costs nothing; empty where whoever gets it owes it.
    complimentary: str = ""

    @property
    def overridden(self) -> frozenset[Outcome]:
        """The outcomes of a claim that this request goes past."""
        # Who is added past capacity need not wait, and leaves the line where they do.
        waits = {Outcome.WAITLISTED, Outcome.ON_HOLD} if Override.CAPACITY in self.overrides else set()
        return frozenset(OUTCOMES[why] for why in gone_past(self.overrides)) | waits


@dataclass
class Asked:
    """One person to be registered, and what has become of it so far."""

    event: Event
    attendee: Attendee
    manner: Manner
    sessions: Sequence[Session] = ()
    event_pass: Pass | None = None
    mode: Mode = Mode.ALL_OR_NOTHING
    # What has become of it; an action tried again after a deadlock is noted again.
    registration: EventRegistration | None = None
    lines: dict[int, Json] = field(default_factory=dict)
    adding: list[Session] = field(default_factory=list)
    applied: Applied = False

    def run(self, actor: Actor) -> Answer:
        """Register the person by one action, and return its result, for `note` to understand."""
        manner = self.manner
        if not manner.overrides:
            return self._plainly(actor, preview=manner.preview, wait=manner.wait)
        previewed, is_past = None, True
        try:
            # Nobody waits here: what has no seat is either given past the rule, or refused.
            previewed = self._plainly(actor, preview=True, wait=False)
            self.adding = self._to_be_added(previewed)
            is_past = bool(self.adding) or self._waits_for_event(previewed)
        except Refusal as refusal:
            is_past, self.adding = refusal.code in manner.overridden, list(self.sessions)
        if is_past:
            return self._past(actor, previewed)
        self.adding = []
        return self._plainly(
            actor, preview=manner.preview, wait=manner.wait and Override.CAPACITY not in manner.overrides
        )

    def note(self, answer: Answer) -> None:
        """Understand an action's result."""
        if isinstance(answer, AgendaResult):
            self.registration = answer.registration
            self.applied = answer.applied and applied_of([line.is_success for line in answer.lines])
            self.lines |= {line.session.pk: line_of(line) for line in answer.lines}
        elif isinstance(answer, EventRegistration):
            self.registration, self.applied = answer, True
        else:
            self.registration = answer[0].registration or self.registration
            self.applied = self._applied_by(answer)
            added = zip(self.adding, answer, strict=bool(self.adding))
            self.lines |= {session.pk: line_of_person(session, line) for session, line in added}

    def _applied_by(self, answer: Sequence[PersonLine]) -> Applied:
        """Whether everything was given on an organizer's word; lines that were not tried are refused ones."""
        added = [line.is_success for line in answer]
        if self.mode == Mode.ALL_OR_NOTHING:
            return all(added)
        tried = {session.pk for session in self.adding}
        others = [line["outcome"] in SUCCESSES for pk, line in self.lines.items() if pk not in tried]
        return applied_of([*added, *others])

    def _plainly(self, actor: Actor, *, preview: bool, wait: bool) -> Answer:
        """Register as anybody would be: what is refused stays refused."""
        manner = self.manner
        how: dict[str, Any] = {
            "wait": wait,
            "preview": preview,
            "automatically_register": manner.automatically_register,
            "actor": actor,
            "notify": manner.notify,
            "complimentary": manner.complimentary,
            "at": manner.at,
        }
        if self.event.allow_custom_agenda or self.sessions:
            more = {"mode": self.mode, "event_pass": self.event_pass, **how}
            return submit_agenda(self.event, self.attendee, self.sessions, **more)
        return register_for_event(self.event, self.attendee, self.event_pass, **how)

    def _past(self, actor: Actor, previewed: Answer | None) -> Answer:
        """Register past what is overridden; lines that nothing overrides are said as they were previewed."""
        manner = self.manner
        overrides = manner.overrides - (frozenset() if self.adding else {Override.CLASH, Override.LIMITS})
        how: dict[str, Any] = {
            "reason": manner.reason,
            "preview": manner.preview,
            "notify": manner.notify,
            "complimentary": manner.complimentary,
            "at": manner.at,
            **chosen(overrides),
        }
        if not self.adding:
            return add_to_event(self.event, [self.attendee], self.event_pass, actor=actor, **how)
        if isinstance(previewed, AgendaResult):
            # What everybody is given comes with the event's seat, which this forecast did not count on.
            self.lines = {line.session.pk: line_of(line) for line in previewed.lines if not line.is_included}
            self.registration = previewed.registration
        how |= {"mode": self.mode, "actor": actor}
        return add_to_sessions(self.adding, self.attendee, self.event_pass, **how)

    def _to_be_added(self, previewed: Answer) -> list[Session]:
        """The sessions to be given in one go, those with a seat first; none where nothing has to be overridden.

        Of all or nothing also those that are refused, for the answer to say by what.
        """
        if not isinstance(previewed, AgendaResult):
            return []
        wished = [line for line in previewed.lines if not line.is_included]
        free = [line.session for line in wished if line.outcome == Outcome.REGISTERED]
        past = [line.session for line in wished if line.outcome in self.manner.overridden]
        if not past or self.mode == Mode.BEST_EFFORT:
            return [*free, *past] if past else []
        known = {Outcome.REGISTERED, *SUCCESSES, *self.manner.overridden}
        return [*free, *past, *(line.session for line in wished if line.outcome not in known)]

    def _waits_for_event(self, previewed: Answer) -> bool:
        """True where somebody waits for the event itself, and its capacity is overridden."""
        if not isinstance(previewed, EventRegistration) or Override.CAPACITY not in self.manner.overrides:
            return False
        return previewed.status == EventRegistration.Status.WAITLISTED
