"""Many requests at the same instant, each in a thread with a database connection of its own."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import Any

from django.db import connections

from events.errors import Busy, Refusal

SECONDS = 60
TRIES = 10
Act = Callable[[], Any]


class Client:
    """One thread with its connection, kept for the next race: fifty new ones a round would cost more than the acts."""

    def __init__(self) -> None:
        self._orders: SimpleQueue[tuple[Act, Future[Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._obey, daemon=True)
        self._thread.start()

    def do(self, act: Act) -> Future[Any]:
        """Begin; the future has what became of it."""
        future: Future[Any] = Future()
        self._orders.put((act, future))
        return future

    def _obey(self) -> None:
        while order := self._orders.get():
            act, future = order
            future.set_result(act())
        connections.close_all()

    def go_home(self) -> None:
        """Close the connection and end the thread."""
        self._orders.put(None)
        self._thread.join(SECONDS)


_crowd: list[Client] = []


def send_home() -> None:
    """Close all connections: a database with guests in it cannot be dropped."""
    while _crowd:
        _crowd.pop().go_home()


def at_once(*acts: Act, tries: int = TRIES) -> list[Any]:
    """Start all acts together; return what each returned or raised, in their order.

    Busy is tried again, as the page asks its visitor to: nothing was changed. With one try it is an answer.
    """
    while len(_crowd) < len(acts):
        _crowd.append(Client())
    start = threading.Barrier(len(acts))
    begun = [client.do(partial(_run, start, act, tries)) for client, act in zip(_crowd, acts, strict=False)]
    return [future.result(SECONDS) for future in begun]


def _run(start: threading.Barrier, act: Act, tries: int) -> Any:
    try:
        connections["default"].ensure_connection()
        start.wait(SECONDS)
        return _patiently(act, tries)
    except Exception as error:
        if not isinstance(error, Refusal):
            traceback.print_exception(error)  # shown with a test that fails
        return error


def _patiently(act: Act, tries: int) -> Any:
    for _try in range(tries - 1):
        try:
            return act()
        except Busy:
            continue
    return act()


def errors(results: Sequence[Any]) -> list[Exception]:
    """Return those results that are exceptions."""
    return [result for result in results if isinstance(result, Exception)]


def appears(race: Callable[[], Any], *, rounds: int = 20) -> bool:
    """Run the race until it leaves something wrong; False when it never does, so that a control can fail."""
    return any(race() for _round in range(rounds))
