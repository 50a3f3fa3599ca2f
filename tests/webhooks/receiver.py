"""A real HTTP server on 127.0.0.1 that answers as a test says, and remembers what it was sent."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook as Verifier

Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Message:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def type(self) -> str:
        return json.loads(self.body)["type"]

    @property
    def data(self) -> dict[str, Any]:
        return json.loads(self.body)["data"]

    def verified(self, secret: str) -> Any:
        """What the reference verifier of Standard Webhooks makes of it; raises when it is not genuine."""
        return Verifier(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """Answers each request by the next of `script`, then by `otherwise`."""

    server: ThreadingHTTPServer
    script: list[Behaviour] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    otherwise: Behaviour | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    @property
    def types(self) -> list[str]:
        return [message.type for message in self.messages]

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self.lock:
            self.messages.append(Message(handler.path, headers, body))
            behaviour = self.script.pop(0) if self.script else self.otherwise or status(204)
        with contextlib.suppress(OSError):  # it hung up, which it may
            behaviour(handler)


def status(code: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Answer with this status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def twice(first: int, second: int) -> Behaviour:
    """Answer with one status and, unasked, with another one behind it."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        for code in (first, second):
            handler.wfile.write(b"HTTP/1.1 %d Word\r\nContent-Length: 0\r\n\r\n" % code)

    return answer


def until(released: threading.Event) -> Behaviour:
    """Answer nothing before the event is set."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        released.wait(30)
        status(204)(handler)

    return answer


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """Send one more byte of a header again and again, and never end it."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    stop = threading.Event()
    for _byte in range(600):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        stop.wait(0.05)


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Answer 500 with a body that has no end."""
    handler.wfile.write(b"HTTP/1.1 500 Broken\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        handler.wfile.write(b"400\r\n" + b"\x00no" * 341 + b"e\r\n")


@contextlib.contextmanager
def listening() -> Iterator[Receiver]:
    """A receiver that listens until the block ends."""
    receiver: Receiver

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver._serve(self)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = Receiver(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
