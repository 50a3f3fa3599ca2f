"""The fixed statements of a claim, the same for both databases (design §4): what it reads, and how rows are written.

The ORM puts each statement together anew, which took ten times as long as the database needed to answer it.
Nothing here decides or locks.
"""

from registrations.sql._facts import contact_of, facts_of_claim, facts_of_link, revised_contact_of
from registrations.sql._statements import (
    ahead_of,
    held_by,
    offers_instead_of,
    registration_with,
    session_with,
    waited_for,
)
from registrations.sql._together import can_write_together, write_together
from registrations.sql._writing import insert, insert_if_missing, new_row

__all__ = [
    "ahead_of",
    "can_write_together",
    "contact_of",
    "facts_of_claim",
    "facts_of_link",
    "held_by",
    "insert",
    "insert_if_missing",
    "new_row",
    "offers_instead_of",
    "registration_with",
    "revised_contact_of",
    "session_with",
    "waited_for",
    "write_together",
]
