"""A long page in parts: as many are drawn as a first look needs, the others when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Part(Protocol):
    """One part of a page, by its name in addresses and how many sessions it holds."""

    @property
    def key(self) -> str:
        """By what the part is asked for."""

    @property
    def size(self) -> int:
        """The number of its sessions."""


P = TypeVar("P", bound=Part)


def to_draw(parts: Sequence[P], begin: str, *, at_first: int, whole: int) -> list[P]:
    """The parts to draw: all where they hold no more than `whole` sessions.

    Else the one whose key is `begin`, or the first one, and those behind it while they hold no more than `at_first`.
    """
    if sum(part.size for part in parts) <= whole:
        return list(parts)
    first = next((place for place, part in enumerate(parts) if part.key == begin), 0)
    chosen = list(parts[first : first + 1])
    for part in parts[first + 1 :]:
        sessions = sum(each.size for each in chosen)
        if sessions + part.size > at_first:
            break
        chosen.append(part)
    return chosen
