"""One submitted agenda as asked for, and what refuses it as a whole."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import Invalid, SessionsRequired, WrongLevel
from events.models import Event, Pass, Source
from registrations import rules
from registrations.actions import checks
from registrations.actions.decisions import Decision
from registrations.models import EventRegistration
from registrations.queries.draws import open_draw
from registrations.rules.doors import BUY, CLAIM, Why, claiming
from registrations.rules.outcomes import Mode, Outcome
from registrations.rules.people import Attendee
from registrations.rules.results import Line
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Wait = bool | Collection[int]
WhenClashing = WaitlistItem.WhenClashing

_REGISTERING = {Outcome.REGISTERED, Outcome.WAITLISTED, Outcome.ON_HOLD}


@dataclass(frozen=True)
class AskedAgenda:
    """One submitted agenda: who, what, how, by whose hand, when."""

    event: Event
    attendee: Attendee
    add: Sequence[Session]
    drop: Sequence[Session]
    actor: Actor
    at: datetime
    mode: Mode = Mode.BEST_EFFORT
    wait: Wait = False
    automatically_register: bool | None = None
    when_clashing: WhenClashing = WhenClashing.ASK
    event_pass: Pass | None = None
    decision: Decision | None = None
    # Whoever registers this person together with themselves.
    registered_by: EventRegistration | None = None
    # By session those with whom the person waits there, where a group waits together.
    links: Mapping[int, uuid.UUID] = field(default_factory=dict)

    @property
    def decided(self) -> frozenset[Why]:
        """The reasons to refuse that were decided past."""
        return self.decision.overlooks if self.decision else frozenset()

    @property
    def reason(self) -> str:
        """Why anything was decided past, for the ledger."""
        return self.decision.reason if self.decision and self.decision.is_any else ""

    def may_confirm(self, registration: EventRegistration) -> bool:
        """True where somebody who waits for the event may be given its seat, since that was decided."""
        return registration.status == registration.Status.WAITLISTED and Why.FULL in self.decided

    @cached_property
    def session_ids(self) -> set[int]:
        """The sessions wished for, or no longer wished for."""
        return {session.pk for session in (*self.add, *self.drop)}

    def may_wait(self, session: Session) -> bool:
        """True when a place in line is wanted where this session has no seat."""
        return self.wait if isinstance(self.wait, bool) else session.pk in self.wait

    def check(self) -> None:
        """Raise Invalid for an impossible address or name, a session of another event, or one added and dropped.

        Raises NotPermitted or Invalid as well for what may not be decided past, or not without a reason.
        """
        if self.decision is not None:
            self.decision.check()
        self.attendee.check()
        checks.check_event(self.event, [*self.add, *self.drop])
        if {session.pk for session in self.add} & {session.pk for session in self.drop}:
            words = _("Either keep this session or give it up.")
            raise Invalid(words, fields={"sessions": [words]})

    def check_at(self, event: Event, standing: Standing) -> None:
        """Raise what refuses the whole at the event as just read.

        Own agendas need the switch; seats taken before it was turned off may still be given up.
        """
        checks.check_still_registered(self.attendee, standing)
        if self.add and not event.allow_custom_agenda and not self.actor.is_staff:
            raise WrongLevel
        if standing.registration is not None:
            return
        if not self.add:
            self._check_sessions_required(event)
        if event.passes_with_agenda:
            # Whoever waits for the event pays once they are invited.
            is_trusted = not self.actor.is_attendee or not event.seats.has_seat_for_newcomer
            checks.check_chosen_pass(event, self.event_pass, self.at, BUY if is_trusted else CLAIM)

    def _check_sessions_required(self, event: Event) -> None:
        """Raise what asks for a session: the website's setting, or that of other systems, which add them later.

        While wishes for a draw are said people register without any: they wish by their registration.
        """
        if self.actor.source == Source.API:
            if event.sessions_required_by_api:
                raise SessionsRequired
        elif event.sessions_required and open_draw(event, self.at) is None:
            words = _("Choose at least one session.")
            raise Invalid(_("Choose at least one session first."), fields={"sessions": [words]})

    def decide(self, event: Event, standing: Standing, sessions: dict[int, Session]) -> list[Line]:
        """The rules' answer for the facts as just read; `sessions` beyond those wished for are included ones.

        Raises NotLive, Closed or Full where somebody registers without any session.
        """
        wished = self.session_ids
        lines = rules.decide_agenda(
            event,
            standing,
            [sessions[session.pk] for session in self.add],
            [sessions[session.pk] for session in self.drop],
            included=[session for pk, session in sessions.items() if pk not in wished],
            may_wait=self.may_wait,
            at=self.at,
            by_staff=self.actor.is_staff,
            decided=self.decided,
        )
        if standing.registration is None and not wished:
            self._check_without_sessions(event, lines)
        return lines

    def _check_without_sessions(self, event: Event, lines: Sequence[Line]) -> None:
        """Raise what no line can answer, where somebody registers now and chooses sessions later."""
        is_waiting = any(line.outcome == Outcome.ON_HOLD for line in lines)
        door = claiming(self.decided, by_staff=self.actor.is_staff)
        rules.check(rules.refusals_to_open(event, self.at), door)
        if not is_waiting:
            rules.check(rules.refusals_at_event(event, None, at=self.at), door)

    def is_refused_whole(self, lines: list[Line], standing: Standing) -> bool:
        """True when nothing may be changed: one line refused of all or nothing, or nobody to register."""
        if self.mode == Mode.ALL_OR_NOTHING and not all(line.is_success for line in lines):
            return True
        chosen = [line for line in lines if not line.is_included]
        if standing.registration is not None and self.actor.source == Source.API:
            # Another system reads a refusal of every line as: nothing was changed, answers neither.
            return bool(chosen) and not any(line.is_success for line in chosen)
        is_new = standing.registration is None
        return is_new and bool(chosen) and not any(line.outcome in _REGISTERING for line in chosen)
