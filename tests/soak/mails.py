"""The soak's mail server: its good and its bad days, and the envelopes of all that it took."""

from __future__ import annotations

import threading
from collections import Counter, deque
from email.parser import HeaderParser

from tests.worker.smtp import HANG, Answer, Server

WEATHER: dict[str, dict[str, Answer]] = {
    "mail: hangs": {"DATA": HANG},
    "mail: never greets": {"EHLO": HANG, "HELO": HANG},
    "mail: refuses": {"MAIL": "421 go away"},
    "mail: 451": {".": "451 local error in processing"},
    "mail: drops after DATA": {".": None},
}


class Envelopes:
    """Message-ID and recipient of each mail taken; nothing else of them is kept."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[str, str]] = Counter()

    def append(self, text: str) -> None:
        """Keep one more."""
        headers = HeaderParser().parsestr(text, headersonly=True)
        self.taken[headers["Message-ID"], headers["To"]] += 1

    def __len__(self) -> int:
        return self.taken.total()


def keep_envelopes_of(server: Server) -> Envelopes:
    """Let the server forget what it took, but for the envelopes."""
    envelopes = Envelopes()
    server.mails, server.words = envelopes, deque(maxlen=10)  # type: ignore[assignment]
    return envelopes


def let_go(server: Server) -> None:
    """Hang up on whoever hangs now."""
    server.over.set()
    server.over = threading.Event()


def change_weather(server: Server, kind: str = "") -> None:
    """Let it have this day from now on; without a name a good one. Whoever hangs, hangs on."""
    server.answers.clear()
    server.answers.update(WEATHER.get(kind, {}))
