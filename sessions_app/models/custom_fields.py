"""What custom fields of a session may be: texts by their label, or choices that another system knows by id."""

from __future__ import annotations

from typing import Any

MOST_FIELDS, LONGEST_LABEL, LONGEST_TEXT, MOST_CHOICES = 200, 100, 10_000, 200


def is_text(value: Any, longest: int) -> bool:
    """True for a text that both databases can hold."""
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def is_choice(value: Any) -> bool:
    """True for what another system chose: `{"id": …}` with a number or a short text, and nothing else."""
    if not isinstance(value, dict) or set(value) != {"id"}:
        return False
    number = value["id"]
    is_number = isinstance(number, int) and not isinstance(number, bool) and abs(number) < 2**63
    return is_number or is_text(number, LONGEST_LABEL)


def are_custom_fields(value: Any) -> bool:
    """True for an object of texts, or of lists of choices, that a session can keep."""
    if not isinstance(value, dict) or len(value) > MOST_FIELDS:
        return False
    return all(is_text(label, LONGEST_LABEL) and _is_said(said) for label, said in value.items())


def _is_said(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= MOST_CHOICES and all(map(is_choice, value))
    return is_text(value, LONGEST_TEXT)
