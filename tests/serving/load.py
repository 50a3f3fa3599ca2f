"""Visitors who ask again and again, each time on a connection of its own, and a proxy that knows two servers."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count

Ask = Callable[[bytes], str]
SECONDS = 60
# Outgoing connections begin at 32768, where Linux is not told otherwise.
BELOW_OUTGOING = (15_000, 32_000)


def free_port() -> int:
    """A port that nobody uses now, and that the system gives no outgoing connection before a server takes it."""
    while True:
        port = random.randrange(*BELOW_OUTGOING)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def ask(port: int, request: bytes) -> str:
    """Send one request; return its status, or what happened instead of an answer."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    except OSError as error:
        return type(error).__name__
    return answer[9:12].decode() or "closed without a word"


def through_proxy(ports: Sequence[int]) -> Ask:
    """Return what a proxy does: servers in turn, the next one when a connection is refused, and never twice."""
    turns = count()

    def ask_one(request: bytes) -> str:
        first = next(turns)
        for index in range(len(ports)):
            answer = ask(ports[(first + index) % len(ports)], request)
            if answer != "ConnectionRefusedError":
                return answer
        return "no server"

    return ask_one


class Visitors:
    """Threads that take one request after the other; the answers are kept by request."""

    def __init__(self, ask: Ask, requests: Iterator[bytes]) -> None:
        self.answers: dict[bytes, str] = {}
        self._ask, self._requests = ask, requests
        self._lock, self._enough = threading.Lock(), threading.Event()

    @property
    def counts(self) -> Counter[str]:
        """How many answers of each kind there are."""
        return Counter(list(self.answers.values()))

    def _visit(self) -> None:
        while not self._enough.is_set():
            with self._lock:
                request = next(self._requests, None)
            if request is None:
                return
            self.answers[request] = self._ask(request)

    @contextmanager
    def asking(self, number: int) -> Iterator[None]:
        """Let so many ask for as long as the block runs; those who are waiting get their answers."""
        threads = [threading.Thread(target=self._visit) for _ in range(number)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._enough.set()
            for thread in threads:
                thread.join(SECONDS)
