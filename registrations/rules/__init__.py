"""What may be done: the one list that buttons, previews and every door ask. Pure: no query, no write."""

from registrations.rules.agendas import decide_agenda
from registrations.rules.buttons import SeatButton, in_the_way, seat_buttons, would_be_held
from registrations.rules.check_ins import (
    may_be_overridden,
    moment_of_scan,
    refusals_to_come,
    refusals_to_enter,
    refusals_to_mark_no_show,
)
from registrations.rules.claims import outcome_of_claim, refusals_to_drop, refusals_to_leave
from registrations.rules.refusals import (
    check,
    clashes,
    first_refusal,
    judged,
    lateness_of,
    limited_tracks,
    may_limit_all,
    refusals_at_event,
    refusals_of_pass,
    refusals_of_session,
    refusals_to_open,
    refusals_to_seat,
)
from registrations.rules.standby import (
    House,
    free_at_the_door,
    is_standby_open,
    refusals_to_stand_by,
    standby_opens_at,
)
from registrations.rules.waiting import may_be_swapped_away, refusals_to_serve, seats_in_the_way
from registrations.rules.walks import Walk, WalksOfAgenda, walk_between
from waitlists.rules import (
    MOST_TOGETHER,
    deadline_for,
    gives_up_at,
    has_begun,
    priced_pass_of,
    registers_automatically,
    weight,
)

__all__ = [
    "MOST_TOGETHER",
    "House",
    "SeatButton",
    "Walk",
    "WalksOfAgenda",
    "check",
    "clashes",
    "deadline_for",
    "decide_agenda",
    "first_refusal",
    "free_at_the_door",
    "gives_up_at",
    "has_begun",
    "in_the_way",
    "is_standby_open",
    "judged",
    "lateness_of",
    "limited_tracks",
    "may_be_overridden",
    "may_be_swapped_away",
    "may_limit_all",
    "moment_of_scan",
    "outcome_of_claim",
    "priced_pass_of",
    "refusals_at_event",
    "refusals_of_pass",
    "refusals_of_session",
    "refusals_to_come",
    "refusals_to_drop",
    "refusals_to_enter",
    "refusals_to_leave",
    "refusals_to_mark_no_show",
    "refusals_to_open",
    "refusals_to_seat",
    "refusals_to_serve",
    "refusals_to_stand_by",
    "registers_automatically",
    "seat_buttons",
    "seats_in_the_way",
    "standby_opens_at",
    "walk_between",
    "weight",
    "would_be_held",
]
