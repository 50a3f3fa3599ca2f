"""What becomes of one row among many. Pure: forecast and act call the same functions on the figures as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from events.errors import Refusal, SessionsRequired, WrongLevel
from events.models import Event, Pass
from registrations.rules.claims import outcome_of_claim
from registrations.rules.doors import Door, Why
from registrations.rules.outcomes import Outcome
from registrations.rules.reasons import Reason
from registrations.rules.refusals import judged, refusals_at_event, refusals_to_seat
from registrations.rules.standing import Standing
from registrations.rules.verdicts import RowLine
from sessions_app.models import Session

_HELD = {Outcome.REGISTERED, Outcome.ON_HOLD}
_CHOSEN = {Outcome.REGISTERED, Outcome.WAITLISTED, Outcome.ON_HOLD}


@dataclass(frozen=True)
class Rules:
    """How the rows of one go are judged: by which door, and whether to wait where there is no seat."""

    event: Event
    door: Door
    at: datetime
    wait: bool
    by_staff: bool

    def refusal_of(self, standing: Standing, sessions: Sequence[Session]) -> Refusal | None:
        """What refuses a row before any session is looked at. Staff are bound by none of it."""
        if self.by_staff:
            return None
        if sessions and not self.event.allow_custom_agenda:
            return WrongLevel()
        is_new = standing.registration is None
        if is_new and not sessions and self.event.allow_custom_agenda and self.event.sessions_required_by_api:
            return SessionsRequired()
        return None

    def lines_of(
        self,
        standing: Standing,
        sessions: Sequence[Session],
        included: Sequence[Session],
        event_pass: Pass | None,
    ) -> list[RowLine]:
        """One line for each session, the `included` ones first; where none is wished, one for the event itself."""
        refused, overlooked = self._of_event(standing, event_pass)
        running = replace(standing, also_chosen={})
        held, lines = running.held_sessions, []
        for session in dict.fromkeys([*included, *sessions]):
            line = self._line(session, running, held, is_included=session in included)
            line = self._with_event(line, refused, overlooked)
            lines.append(line)
            if line.outcome in _HELD:
                held.append(session)
            if line.outcome in _CHOSEN and not line.is_included:
                running.also_chosen[session.pk] = session
        return lines if sessions else [*lines, self._line_of_event(standing, refused, overlooked)]

    def _of_event(self, standing: Standing, event_pass: Pass | None) -> tuple[list[Reason], list[Reason]]:
        """What stands in the way of the event's own seat, where the person has none yet, and what is gone past."""
        registration = standing.registration
        if registration is not None and registration.status == registration.Status.CONFIRMED:
            return [], []
        if registration is not None and Why.FULL not in self.door.overlooks:
            # Whoever waits for the event goes on waiting, though a seat of it may be free this instant.
            return [Reason(Why.FULL, self.event)], []
        return judged(refusals_at_event(self.event, event_pass, at=self.at), self.door)

    def _line(
        self, session: Session, running: Standing, held: list[Session], *, is_included: bool
    ) -> RowLine:
        if any(mine.pk == session.pk for mine in held):
            return RowLine(session, Outcome.ALREADY, is_included=is_included)
        if Why.FULL in self.door.overlooks:
            return self._past(session, running, held, is_included)
        wait, at = self.wait or is_included, self.at
        outcome, reason = outcome_of_claim(session, running, held, wait=wait, at=at, door=self.door)
        overlooked: list[Reason] = []
        if outcome == Outcome.REGISTERED:
            _none, overlooked = judged(refusals_to_seat(session, running, held, at=at), self.door)
        return RowLine(session, outcome, [reason] if reason else [], overlooked, is_included=is_included)

    def _past(self, session: Session, running: Standing, held: list[Session], is_included: bool) -> RowLine:
        """Whoever is added past capacity need not wait, and leaves the line where they do."""
        refused, overlooked = judged(refusals_to_seat(session, running, held, at=self.at), self.door)
        outcome = refused[0].outcome if refused else Outcome.REGISTERED
        seats = session.seats
        over = 0 if seats.capacity is None else max(0, seats.taken + 1 - seats.capacity)
        return RowLine(session, outcome, refused, overlooked, over_by=over, is_included=is_included)

    def _with_event(self, line: RowLine, refused: Sequence[Reason], overlooked: Sequence[Reason]) -> RowLine:
        """Without a seat of the event no session seat is given: the wish is kept, or the event's reason is said."""
        if line.outcome not in {Outcome.REGISTERED, Outcome.WAITLISTED}:
            return line
        if not refused:
            return replace(line, overlooked=[*overlooked, *line.overlooked])
        if self._can_wait_for_event(refused, line.is_included):
            return RowLine(line.session, Outcome.ON_HOLD, is_included=line.is_included)
        return RowLine(line.session, refused[0].outcome, refused, is_included=line.is_included)

    def _can_wait_for_event(self, refused: Sequence[Reason], is_included: bool = False) -> bool:
        # A reached hard limit is said as full where the door says so; else it refuses by itself.
        is_only_full = all(one.why == Why.FULL and one.about == self.event for one in refused)
        return is_only_full and (self.wait or is_included) and self.event.waitlist_enabled

    def _line_of_event(
        self, standing: Standing, refused: Sequence[Reason], overlooked: Sequence[Reason]
    ) -> RowLine:
        registration = standing.registration
        if registration is not None and registration.status == registration.Status.CONFIRMED:
            return RowLine(None, Outcome.ALREADY)
        if not refused:
            seats = self.event.seats
            over = 0 if seats.capacity is None else max(0, seats.taken + 1 - seats.capacity)
            return RowLine(None, Outcome.REGISTERED, [], overlooked, over_by=over)
        if registration is not None:
            return RowLine(None, Outcome.WAITLISTED)
        if self._can_wait_for_event(refused):
            return RowLine(None, Outcome.WAITLISTED)
        return RowLine(None, refused[0].outcome, refused)
