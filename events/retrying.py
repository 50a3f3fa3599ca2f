"""The frame of every public action: lock trouble becomes `Busy`, and what was freed is settled afterwards."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError

from events import metrics
from events.database_trouble import Trouble, is_lock_trouble, names_a_row_that_went, trouble_of
from events.errors import Busy, Refusal

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

TRIES_AFTER_DEADLOCK = 2


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make `function` a public action: a deadlock is tried again twice, a lock not had in time raises Busy.

    So is one that names a row which went while it ran (the contact of a registration that somebody just gave another
    address): read again, it names the row that is there. Nothing was changed when Busy is raised: the action's one
    transaction was rolled back.
    """

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        for tries_left in reversed(range(TRIES_AFTER_DEADLOCK + 1)):
            try:
                result = function(*args, **kwargs)
            except Refusal as refusal:
                metrics.note_outcome(function.__name__, refusal.code)
                raise
            except (OperationalError, IntegrityError) as error:
                _weigh(error, function.__name__, tries_left)
            else:
                if not kwargs.get("preview"):
                    metrics.note_result(function.__name__, result)
                return result
        raise AssertionError("unreachable")

    return wrapped


def _weigh(error: OperationalError | IntegrityError, name: str, tries_left: int) -> None:
    """Return where the action of this name is to be tried again; else raise what its caller is to be told."""
    if isinstance(error, IntegrityError):
        if tries_left == 0 or not names_a_row_that_went(error):
            raise error
        logger.info("a row went during %s, tried again", name)
        return
    if not is_lock_trouble(error):
        raise error
    if tries_left == 0 or trouble_of(error) is not Trouble.DEADLOCK:
        metrics.note_lock_wait("busy")
        metrics.note_outcome(name, Busy.code)
        raise Busy from error
    metrics.note_lock_wait("deadlock")
    logger.info("deadlock in %s, tried again", name)
