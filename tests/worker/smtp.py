"""A real SMTP server on 127.0.0.1 that behaves as a test says, and keeps what it took."""

from __future__ import annotations

import contextlib
import email
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

# What is said to each word of the client; None hangs up, and HANG says nothing until the test is over.
Answer = str | None
HANG = "HANG"


@dataclass
class Server:
    """Answers each word of SMTP as `answers` says, else as a healthy server does."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)
    connections: int = 0
    words: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def ids(self) -> list[str]:
        """The Message-IDs of the mails taken."""
        return [email.message_from_string(text)["Message-ID"] for text in self.mails]

    def answer(self, word: str, otherwise: str) -> Answer:
        """What to say, once it is to be said."""
        self.words.append(word)
        said = self.answers.get(word, otherwise)
        if said == HANG:
            self.over.wait(60)
            return None
        return said


HEALTHY = {"EHLO": "250 test", "HELO": "250 test", "MAIL": "250 ok", "RCPT": "250 ok", "RSET": "250 ok"}
HEALTHY |= {"NOOP": "250 ok", "QUIT": "221 bye", "DATA": "354 go on", ".": "250 taken"}


def _serve(server: Server, handler: socketserver.StreamRequestHandler) -> None:
    server.connections += 1
    say: Callable[[str], object] = lambda words: handler.wfile.write(words.encode() + b"\r\n")  # noqa: E731
    say("220 test ESMTP")
    while line := handler.rfile.readline():
        word = line.split()[0].decode().upper() if line.split() else ""
        said = server.answer(word, HEALTHY.get(word, "502 unknown"))
        if said is None:
            return
        say(said)
        if word == "DATA" and said.startswith("354"):
            text = _message(handler)
            said = server.answer(".", HEALTHY["."])
            if said is None:
                return
            if said.startswith("250"):
                server.mails.append(text)
            say(said)


def _message(handler: socketserver.StreamRequestHandler) -> str:
    lines = []
    while (line := handler.rfile.readline()) not in {b"", b".\r\n"}:
        lines.append(line.decode())
    return "".join(lines)


@contextlib.contextmanager
def listening(**answers: Answer) -> Iterator[Server]:
    """A server until the block ends; `END="451 no"` answers what ends a message."""
    server = Server(0, {word if word != "END" else ".": said for word, said in answers.items()})

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                _serve(server, self)

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads, block_on_close, allow_reuse_address = True, False, True

    listener = Listener(("127.0.0.1", 0), Handler)
    server.port = listener.server_address[1]
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        listener.shutdown()
        listener.server_close()
        thread.join(10)


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
