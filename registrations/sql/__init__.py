"""The fixed statements of a claim, and of a line that is served: what is read, and how rows are written.

The ORM puts each statement together anew, which took ten times as long as the database needed to answer it.
They are the same for both databases. Nothing here decides or locks.
"""

from registrations.sql._agendas import (
    attach_speakers,
    draft_with_agenda,
    pass_of,
    places_in_line_at,
    seats_at,
    sessions_by_id,
    starred_by,
)
from registrations.sql._drafts import (
    Drafted,
    agenda_and_sessions,
    draft_and_sessions,
    drafted,
    finish_draft,
    is_registered,
    put_into_draft,
    take_out_of_draft,
)
from registrations.sql._draws import (
    Decided,
    decided_for,
    freeze_holders,
    holders_with,
    mark_holders,
    seat_counts_of,
    sessions_ruled,
)
from registrations.sql._events import (
    event_numbered,
    event_with,
    may_have_sessions_of_everybody,
    revision_of,
    sessions_of_everybody,
)
from registrations.sql._facts import (
    contact_of,
    facts_of_claim,
    facts_of_link,
    revised_contact_of,
    sessions_named,
)
from registrations.sql._kept import KeptQuery
from registrations.sql._listed import (
    OpenWait,
    events_listed,
    had_by,
    linked_to,
    moves_of,
    sessions_listed,
    waits_of,
)
from registrations.sql._many import (
    Head,
    close_items,
    contacts_with,
    door_code_given,
    give_door_codes,
    heads_of,
    held_by,
    mates_of,
    registrations_of,
    revise_contacts,
    seats_overlapping,
    session_of,
    sessions_held,
    waited_for,
)
from registrations.sql._one_statement import can_write_in_one_statement, write_in_one_statement
from registrations.sql._past_lines import ended_waits, moved_up
from registrations.sql._places import ahead_of, length_of, places_of
from registrations.sql._reading import attach, copied
from registrations.sql._seats import Figures, is_for_a_draw, seat_figures, seats_of, seats_with
from registrations.sql._statements import (
    offers_instead_of,
    registration_and_seats,
    registration_with,
    sessions_with,
)
from registrations.sql._tokens import token_with
from registrations.sql._transactions import (
    numbers_transactions,
    oldest_open_transaction,
    own_transaction,
)
from registrations.sql._writing import MANY, insert, insert_if_missing, new_row

__all__ = [
    "MANY",
    "Decided",
    "Drafted",
    "Figures",
    "Head",
    "KeptQuery",
    "OpenWait",
    "agenda_and_sessions",
    "ahead_of",
    "attach",
    "attach_speakers",
    "can_write_in_one_statement",
    "close_items",
    "contact_of",
    "contacts_with",
    "copied",
    "decided_for",
    "door_code_given",
    "draft_and_sessions",
    "draft_with_agenda",
    "drafted",
    "ended_waits",
    "event_numbered",
    "event_with",
    "events_listed",
    "facts_of_claim",
    "facts_of_link",
    "finish_draft",
    "freeze_holders",
    "give_door_codes",
    "had_by",
    "heads_of",
    "held_by",
    "holders_with",
    "insert",
    "insert_if_missing",
    "is_for_a_draw",
    "is_registered",
    "length_of",
    "linked_to",
    "mark_holders",
    "mates_of",
    "may_have_sessions_of_everybody",
    "moved_up",
    "moves_of",
    "new_row",
    "numbers_transactions",
    "offers_instead_of",
    "oldest_open_transaction",
    "own_transaction",
    "pass_of",
    "places_in_line_at",
    "places_of",
    "put_into_draft",
    "registration_and_seats",
    "registration_with",
    "registrations_of",
    "revise_contacts",
    "revised_contact_of",
    "revision_of",
    "seat_counts_of",
    "seat_figures",
    "seats_at",
    "seats_of",
    "seats_overlapping",
    "seats_with",
    "session_of",
    "sessions_by_id",
    "sessions_held",
    "sessions_listed",
    "sessions_named",
    "sessions_of_everybody",
    "sessions_ruled",
    "sessions_with",
    "starred_by",
    "take_out_of_draft",
    "token_with",
    "waited_for",
    "waits_of",
    "write_in_one_statement",
]
