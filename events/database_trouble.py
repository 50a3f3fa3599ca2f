"""What a database error means: somebody else holds a lock, or the database cannot serve us now, or we made a mistake.

The first two pass, and nothing that failed by them was stored; the third is none of this module's business. Everybody
who has to tell asks here: actions, pages, the API and the worker.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections

R = TypeVar("R")


class Trouble(StrEnum):
    """Why the database does not do what it is asked."""

    DEADLOCK = "deadlock"
    LOCKED = "locked"
    GONE = "gone"
    TOO_MANY = "too_many_connections"
    READ_ONLY = "read_only"
    FULL = "full"


# By SQLSTATE, the longest beginning that fits.
_BY_STATE = {
    "40P01": Trouble.DEADLOCK,
    "40001": Trouble.DEADLOCK,
    "55P03": Trouble.LOCKED,
    "57014": Trouble.LOCKED,
    "25006": Trouble.READ_ONLY,
    "53300": Trouble.TOO_MANY,
    "53": Trouble.FULL,
    "57P": Trouble.GONE,
    "08": Trouble.GONE,
    "25P03": Trouble.GONE,
    "25P04": Trouble.GONE,
    "58030": Trouble.FULL,
}
# By SQLite's names of its errors, which begin so.
_BY_SQLITE_NAME = {
    "SQLITE_BUSY": Trouble.LOCKED,
    "SQLITE_LOCKED": Trouble.LOCKED,
    "SQLITE_PROTOCOL": Trouble.LOCKED,
    "SQLITE_READONLY": Trouble.READ_ONLY,
    "SQLITE_FULL": Trouble.FULL,
    "SQLITE_IOERR": Trouble.FULL,
    "SQLITE_CANTOPEN": Trouble.GONE,
}
# Until here nothing of the statement had been sent.
_BEFORE_ANYTHING = {"connect", "get_new_connection", "ensure_connection"}
FOREIGN_KEY_VIOLATION = "23503"
LOCK_TROUBLE = {Trouble.DEADLOCK, Trouble.LOCKED}


def trouble_of(error: BaseException | None) -> Trouble | None:
    """What kind of trouble the error is; None for a mistake of ours, and for what is no database error."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    cause = error.__cause__ or error
    state = getattr(cause, "sqlstate", None)
    if state:
        fitting = [beginning for beginning in _BY_STATE if state.startswith(beginning)]
        return _BY_STATE[max(fitting, key=len)] if fitting else None
    name = getattr(cause, "sqlite_errorname", "")
    if name:
        return next((kind for begins, kind in _BY_SQLITE_NAME.items() if name.startswith(begins)), None)
    return _without_a_code(error, cause)


def _without_a_code(error: BaseException, cause: BaseException) -> Trouble | None:
    if "database is locked" in str(error):
        return Trouble.LOCKED
    if "too many clients" in str(error) or "too many connections" in str(error):
        return Trouble.TOO_MANY
    if isinstance(error, InterfaceError):
        return Trouble.GONE
    # psycopg gives no code where the server said nothing any more.
    is_of_psycopg = type(cause).__module__.startswith("psycopg")
    return Trouble.GONE if isinstance(error, OperationalError) and is_of_psycopg else None


def is_lock_trouble(error: BaseException) -> bool:
    """True when somebody else held a lock for too long."""
    return trouble_of(error) in LOCK_TROUBLE


def names_a_row_that_went(error: BaseException) -> bool:
    """True when what was written names a row that is not there (any more), as PostgreSQL finds out at the commit."""
    return getattr(error.__cause__, "sqlstate", None) == FOREIGN_KEY_VIOLATION


def end_is_unknown(error: BaseException) -> bool:
    """True when the server vanished with a statement in hand: whether it was done, nobody can tell."""
    cause = error.__cause__ or error
    if trouble_of(error) is not Trouble.GONE or getattr(cause, "sqlstate", None):
        return False
    frames = {frame.f_code.co_name for frame, _line in traceback.walk_tb(error.__traceback__)}
    return not isinstance(error, InterfaceError) and not frames & _BEFORE_ANYTHING


# Whether this thread's request has committed a move of seats.


class _Request(threading.local):
    something_was_done = False


_request = _Request()


def begin_request() -> None:
    """Nothing has been done yet."""
    _request.something_was_done = False


def note_done() -> None:
    """Something was committed: what goes wrong from now on does not undo it."""
    _request.something_was_done = True


def something_was_done() -> bool:
    """True when something of this request was committed before the trouble."""
    return _request.something_was_done


def wait_out(
    act: Callable[[], R],
    *,
    seconds: float,
    should_stop: Callable[[], bool] = lambda: False,
    nap: Callable[[float], object] = time.sleep,
) -> R:
    """Do it, again and again while the database cannot; after so many seconds let its error pass."""
    end = time.monotonic() + seconds
    while True:
        try:
            return act()
        except (DatabaseError, InterfaceError) as error:
            if trouble_of(error) is None or should_stop() or time.monotonic() >= end:
                raise
        nap(0.5)
        # The connection may be dead: the next try finds out, and opens another.
        close_old_connections()
