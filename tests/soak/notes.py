"""What was asked and what was answered: counted by kind, and kept where an answer promised something."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Promise(StrEnum):
    """What an answer said to be so, at the moment when it was given."""

    SEAT = "has a seat"
    PLACE = "has a seat or a place in line"
    NOTHING = "has neither seat nor place"
    REGISTERED = "is registered"
    CANCELLED = "is not registered any more"
    CHECKED_IN = "is checked in"
    SEAT_GIVEN_BACK = "the seat was given back"


@dataclass(frozen=True)
class Acknowledged:
    """One promise: to whom (or about which row), about which session, and between which moments it was made."""

    promise: Promise
    # By what the asker knew: ("uuid", …), ("email", …) or ("id", …) of a registration; ("row", …) of anything else.
    who: tuple[str, str]
    session: int | None
    sent: datetime
    answered: datetime


@dataclass
class Notebook:
    """All that happened, written by many threads."""

    attempts: Counter[tuple[str, str]] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    offences: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def attempted(self, kind: str, answer: str, promises: Iterable[Acknowledged] = ()) -> None:
        """Count one attempt with its last answer, and keep what was promised."""
        with self._lock:
            self.attempts[kind, answer] += 1
            self.acknowledged += promises

    def noted(self, status: str, seconds: float) -> None:
        """Count one answer, also of those that were asked again, and keep how long it took."""
        with self._lock:
            self.heard[status] += 1
            self.seconds.append(seconds)

    def injected(self, fault: str) -> None:
        """Count one fault."""
        with self._lock:
            self.faults[fault] += 1

    def accuse(self, offence: str) -> None:
        """Keep what must not be."""
        with self._lock:
            self.offences.append(offence)
