"""What became of each wish: the lines that pages, API and imports show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from registrations.models import EventRegistration, SessionRegistration
from registrations.rules.doors import PAST_CAPACITY, PAST_HARD_LIMIT, Why
from registrations.rules.outcomes import SUCCESSES, Outcome
from registrations.rules.people import Attendee
from registrations.rules.reasons import Reason
from registrations.rules.standing import Standing
from sessions_app.models import Session


@dataclass
class Line:
    """What became of one session of a submitted agenda."""

    session: Session
    outcome: Outcome
    # What refuses it, or what it overlaps all the same.
    reason: Reason | None = None
    # What it goes past, since that was decided.
    overlooked: Sequence[Reason] = ()
    position: int | None = None
    # Looks for what may be had instead, where there is more to say than what became of it.
    look_instead: Callable[[], list[Session]] | None = field(default=None, compare=False, repr=False)
    # Given to every registrant, not chosen; whatever becomes of it, the rest goes on.
    is_included: bool = False
    # False where it could have been done, and was not, because the whole was refused for another line.
    is_applied: bool = True

    @cached_property
    def alternatives(self) -> list[Session]:
        """Up to three sessions that may be had instead, as things stand when somebody first asks."""
        return self.look_instead() if self.look_instead else []

    @property
    def is_success(self) -> bool:
        """True when the wish was met, by a seat or by a place in line that was asked for."""
        return self.is_included or self.outcome in SUCCESSES

    @property
    def conflicts_with(self) -> list[Session]:
        """The sessions held that overlap it, accepted or not."""
        return [
            one for reason in (self.reason, *self.overlooked) for one in sessions_of(reason, Why.CONFLICT)
        ]

    @property
    def is_past_capacity(self) -> bool:
        """True when the seat was given past what a newcomer could have had."""
        return _is_past_capacity_of(self.session, self.overlooked)

    @property
    def message(self) -> str:
        """One sentence for a person."""
        if not self.is_applied:
            return _t("Nothing was changed here, because something else was refused.")
        if self.outcome == Outcome.WAITLISTED and self.position:
            return _t("You are number %(position)d in line.") % {"position": self.position}
        if self.reason is not None and self.reason.outcome == self.outcome:
            return self.reason.words
        return str(self.outcome.label)


@dataclass
class AgendaResult:
    """What became of a submitted agenda; `applied` is False when nothing at all was changed."""

    registration: EventRegistration | None
    lines: list[Line]
    applied: bool
    # The person's seats afterwards, where the answer was given by what the request itself had read: no second look.
    seats: dict[int, SessionRegistration] | None = None
    # Where nothing was changed the person's whole standing, if it was read to say what may be had instead.
    standing: Standing | None = None


@dataclass
class PersonLine:
    """What became of one person whom staff add to one event or session."""

    attendee: Attendee
    outcome: Outcome
    registration: EventRegistration | None = None
    # All that refuses it, and what it goes past, since staff decided so.
    refused: Sequence[Reason] = ()
    overlooked: Sequence[Reason] = ()
    over_by: int = 0
    # What it is about; None where somebody was added to the event itself.
    session: Session | None = None

    @property
    def reason(self) -> Reason | None:
        """The first reason that refuses it."""
        return self.refused[0] if self.refused else None

    @property
    def is_past_capacity(self) -> bool:
        """True when the seat, of the event or of the session, was given past what a newcomer could have had."""
        return any(reason.why in PAST_CAPACITY | PAST_HARD_LIMIT for reason in self.overlooked)

    def is_past_capacity_of(self, session: Session) -> bool:
        """True when the session's own seat was given so."""
        return _is_past_capacity_of(session, self.overlooked)

    @property
    def is_success(self) -> bool:
        """True when the person now has the seat."""
        return self.outcome in {Outcome.REGISTERED, Outcome.ALREADY}

    @property
    def message(self) -> str:
        """One sentence for a member of staff."""
        if self.outcome == Outcome.REGISTERED and self.over_by:
            return _t("Registered, %(over)d past capacity") % {"over": self.over_by}
        if self.outcome == Outcome.CONFLICT and self.reason:
            return _t("Clashes with %(names)s") % {"names": self.reason.names}
        if self.reason is not None and self.reason.limit is not None:
            said = {"n": self.reason.limit, "names": self.reason.names or _t("none")}
            return _t("Has as many as one person may choose (%(n)d): %(names)s") % said
        return str(_STAFF_WORDS.get(self.outcome, self.outcome.label))

    @property
    def conflicts_with(self) -> list[Session]:
        """The sessions held that overlap it, accepted or not."""
        return [
            one for reason in (*self.refused, *self.overlooked) for one in sessions_of(reason, Why.CONFLICT)
        ]


_STAFF_WORDS = {
    Outcome.REGISTERED: _("Registered"),
    Outcome.ALREADY: _("Was registered already"),
    Outcome.FULL: _("Fully booked"),
    Outcome.CAPACITY_MISSING: _("Its capacity is not set"),
    Outcome.LOCKED: _("Locked"),
}


def _is_past_capacity_of(session: Session, overlooked: Iterable[Reason]) -> bool:
    mine = (reason for reason in overlooked if reason.about == session)
    return any(reason.why in PAST_CAPACITY | PAST_HARD_LIMIT for reason in mine)


def sessions_of(reason: Reason | None, why: Why) -> list[Session]:
    """The sessions that a reason of this kind names; none where it is another."""
    return list(reason.sessions) if reason is not None and reason.why == why else []
