"""The doors by which somebody comes to a seat, and what each may overlook.

Every door asks the one list (`refusals.refusals_to_seat`); what it overlooks, and by whose leave, is data and stands
here. A new reason to refuse therefore binds at every door until a line here says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cache

from events.models import SeatCount


class Why(StrEnum):
    """A reason to refuse, finer than the outcome that is said: a door may overlook one of two that sound alike."""

    GONE = "gone"
    NOT_LIVE = "not_live"
    NOT_OPEN_YET = "not_open_yet"
    REGISTRATION_CLOSED = "registration_closed"
    STARTED = "started"
    PASS_NOT_ON_SALE = "pass_not_on_sale"
    IN_DRAW = "in_draw"
    CAPACITY_MISSING = "capacity_missing"
    NOT_IN_PASS = "not_in_pass"
    TRACK_LIMIT = "track_limit"
    SESSION_LIMIT = "session_limit"
    CONFLICT = "conflict"
    HARD_LIMIT = "hard_limit"
    FULL = "full"
    TO_BE_PAID = "to_be_paid"


class Seats(Enum):
    """Whose seats a door asks for."""

    NEWCOMER = "newcomer"
    LINE = "line"
    # An invitation holds one: capacity was asked when it was made, and is not asked again.
    HELD = "held"

    def has_one(self, seats: SeatCount) -> bool:
        """True when there is a seat for whoever comes by such a door."""
        return seats.has_seat_for_newcomer if self is Seats.NEWCOMER else seats.has_seat_for_line


@dataclass(frozen=True)
class Door:
    """One way to a seat: what it overlooks, and whose seats it asks for."""

    name: str
    overlooks: frozenset[Why] = field(default_factory=frozenset)
    seats: Seats = Seats.NEWCOMER


# Registration has an end, what was wished for before it is given after it too; nothing is given after the start.
_WISHED_IN_TIME = frozenset({Why.NOT_OPEN_YET, Why.REGISTRATION_CLOSED, Why.PASS_NOT_ON_SALE})
# No capacity passes its hard limit, so where one is reached the session is full as well; that is what attendees read.
_SAID_AS_FULL = frozenset({Why.HARD_LIMIT})
# Staff prepare before an event goes live; what is cancelled or deleted stays so.
_BEFORE_LIVE = frozenset({Why.NOT_LIVE})
# Staff come early as they please; coming late is decided, and recorded.
# While a session is drawn they may give its seats as well; the ledger says so.
_EARLY_BY_STAFF = _BEFORE_LIVE | frozenset({Why.NOT_OPEN_YET, Why.PASS_NOT_ON_SALE, Why.IN_DRAW})

# Whom staff, a file or another system register pays by invoice: they are trusted with an order that is owed. Whoever
# comes by themselves pays first.
BILLED = frozenset({Why.TO_BE_PAID})

CLAIM = Door("claim", _SAID_AS_FULL)
# Somebody asks for a pass that is paid for in another way: by an order that holds it, or later by invoice.
BUY = Door("buy", _SAID_AS_FULL | BILLED)
# What a new draft holds from the start is chosen before registration opens, and may have to wait.
DEFAULT_CHOICE = Door("default choice", frozenset({Why.NOT_LIVE, Why.FULL}) | _WISHED_IN_TIME | _SAID_AS_FULL)
# What comes with a registration that staff make comes with it whenever they make it.
INCLUDED_BY_STAFF = Door("included by staff", _BEFORE_LIVE | _WISHED_IN_TIME | _SAID_AS_FULL)
# What a person may wish for in a draw is asked when the wishes are frozen. The draw itself counts seats, clashes and
# limits, in the order in which it gives; whatever else refuses a seat refuses the wish.
WISH = Door(
    "wish",
    _WISHED_IN_TIME
    | _SAID_AS_FULL
    | {Why.IN_DRAW, Why.FULL, Why.CONFLICT, Why.TRACK_LIMIT, Why.SESSION_LIMIT},
)
# Each seat that was drawn asks again when it is given: wished for in time, and of seats that are nobody else's yet.
DRAWN = Door("drawn", _WISHED_IN_TIME | _SAID_AS_FULL | {Why.IN_DRAW})
# A wish that did not come true waits as whoever joins a line does; the line rests until all of them stand in it.
JOIN_AFTER_DRAW = Door(
    "join after a draw",
    _WISHED_IN_TIME | _SAID_AS_FULL | {Why.IN_DRAW, Why.CONFLICT, Why.FULL},
)
# Holding a seat stops nobody from waiting for an overlapping session, and being full is what a line is for.
JOIN = Door("join", frozenset({Why.CONFLICT, Why.FULL}) | _SAID_AS_FULL)
WISH_ON_HOLD = Door("wish on hold", _WISHED_IN_TIME | _SAID_AS_FULL)
# A line is served only while it has a seat, which is asked for each person anew. A clash is settled by a swap or by
# asking, and where the person wants neither they are passed over.
# A pass that is to be paid keeps nobody back either.
PROMOTION = Door(
    "promotion", frozenset({Why.CONFLICT, Why.FULL}) | _WISHED_IN_TIME | _SAID_AS_FULL | BILLED, Seats.LINE
)
# An invitation was made before its session came into a draw: the seat is held for them, and never was in the draw.
ACCEPT = Door("accept", _WISHED_IN_TIME | _SAID_AS_FULL | {Why.IN_DRAW}, Seats.HELD)

# Whoever was invited to a pass with a price orders it, and pays then.
ORDER_INVITATION = Door("order of an invitation", ACCEPT.overlooks | BILLED, Seats.HELD)

# What was paid in time is given; only an event that is gone keeps it back, and then the money goes back. Paid too late,
# it is given while it is there and nobody waits for it.
PAYMENT = Door("payment", _BEFORE_LIVE | _WISHED_IN_TIME | _SAID_AS_FULL | BILLED, Seats.HELD)
LATE_PAYMENT = Door("late payment", _BEFORE_LIVE | _WISHED_IN_TIME | _SAID_AS_FULL | BILLED)

# What a decision of staff goes past.
PAST_CAPACITY = frozenset({Why.FULL, Why.CAPACITY_MISSING, Why.NOT_IN_PASS})
PAST_HARD_LIMIT = frozenset({Why.HARD_LIMIT})
ACCEPT_CLASH = frozenset({Why.CONFLICT})
OVERRIDE_LIMITS = frozenset({Why.TRACK_LIMIT, Why.SESSION_LIMIT})
OVERRIDE_CLOSED = frozenset({Why.REGISTRATION_CLOSED, Why.STARTED, Why.PASS_NOT_ON_SALE})
# Whose seats a draw gives: staff need no leave for it, other systems come past it as they come late.
OVERRIDE_DRAW = frozenset({Why.IN_DRAW})


class Override(StrEnum):
    """One thing to go past, by the word of the actions: decided by itself and recorded, none implies another."""

    CAPACITY = "past_capacity"
    HARD_LIMIT = "past_hard_limit"
    CLASH = "accept_clash"
    LIMITS = "override_limits"
    CLOSED = "override_closed"


GOES_PAST: dict[Override, frozenset[Why]] = {
    Override.CAPACITY: PAST_CAPACITY,
    Override.HARD_LIMIT: PAST_HARD_LIMIT,
    Override.CLASH: ACCEPT_CLASH,
    Override.LIMITS: OVERRIDE_LIMITS,
    Override.CLOSED: OVERRIDE_CLOSED | OVERRIDE_DRAW,
}


@cache
def gone_past(overrides: frozenset[Override]) -> frozenset[Why]:
    """Every reason to refuse that these overrides go past."""
    return frozenset().union(*(GOES_PAST[one] for one in overrides))


def claiming(decided: frozenset[Why] = frozenset(), *, by_staff: bool) -> Door:
    """The door by which an agenda is taken, or one session for another, past what was `decided`."""
    # Past capacity a hard limit is a refusal of its own, no other word for full.
    overlooks = (frozenset() if Why.FULL in decided else CLAIM.overlooks) | decided
    if by_staff:
        return Door("staff claim", overlooks | _EARLY_BY_STAFF | BILLED)
    # No attendee decides anything.
    return Door(CLAIM.name, overlooks | BILLED) if decided else CLAIM


def joining(decided: frozenset[Why] = frozenset(), *, by_staff: bool) -> Door:
    """The door by which somebody comes into line, past what was `decided`."""
    if by_staff:
        return Door("staff join", JOIN.overlooks | _EARLY_BY_STAFF | decided)
    return Door(JOIN.name, JOIN.overlooks | decided)


def staff_adding(decided: frozenset[Why] = frozenset(), *, by_staff: bool = True) -> Door:
    """The door by which staff add somebody past what they `decided` to go past; other systems decide all of it."""
    return Door("staff adding", (_EARLY_BY_STAFF if by_staff else frozenset()) | BILLED | decided)


def standby(*, is_in_line: bool, is_invited: bool, decided: frozenset[Why] = frozenset()) -> Door:
    """The door by which somebody who stands before it is given a seat beside those of the absent.

    It is open when registration has closed, and while the session runs; a hard limit stops everybody.
    """
    seats = Seats.HELD if is_invited else Seats.LINE if is_in_line else Seats.NEWCOMER
    return Door("standby", _WISHED_IN_TIME | {Why.STARTED, Why.IN_DRAW, Why.FULL} | decided, seats)


def register_now(*, is_invited: bool, decided: frozenset[Why] = frozenset(), by_staff: bool = True) -> Door:
    """The door by which somebody in line, who wished in time, is given a seat; who was invited has one held."""
    leave = _BEFORE_LIVE | OVERRIDE_DRAW if by_staff else frozenset()
    return Door(
        "register now", _WISHED_IN_TIME | BILLED | leave | decided, Seats.HELD if is_invited else Seats.LINE
    )
