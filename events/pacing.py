"""How hard a receiver is pressed: a breaker that lets it rest after failures, and a pace of so many a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

Clock = Callable[[], float]


class Breaker:
    """Says whether a receiver may be tried: after some failures in a row it rests, each time twice as long.

    After each rest one try decides: it works and all is forgotten, or it fails and the next rest begins. Times are
    in seconds. Several threads may ask.
    """

    def __init__(
        self, failures: int = 3, rest: float = 5.0, longest: float = 300.0, clock: Clock = time.monotonic
    ) -> None:
        self._limit, self._rest, self._longest, self._clock = failures, rest, longest, clock
        self._failures, self._until = 0, 0.0
        self._lock = threading.Lock()

    def may_try(self) -> bool:
        """True unless it rests now."""
        return self._clock() >= self._until

    @property
    def rests_for(self) -> float:
        """How long the rest still lasts; 0 when there is none."""
        return max(0.0, self._until - self._clock())

    def failed(self) -> None:
        """Count one more failure; the receiver rests once there were too many in a row."""
        with self._lock:
            self._failures += 1
            beyond = self._failures - self._limit
            if beyond >= 0:
                self._until = self._clock() + min(self._rest * 2 ** min(beyond, 20), self._longest)

    def worked(self) -> None:
        """Forget all failures."""
        with self._lock:
            self._failures, self._until = 0, 0.0


class Pace:
    """Lets so many through a second, evenly; all at once where no rate is given."""

    def __init__(self, per_second: float = 0.0, clock: Clock = time.monotonic) -> None:
        self._gap, self._clock = 1 / per_second if per_second > 0 else 0.0, clock
        self._next = 0.0

    def wait(self, nap: Callable[[float], object] = time.sleep) -> None:
        """Return when the next may go; `nap` sleeps so many seconds."""
        if not self._gap:
            return
        now = self._clock()
        if self._next > now:
            nap(self._next - now)
        self._next = max(self._next, now) + self._gap
