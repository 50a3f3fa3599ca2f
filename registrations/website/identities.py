"""Identities of sessions as pages send them with a press: several in one field."""

from __future__ import annotations

import uuid
from functools import lru_cache

# More rows than a page shows; what a client claims to show is not to be trusted with more.
SHOWN_AT_MOST = 100
# With braces, or as an address of its own kind.
LONGEST_IDENTITY = 45


def identities_in(text: str) -> list[uuid.UUID]:
    """Return the identities that stand in the text, separated by commas; a page's at most."""
    found = [_identity(part) for part in text.split(",")[:SHOWN_AT_MOST] if len(part) <= LONGEST_IDENTITY]
    return [each for each in found if each is not None]


@lru_cache(maxsize=20_000)
def _identity(text: str) -> uuid.UUID | None:
    """The identity written so; pages name the same ones with every press."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
