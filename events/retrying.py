"""The frame of every public action: lock trouble becomes `Busy`, and what was freed is settled afterwards."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError

from events import metrics
from events.database_trouble import Trouble, is_lock_trouble, trouble_of
from events.errors import Busy, Refusal

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

TRIES_AFTER_DEADLOCK = 2


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make `function` a public action: a deadlock is tried again twice, a lock not had in time raises Busy.

    Nothing was changed when Busy is raised: the action's one transaction was rolled back.
    """

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        for tries_left in reversed(range(TRIES_AFTER_DEADLOCK + 1)):
            try:
                result = function(*args, **kwargs)
            except Refusal as refusal:
                metrics.note_outcome(function.__name__, refusal.code)
                raise
            except OperationalError as error:
                if not is_lock_trouble(error):
                    raise
                if tries_left == 0 or trouble_of(error) is not Trouble.DEADLOCK:
                    metrics.note_lock_wait("busy")
                    metrics.note_outcome(function.__name__, Busy.code)
                    raise Busy from error
                metrics.note_lock_wait("deadlock")
                logger.info("deadlock in %s, tried again", function.__name__)
            else:
                if not kwargs.get("preview"):
                    metrics.note_result(function.__name__, result)
                return result
        raise AssertionError("unreachable")

    return wrapped
