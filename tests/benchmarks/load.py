"""A load client that costs little: raw keep-alive connections, requests built beforehand, one loop over epoll.

It runs on the same cores as what it measures, so each microsecond of its own would flatter the ratios.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

SECONDS_AT_MOST = 120


@dataclass
class Answers:
    """What came back: how many of each status, how long each took (seconds), and how long it took in all."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """The latency, in seconds, that this share of the answers kept within."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


class _Connection:
    """One keep-alive connection that sends one request after the other."""

    def __init__(self, address: tuple[str, int], requests: Iterable[bytes]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = iter(requests)
        self.begun = 0.0
        self.received = b""

    def send_next(self) -> bool:
        """Send the next request; False when there is none."""
        request = next(self.requests, None)
        if request is None:
            return False
        self.received = b""
        self.begun = time.perf_counter()
        self.socket.sendall(request)
        return True

    def receive(self) -> int | None:
        """Read what has come; return the status once the answer is whole."""
        piece = self.socket.recv(65_536)
        if not piece:
            raise ConnectionError("the server closed the connection before its answer was whole")
        self.received += piece
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return None
        _before, _name, after = head.lower().partition(b"content-length:")
        if not after:
            return int(head[9:12]) if body.endswith(b"0\r\n\r\n") else None
        return int(head[9:12]) if len(body) >= int(after.split(b"\r\n", 1)[0]) else None


def send(address: tuple[str, int], requests: Sequence[bytes], *, clients: int) -> Answers:
    """Send all requests over `clients` connections at once, each waiting for its answer before the next."""
    shares = [requests[index::clients] for index in range(clients)]
    connections = [_Connection(address, share) for share in shares if share]
    answers, selector = Answers(), selectors.DefaultSelector()
    begun = time.perf_counter()
    for connection in connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send_next()
    open_ones = len(connections)
    while open_ones:
        if time.perf_counter() - begun > SECONDS_AT_MOST:
            raise TimeoutError(f"{open_ones} connections got no answer in {SECONDS_AT_MOST} s")
        for key, _events in selector.select(timeout=5):
            status = key.data.receive()
            if status is None:
                continue
            answers.statuses[status] += 1
            answers.latencies.append(time.perf_counter() - key.data.begun)
            if not key.data.send_next():
                selector.unregister(key.data.socket)
                key.data.socket.close()
                open_ones -= 1
    answers.seconds = time.perf_counter() - begun
    return answers


def request(path: str, *, cookies: str = "", body: bytes | None = None, more: str = "") -> bytes:
    """Return a whole GET, or POST of a form, as sent over the wire."""
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/html"]
    if cookies:
        lines.append(f"Cookie: {cookies}")
    if more:
        lines.append(more)
    if body is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")
