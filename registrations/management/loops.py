"""The worker's loops: each in a thread with a database connection of its own, so that none waits for another.

A loop that dies is started again, one that cannot reach the database waits, and each says every few seconds that
it lives.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import close_old_connections, connections

from events.database_trouble import trouble_of
from events.models import WorkerHeartbeat
from registrations.management.stopping import Stop

logger = logging.getLogger(__name__)

BEAT_EVERY = 10.0
# Whoever does not come to an end after SIGTERM is left behind: what was in hand is taken up when its lease ends.
SECONDS_TO_END = 8.0
LONGEST_WAIT = 30.0
# Does one round; True when there is more to do at once. It is given what to ask whether to stop.
Round = Callable[[Callable[[], bool]], bool]


@dataclass
class Loop:
    """One kind of work, done again and again: `pause` seconds lie between two rounds that find nothing more."""

    name: str
    round: Round
    pause: float
    _beaten: float = field(default=float("-inf"), repr=False)

    def go(self, stop: Stop) -> None:
        """Work until asked to stop."""
        failures = 0
        try:
            while not stop.is_set():
                # A connection that the server has closed meanwhile must not spoil the round.
                close_old_connections()
                has_more, is_well = self._one_round(stop)
                failures = 0 if is_well else failures + 1
                if not has_more:
                    stop.wait(min(self.pause * 2 ** min(failures, 10), max(LONGEST_WAIT, self.pause)))
        finally:
            connections.close_all()

    def _one_round(self, stop: Stop) -> tuple[bool, bool]:
        """Return whether there is more to do at once, and whether the round went well."""

        def should_stop() -> bool:
            self._beat()
            return stop.is_set()

        try:
            self._beat()
            return self.round(should_stop), True
        except Exception as error:
            if trouble := trouble_of(error):
                logger.warning("worker: %s waits for the database (%s)", self.name, trouble)
                # It may lead to a server that is gone, or that was the first one before a failover.
                connections.close_all()
            else:
                # What failed is still to be done: the next round tries again.
                logger.exception("worker: %s", self.name)
            return False, False

    def _beat(self) -> None:
        if time.monotonic() - self._beaten >= BEAT_EVERY:
            WorkerHeartbeat.objects.beat(self.name)
            self._beaten = time.monotonic()


def run(loops: Iterable[Loop], stop: Stop, *, look_every: float = 1.0) -> None:
    """Keep all loops going until asked to stop; then wait for what is in hand, though not for ever."""
    running = {loop.name: (loop, _started(loop, stop)) for loop in loops}
    while not stop.wait(look_every):
        for name, (loop, thread) in running.items():
            if not thread.is_alive():
                logger.error("worker: the loop %s died and is started again", name)
                running[name] = (loop, _started(loop, stop))
    end = time.monotonic() + SECONDS_TO_END
    for name, (_loop, thread) in running.items():
        thread.join(max(0.0, end - time.monotonic()))
        if thread.is_alive():
            logger.warning("worker: the loop %s did not come to an end in time", name)


def _started(loop: Loop, stop: Stop) -> threading.Thread:
    thread = threading.Thread(target=loop.go, args=[stop], name=f"worker-{loop.name}", daemon=True)
    thread.start()
    return thread
