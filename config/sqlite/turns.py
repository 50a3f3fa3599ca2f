"""Whose turn it is to write: the threads of one process, first come, first served."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable


class Turn:
    """One writer's place in the line, and then the right to write until it is given up."""

    __slots__ = ("called",)

    def __init__(self) -> None:
        self.called = threading.Lock()
        self.called.acquire()


class Turns:
    """The line of one database: one writes, the others wait.

    A turn belongs to a connection, not to a thread. It is a courtesy among threads: the file's lock alone keeps them
    from writing together, so nothing is lost where somebody writes out of turn.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: nobody writes, nobody waits."""
        # One that its own thread may take twice: while it is held, the connection of a dead thread may be collected.
        self._guard = threading.RLock()
        self._line: deque[Turn] = deque()
        self._now: Turn | None = None

    def take(self, seconds: Callable[[], float]) -> Turn | None:
        """The turn, as soon as it comes; None when it has not come within so many seconds (asked if one must wait)."""
        turn = Turn()
        with self._guard:
            self._line.append(turn)
            self._call_next()
        if self._now is turn:
            return turn
        try:
            is_called = turn.called.acquire(timeout=seconds())
        except BaseException:
            self.give_up(turn)
            raise
        with self._guard:
            # Perhaps it was called between the end of the wait and this line.
            if is_called or self._now is turn:
                return turn
            self._line.remove(turn)
        return None

    def give_up(self, turn: Turn) -> None:
        """Let the next one write, or leave the line."""
        with self._guard:
            if self._now is turn:
                self._now = None
                self._call_next()
            elif turn in self._line:
                self._line.remove(turn)

    def _call_next(self) -> None:
        if self._now is None and self._line:
            self._now = self._line.popleft()
            self._now.called.release()


_lines: dict[str, Turns] = {}


def turns_of(database: str) -> Turns:
    """The line for this file; a database in memory is its connection's own, and so is its line."""
    is_in_memory = not database or ":memory:" in database or "mode=memory" in database
    return Turns() if is_in_memory else _lines.setdefault(database, Turns())


def _forget_all() -> None:
    for line in _lines.values():
        line.forget()


if hasattr(os, "register_at_fork"):
    # The threads that write or wait are the other process's.
    os.register_at_fork(after_in_child=_forget_all)
