"""What is answered at a door, in the words that are read from an arm's length."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registrations.rules.scans import Answer

# Shorter than what the desk reads of the same answer.
_SHORT = {
    Answer.NOT_REGISTERED: _("Not registered"),
    Answer.ANOTHER_SESSION: _("Another session"),
    Answer.STANDBY: _("Waiting"),
    Answer.UNKNOWN_CODE: _("Unknown"),
    Answer.ANOTHER_EVENT: _("Another event"),
    Answer.NOT_LIVE: _("Not taking place"),
    Answer.FULL_HOUSE: _("Full house"),
    Answer.OUT: _("Gone out"),
}
# Of refusals that a phone learns from the server.
_REFUSED = {
    "not_next_in_line": _("Not next"),
    "standby_not_open": _("No free seat"),
    "hard_limit": _("Full house"),
    "conflict": _("Another session"),
}
# After these nothing more is to be decided.
IN = {Answer.ADMITTED.value, Answer.ALREADY_IN.value}


def word_of(outcome: str) -> str:
    """Return the word for an answer; a refusal that no door knows is said by its code."""
    if outcome in _REFUSED:
        return str(_REFUSED[outcome])
    if outcome not in Answer.values:
        return outcome.replace("_", " ").capitalize()
    answer = Answer(outcome)
    return str(_SHORT.get(answer, answer.label))


def words() -> list[tuple[str, str]]:
    """Return every answer with its word."""
    return [(code, word_of(code)) for code in (*Answer.values, *_REFUSED)]
