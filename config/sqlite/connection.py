"""A connection to SQLite that knows a few functions more, and whose turn it is."""

from __future__ import annotations

import sqlite3
from typing import Any

from config.sqlite.turns import Turn, turns_of


class _Fingerprint:
    """The sum of a hash of each row's values, as `events.searching.Fingerprint` asks for it."""

    def __init__(self) -> None:
        self.sum = 0

    def step(self, *values: Any) -> None:
        """Add one row."""
        # Of one text: hashes of tuples, added up, are often the same where two rows exchange what they hold.
        self.sum += hash("\x1f".join(map(str, values)))

    def finalize(self) -> int:
        """The sum, as far as it goes into a number of SQLite's."""
        return self.sum & 0x7FFF_FFFF_FFFF_FFFF


def _casefold(value: Any) -> str | None:
    return None if value is None else str(value).casefold()


class Connection(sqlite3.Connection):
    """One that knows `casefold`, by which searches find “Ü” and “ü” alike, and `fingerprint`; it writes in its turn."""

    _turn: Turn | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turns = turns_of(str(args[0] if args else kwargs["database"]))
        self.create_function("casefold", 1, _casefold, deterministic=True)
        self.create_aggregate("fingerprint", -1, _Fingerprint)

    def take_turn(self) -> None:
        """Wait until this connection may write; the error of a locked database when that takes too long."""
        if self._turn is not None:
            return
        self._turn = self._turns.take(self._seconds_to_wait)
        if self._turn is None:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_BUSY, "SQLITE_BUSY"
            raise error

    def end_turn(self) -> None:
        """Let the next one write, unless a transaction is open."""
        if self._turn is not None and not self.in_transaction:
            self._give_up()

    def _seconds_to_wait(self) -> float:
        """As long as for the lock of another process."""
        [milliseconds] = self.execute("PRAGMA busy_timeout").fetchone()
        return milliseconds / 1000

    def _give_up(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            self._turns.give_up(turn)

    def commit(self) -> None:
        """Commit, and let the next one write."""
        try:
            super().commit()
        finally:
            self.end_turn()

    def rollback(self) -> None:
        """Roll back, and let the next one write."""
        try:
            super().rollback()
        finally:
            self.end_turn()

    def close(self) -> None:
        """Close, which rolls back, and let the next one write."""
        try:
            super().close()
        finally:
            self._give_up()

    def __del__(self) -> None:
        """A thread that ends without closing its connection keeps nobody waiting."""
        self._give_up()
