"""What became of each wish: the words that pages, API and imports share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session


class Outcome(models.TextChoices):
    """What became of one line of an agenda."""

    REGISTERED = "registered", _("You have a seat")
    WAITLISTED = "waitlisted", _("You are on the waitlist")
    ON_HOLD = "on_hold", _("On hold until the event has a seat for you")
    ALREADY = "already", _("Nothing to change")
    DROPPED = "dropped", _("Given up")
    FULL = "full", _("Fully booked")
    CONFLICT = "conflict", _("Overlaps another session of yours")
    NOT_LIVE = "not_live", _("Not open for registration")
    CLOSED = "closed", _("Registration is closed")
    CAPACITY_MISSING = "capacity_missing", _("Not open yet: its capacity is not set")
    NOT_IN_PASS = "not_in_pass", _("Not included in the pass")
    LOCKED = "locked", _("Only the organizer can change this")
    HARD_LIMIT = "hard_limit", _("The room's hard limit is reached")


SUCCESSES = frozenset(
    {Outcome.REGISTERED, Outcome.WAITLISTED, Outcome.ON_HOLD, Outcome.ALREADY, Outcome.DROPPED}
)


# What a decision to add past capacity goes past; a hard limit needs a decision of its own.
OVERRIDDEN_BY_STAFF = frozenset(
    {Outcome.FULL, Outcome.CAPACITY_MISSING, Outcome.NOT_IN_PASS, Outcome.WAITLISTED, Outcome.ON_HOLD}
)


class Mode(StrEnum):
    """What happens to the other lines when one is refused."""

    ALL_OR_NOTHING = "all_or_nothing"
    BEST_EFFORT = "best_effort"


def names_at(event_id: int | None, sessions: Iterable[Session]) -> str:
    """The sessions' names for a sentence; what somebody holds at another event is nobody's business here."""
    every = list(sessions)
    found = [session.name for session in every if session.event_id == event_id]
    return ", ".join(found if len(found) == len(every) else [*found, _t("a session at another event")])


@dataclass
class Line:
    """What became of one session of a submitted agenda."""

    session: Session
    outcome: Outcome
    position: int | None = None
    conflicts_with: list[Session] = field(default_factory=list)
    alternatives: list[Session] = field(default_factory=list)
    # Given to every registrant, not chosen; whatever becomes of it, the rest goes on.
    is_included: bool = False

    @property
    def is_success(self) -> bool:
        """True when the wish was met, by a seat or by a place in line that was asked for."""
        return self.is_included or self.outcome in SUCCESSES

    @property
    def message(self) -> str:
        """One sentence for a person."""
        if self.outcome == Outcome.WAITLISTED and self.position:
            return _t("You are number %(position)d in line.") % {"position": self.position}
        if self.outcome == Outcome.CONFLICT and self.conflicts_with:
            return _t("Overlaps %(names)s.") % {"names": names_at(self.session.event_id, self.conflicts_with)}
        return str(self.outcome.label)


@dataclass
class AgendaResult:
    """What became of a submitted agenda; `applied` is False when nothing at all was changed."""

    registration: EventRegistration | None
    lines: list[Line]
    applied: bool
    # True where the answer was given by what the request itself had read, with no second look.
    is_as_seen: bool = False


@dataclass
class PersonLine:
    """What became of one person whom staff add to one event or session."""

    attendee: Attendee
    outcome: Outcome
    registration: EventRegistration | None = None
    conflicts_with: list[Session] = field(default_factory=list)
    is_past_capacity: bool = False
    over_by: int = 0

    @property
    def is_success(self) -> bool:
        """True when the person now has the seat."""
        return self.outcome in {Outcome.REGISTERED, Outcome.ALREADY}

    @property
    def message(self) -> str:
        """One sentence for a member of staff."""
        if self.outcome == Outcome.REGISTERED and self.over_by:
            return _t("Registered, %(over)d past capacity") % {"over": self.over_by}
        if self.outcome == Outcome.CONFLICT:
            # Without a registration here, whatever the person holds is at another event.
            here = self.registration.event_id if self.registration else None
            return _t("Clashes with %(names)s") % {"names": names_at(here, self.conflicts_with)}
        return str(_STAFF_WORDS.get(self.outcome, self.outcome.label))


_STAFF_WORDS = {
    Outcome.REGISTERED: _("Registered"),
    Outcome.ALREADY: _("Was registered already"),
    Outcome.FULL: _("Fully booked"),
    Outcome.CAPACITY_MISSING: _("Its capacity is not set"),
    Outcome.LOCKED: _("Locked"),
}
