"""What custom fields of a session may be: texts by their label, or choices that another system knows by id."""

from __future__ import annotations

from typing import Any

MOST_FIELDS, LONGEST_LABEL, LONGEST_TEXT, MOST_CHOICES = 200, 100, 10_000, 200


def is_text(value: Any, longest: int) -> bool:
    """True for a text that both databases can hold."""
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)
