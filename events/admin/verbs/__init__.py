"""What may be done on the desk: a verb shows who is affected, asks, acts by one action, says what happened.

There is one frame for all of them. A verb acts on rows of a list; a verb of one object is the case of one row.
It knows the list by the small protocol `Listing` only, so that panels can hold verbs and verbs need no panel.
"""

from events.admin.verbs.base import (
    PORTION,
    Consequence,
    Decision,
    Done,
    Listing,
    Obstacle,
    Refused,
    Verb,
    in_portions,
    one_by_one,
)
from events.admin.verbs.forms import (
    OTHER,
    CancelForm,
    ConfirmForm,
    ObjectCancelForm,
    ReasonForm,
    TellForm,
    chips,
)
from events.admin.verbs.objects import OneRow, VerbsAdmin, act_on_object
from events.admin.verbs.pages import Frame, back_of, change_url, finish, page, refused, say
from events.admin.verbs.running import SHOWN_ROWS, ask_or_act

__all__ = [
    "OTHER",
    "PORTION",
    "SHOWN_ROWS",
    "CancelForm",
    "ConfirmForm",
    "Consequence",
    "Decision",
    "Done",
    "Frame",
    "Listing",
    "ObjectCancelForm",
    "Obstacle",
    "OneRow",
    "ReasonForm",
    "Refused",
    "TellForm",
    "Verb",
    "VerbsAdmin",
    "act_on_object",
    "ask_or_act",
    "back_of",
    "change_url",
    "chips",
    "finish",
    "in_portions",
    "one_by_one",
    "page",
    "refused",
    "say",
]
