"""What needs a decision, for the desk's first page: each kind is one class, registered as the desk is put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from events.models import Event

# More of one kind are counted, not listed: the first page stays a page.
MOST_OF_A_KIND = 6


@dataclass(frozen=True)
class AtHand:
    """What somebody works on now: the events that are not over, the soonest first, and the moment."""

    user: Any
    at: datetime
    events: list[Event]

    @cached_property
    def by_id(self) -> dict[int, Event]:
        """The events by id."""
        return {event.pk: event for event in self.events}


@dataclass(frozen=True)
class Matter:
    """One thing that waits for a decision: what it is, where it is decided, at which event, and until when."""

    words: str
    url: str
    event: Event
    due: datetime | None = None


@dataclass(frozen=True)
class Found:
    """The matters of one kind: those that are shown, and how many more there are."""

    kind: NeedsDecision
    shown: list[Matter]
    more: int


class NeedsDecision:
    """One kind of matter. It reads all events at hand in a fixed number of statements.

    `chip` is its status word's kind in the style sheet; `permission` is what looking at it asks for.
    """

    title: ClassVar[Any]
    chip: ClassVar[str]
    permission: ClassVar[str]

    def matters(self, hand: AtHand) -> Iterable[Matter]:
        """Everything of this kind at these events, the most urgent first."""
        raise NotImplementedError


_kinds: list[type[NeedsDecision]] = []


def register_decisions(*kinds: type[NeedsDecision]) -> None:
    """Look for these kinds too from now on; they are shown in the order in which they came."""
    twice = set(_kinds) & set(kinds)
    assert not twice, f"registered twice: {sorted(kind.__name__ for kind in twice)}"
    _kinds.extend(kinds)


def decisions(hand: AtHand) -> list[Found]:
    """All that needs a decision of this person, by kind; kinds of which there is nothing are left out."""
    found = []
    for kind in _kinds:
        if hand.events and hand.user.has_perm(kind.permission):
            each = kind()
            every = list(each.matters(hand))
            if every:
                found.append(Found(each, every[:MOST_OF_A_KIND], len(every[MOST_OF_A_KIND:])))
    return found
