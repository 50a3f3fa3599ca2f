"""What may be done: the one list that buttons and actions ask. Pure: no query, no write."""

from registrations.rules.agendas import decide_agenda
from registrations.rules.buttons import SeatButton, seat_buttons
from registrations.rules.claims import (
    clashes,
    outcome_of_claim,
    refusal_for,
    refusals_to_claim,
    refusals_to_drop,
    refusals_to_open,
)
from registrations.rules.waiting import deadline_for, refusals_to_serve, registers_automatically, weight

__all__ = [
    "SeatButton",
    "clashes",
    "deadline_for",
    "decide_agenda",
    "outcome_of_claim",
    "refusal_for",
    "refusals_to_claim",
    "refusals_to_drop",
    "refusals_to_open",
    "refusals_to_serve",
    "registers_automatically",
    "seat_buttons",
    "weight",
]
