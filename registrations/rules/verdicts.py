"""What many people are wished at once, and the verdict on each row: one shape for files, other systems and the desk."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _t

from events.errors import Refusal
from events.models import Pass
from registrations.models import EventRegistration, Order, SessionRegistration
from registrations.rules.doors import PAST_CAPACITY, PAST_HARD_LIMIT
from registrations.rules.outcomes import SUCCESSES, Outcome
from registrations.rules.people import Attendee
from registrations.rules.reasons import Reason
from registrations.rules.results import Line, PersonLine
from sessions_app.models import Session
from waitlists.models import WaitlistItem


@dataclass(frozen=True)
class Wanted:
    """One row: somebody to be registered at an event, in these sessions; `number` is the row's own."""

    number: int
    person: Attendee
    sessions: Sequence[Session] = ()
    event_pass: Pass | None = None
    automatically_register: bool | None = None
    # Why a pass with a price costs this person nothing, beside what the terms say of all rows.
    complimentary: str = ""


@dataclass
class RowLine:
    """What became of one session of a row; without a session, of the event itself."""

    session: Session | None
    outcome: Outcome
    refused: Sequence[Reason] = ()
    # What it goes past, since that was decided.
    overlooked: Sequence[Reason] = ()
    position: int | None = None
    over_by: int = 0
    is_included: bool = False

    @property
    def reason(self) -> Reason | None:
        """The first reason that refuses it, or that it overlaps all the same."""
        return self.refused[0] if self.refused else None

    @property
    def is_success(self) -> bool:
        """True when the wish was met, by a seat or by a place in line that was asked for."""
        return self.is_included or self.outcome in SUCCESSES

    @property
    def is_past_capacity(self) -> bool:
        """True when the session's own seat, or the event's, was given past what a newcomer could have had."""
        about = (one for one in self.overlooked if self.session is None or one.about == self.session)
        return any(one.why in PAST_CAPACITY | PAST_HARD_LIMIT for one in about)

    @property
    def as_agenda_line(self) -> Line | None:
        """The line as an agenda has it; None for the event itself."""
        if self.session is None:
            return None
        return Line(self.session, self.outcome, self.reason, position=self.position)

    def words(self, person: Attendee) -> str:
        """One sentence for a member of staff."""
        if self.outcome == Outcome.WAITLISTED and self.position:
            return _t("On the waitlist, number %(position)d") % {"position": self.position}
        if self.outcome == Outcome.WAITLISTED:
            return _t("On the waitlist")
        said = PersonLine(person, self.outcome, None, self.refused, self.overlooked, self.over_by)
        return said.message


@dataclass
class Verdict:
    """What became of one row, or would become of it."""

    wanted: Wanted
    lines: list[RowLine] = field(default_factory=list)
    registration: EventRegistration | None = None
    # What refused the row before any session was looked at.
    refusal: Refusal | None = None
    # False where nothing was changed, because the row was refused.
    is_applied: bool = False
    # What it made; what it changed of what was there before is no making.
    is_new: bool = False
    seats: list[SessionRegistration] = field(default_factory=list)
    items: list[WaitlistItem] = field(default_factory=list)
    has_changed_others: bool = False
    # Of the pass, where it has a price: owed, or complimentary.
    order: Order | None = None

    @property
    def is_success(self) -> bool:
        """True when everything that the row wished was given."""
        return self.refusal is None and all(line.is_success for line in self.lines)

    @property
    def code(self) -> str:
        """The row in one word: what refuses it, else the most that became of it."""
        if self.refusal is not None:
            return self.refusal.code
        chosen = [line for line in self.lines if not line.is_included]
        refused = [line for line in chosen if not line.is_success]
        if refused:
            return str(refused[0].outcome)
        if any(line.is_past_capacity for line in chosen):
            return PAST
        said = {line.outcome for line in chosen}
        return str(next((one for one in _MOST_FIRST if one in said), Outcome.REGISTERED))


PAST = "past_capacity"
_MOST_FIRST = (Outcome.REGISTERED, Outcome.ON_HOLD, Outcome.WAITLISTED, Outcome.DROPPED, Outcome.ALREADY)


def owed_by(orders: Iterable[Order]) -> list[dict[str, object]]:
    """How many of these orders are to be paid, and the sum of them, by currency."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    numbers: Counter[str] = Counter()
    for order in orders:
        if order.total:
            sums[order.currency] += order.total
            numbers[order.currency] += 1
    return [
        {"currency": each, "orders": numbers[each], "amount": f"{sums[each]:.2f}"} for each in sorted(sums)
    ]
