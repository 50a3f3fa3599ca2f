"""The frame of every public action: lock trouble becomes `Busy`, and what was freed is settled afterwards."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError

from events.errors import Busy

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

TRIES_AFTER_DEADLOCK = 2
_DEADLOCK = {"40P01", "40001"}
_NO_LOCK = {"55P03", "57014"}


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make `function` a public action: a deadlock is tried again twice, a lock not had in time raises Busy.

    Nothing was changed when Busy is raised: the action's one transaction was rolled back.
    """

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        for tries_left in reversed(range(TRIES_AFTER_DEADLOCK + 1)):
            try:
                return function(*args, **kwargs)
            except OperationalError as error:
                if not _is_lock_trouble(error):
                    raise
                if tries_left == 0 or not _is_deadlock(error):
                    raise Busy from error
                logger.info("deadlock in %s, tried again", function.__name__)
        raise AssertionError("unreachable")

    return wrapped


def _sqlstate(error: OperationalError) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def _is_deadlock(error: OperationalError) -> bool:
    return _sqlstate(error) in _DEADLOCK


def _is_lock_trouble(error: OperationalError) -> bool:
    return _is_deadlock(error) or _sqlstate(error) in _NO_LOCK or "database is locked" in str(error)
