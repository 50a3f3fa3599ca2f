"""Hundreds of browsers in one process, over one epoll loop: each keeps its cookies and takes step after step."""

from __future__ import annotations

import gzip
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.middleware.csrf import _get_new_csrf_string, _mask_cipher_secret

from tests.benchmarks.load import request


@dataclass(frozen=True)
class Ask:
    """What a browser sends next: a page, or a form with its fields; and the name of the step."""

    step: str
    path: str
    fields: dict[str, str] | None = None
    by_htmx: bool = False


@dataclass
class Answer:
    """What came back, and when it was asked for and whole (seconds since 1970)."""

    ask: Ask
    sent: float
    received: float = 0.0
    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.received - self.sent

    @property
    def location(self) -> str:
        """Where it leads."""
        return next((value for name, value in self.headers if name == "location"), "")

    @property
    def text(self) -> str:
        """The page."""
        is_zipped = ("content-encoding", "gzip") in self.headers
        return (gzip.decompress(self.body) if is_zipped else self.body).decode()


Story = Generator[Ask, Answer, None]


class Browser:
    """One keep-alive connection that goes through a story."""

    def __init__(self, address: tuple[str, int], story: Story) -> None:
        self.story, self.secret = story, _get_new_csrf_string()
        self.cookies = {"csrftoken": self.secret}
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.answer: Answer | None = None

    def go_on(self) -> bool:
        """Send what comes next in the story; False at its end."""
        try:
            ask = next(self.story) if self.answer is None else self.story.send(self.answer)
        except StopIteration:
            return False
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        more = "Accept-Encoding: gzip" + ("\r\nHX-Request: true" if ask.by_htmx else "")
        body = None
        if ask.fields is not None:
            token = {"csrfmiddlewaretoken": _mask_cipher_secret(self.secret)}
            body = urlencode(token | ask.fields).encode()
        self.received.clear()
        self.answer = Answer(ask, time.time())
        self.socket.sendall(request(ask.path, cookies=cookies, body=body, more=more))
        return True

    def receive(self) -> Answer | None:
        """Read what has come; the answer once it is whole."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("the server closed the connection before its answer was whole")
        self.received += piece
        head, end, body = self.received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = [
            (name.lower(), value) for name, _colon, value in (each.partition(": ") for each in lines[1:])
        ]
        length = next((int(value) for name, value in headers if name == "content-length"), 0)
        if not end or len(body) < length:
            return None
        answer = self.answer
        assert answer is not None
        answer.received, answer.status = time.time(), int(lines[0].split()[1])
        answer.headers, answer.body = headers, bytes(body)
        for name, value in headers:
            if name == "set-cookie":
                key, _is, said = value.partition(";")[0].partition("=")
                self.cookies[key] = said
        return answer


def walk_together(
    address: tuple[str, int],
    stories: Iterable[Story],
    *,
    at_once: int,
    seconds: float,
    between: Callable[[], object] = lambda: None,
) -> list[Answer]:
    """Let so many go through their stories at once, whoever has done makes room for the next; all answers.

    Nobody begins after `seconds`; who has begun ends. `between` is called whenever something has come.
    """
    waiting, answers, selector = deque(stories), [], selectors.DefaultSelector()
    begun, inside = time.monotonic(), 0
    while waiting or inside:
        if time.monotonic() - begun > seconds:
            waiting.clear()
        while waiting and inside < at_once:
            browser = Browser(address, waiting.popleft())
            selector.register(browser.socket, selectors.EVENT_READ, browser)
            inside += browser.go_on()
        for key, _events in selector.select(timeout=60):
            answer = key.data.receive()
            if answer is None:
                continue
            answers.append(answer)
            if not key.data.go_on():
                selector.unregister(key.data.socket)
                key.data.socket.close()
                inside -= 1
        between()
    return answers
