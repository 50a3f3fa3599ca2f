"""Queries: what somebody holds, who waits, what may be offered instead. Nothing here writes."""

from registrations.queries.agendas import (
    address_is_free,
    agenda_of,
    included_sessions,
    opened_sessions,
    registered_by_pass,
    registration_of,
    sessions_by_pass,
    sessions_opened_by,
    standing_of,
    standings_of,
    standings_with,
    waiting_of,
)
from registrations.queries.alternatives import alternatives_to
from registrations.queries.chances import Chance, chances_of, moved_up_lately
from registrations.queries.lines import length_of_line, position, positions
from registrations.queries.similar import keys_like, similar_to
from registrations.queries.standby import InLine, Standby, absent_from, house_of, standby_at
from registrations.queries.stars import interested_in, number_interested, starred_by
from registrations.queries.wishes import (
    draws_for,
    first_names_on,
    has_ticket,
    holder_of,
    invited_to,
    stated_by,
    wished_by,
)

__all__ = [
    "Chance",
    "InLine",
    "Standby",
    "absent_from",
    "address_is_free",
    "agenda_of",
    "alternatives_to",
    "chances_of",
    "draws_for",
    "first_names_on",
    "has_ticket",
    "holder_of",
    "house_of",
    "included_sessions",
    "interested_in",
    "invited_to",
    "keys_like",
    "length_of_line",
    "moved_up_lately",
    "number_interested",
    "opened_sessions",
    "position",
    "positions",
    "registered_by_pass",
    "registration_of",
    "sessions_by_pass",
    "sessions_opened_by",
    "similar_to",
    "standby_at",
    "standing_of",
    "standings_of",
    "standings_with",
    "starred_by",
    "stated_by",
    "waiting_of",
    "wished_by",
]
