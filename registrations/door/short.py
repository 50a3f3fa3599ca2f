"""What is answered at a door, in the words that are read from an arm's length."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

OUTCOMES = [
    ("admitted", _("Admitted")),
    ("already_in", _("Already in")),
    ("not_registered", _("Not registered")),
    ("another_session", _("Another session")),
    ("cancelled", _("Cancelled")),
    ("standby", _("Waiting")),
    ("unknown_code", _("Unknown")),
    ("another_event", _("Another event")),
    ("not_live", _("Not taking place")),
    ("full_house", _("Full house")),
    ("not_next_in_line", _("Not next")),
    ("standby_not_open", _("No free seat")),
    ("hard_limit", _("Full house")),
    ("conflict", _("Another session")),
    ("out", _("Gone out")),
    ("undone", _("Taken back")),
]
