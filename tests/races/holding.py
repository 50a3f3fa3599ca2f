"""Two acts in a known order: the first is held up at one of its commits, and the second begins.

Held right before a commit, the first has its locks, and the second must wait for it or answer without them.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

from events.errors import Refusal

SECONDS = 30
Act = Callable[[], Any]


class Going:
    """An act in a thread and a connection of its own; `result` is what it returned or raised."""

    def __init__(self, act: Act, *, hold: int = 0, after: bool = False) -> None:
        self.result: Any = None
        self._act, self._go = act, threading.Event()
        self.is_held = threading.Event()
        self._thread = threading.Thread(target=self._run, args=[hold, after])
        self._thread.start()

    def _run(self, hold: int, after: bool) -> None:
        try:
            connection.ensure_connection()
            if hold:
                self._hold_at_commit(hold, after)
            self.result = self._act()
        except Exception as error:
            if not isinstance(error, Refusal):
                traceback.print_exception(error)  # shown with a test that fails
            self.result = error
        finally:
            self.is_held.set()
            connections.close_all()

    def _hold_at_commit(self, number: int, after: bool) -> None:
        commit, done = connection.commit, 0

        def held() -> None:
            nonlocal done
            done += 1
            if done == number and after:
                commit()
            if done == number:
                self.is_held.set()
                self._go.wait(SECONDS)
            if done != number or not after:
                commit()

        connection.commit = held  # type: ignore[method-assign]

    @property
    def has_ended(self) -> bool:
        return not self._thread.is_alive()

    def end(self) -> Any:
        """Let it go on, and return what became of it."""
        self._go.set()
        self._thread.join(SECONDS)
        assert self.has_ended, "somebody waits for ever"
        return self.result


@contextmanager
def held(act: Act, *, at_commit: int = 1, after: bool = False) -> Iterator[Going]:
    """The act has done everything up to its so many-th commit, or with `after` that one too."""
    going = Going(act, hold=at_commit, after=after)
    assert going.is_held.wait(SECONDS)
    try:
        yield going
    finally:
        going.end()


def _is_anybody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


def in_turn(first: Act, second: Act, *, at_commit: int = 1, after: bool = False) -> tuple[Any, Any, bool]:
    """Begin the second while the first is held up; return both results, and whether the second waited."""
    with held(first, at_commit=at_commit, after=after) as one:
        assert not one.has_ended, f"it changed nothing: {one.result}"
        two = Going(second)
        deadline = time.monotonic() + SECONDS
        while not (waited := _is_anybody_waiting()) and not two.has_ended:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        return one.end(), two.end(), waited
