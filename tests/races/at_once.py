"""Many requests at the same instant, each in a thread with a database connection of its own."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

from events.errors import Busy, Refusal

SECONDS = 60
TRIES = 10


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start all acts together; return what each returned or raised, in their order.

    Busy is tried again, as the page asks its visitor to: nothing was changed.
    """
    results: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(index: int) -> None:
        try:
            connections["default"].ensure_connection()
            start.wait(SECONDS)
            results[index] = _patiently(acts[index])
        except Exception as error:
            if not isinstance(error, Refusal):
                traceback.print_exception(error)  # shown with a test that fails
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[index]) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


def _patiently(act: Callable[[], Any]) -> Any:
    for _try in range(TRIES - 1):
        try:
            return act()
        except Busy:
            continue
    return act()


def errors(results: Sequence[Any]) -> list[Exception]:
    """Return those results that are exceptions."""
    return [result for result in results if isinstance(result, Exception)]


def appears(race: Callable[[], Sequence[Any]], *, rounds: int = 15) -> bool:
    """Run the race until it leaves something wrong; False when it never does, so that a control can fail."""
    return any(race() for _round in range(rounds))
