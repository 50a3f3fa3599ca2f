"""What everybody who takes part has: a browser, a die, and a thread that goes on until it is enough."""

from __future__ import annotations

import random
import threading
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from tests.soak.browser import Answer, Browser
from tests.soak.notes import Acknowledged, Notebook, Promise
from tests.soak.stage import Stage, Watcher

if TYPE_CHECKING:
    from tests.soak.people import Links

Promised = tuple[Promise, tuple[str, str], int | None]


class Actor(threading.Thread):
    """One who does one thing after the other, with pauses."""

    kind = "somebody"

    def __init__(
        self,
        number: int,
        seed: int,
        ports: list[int],
        stage: Stage,
        watcher: Watcher,
        links: Links,
        notes: Notebook,
    ) -> None:
        super().__init__(daemon=True)
        self.chance = random.Random(f"{seed}:{type(self).__name__}:{number}")
        self.stage, self.watcher, self.links, self.notes = stage, watcher, links, notes
        self.enough = threading.Event()
        self.browser = Browser(ports, notes, self.chance, enough=self.enough)
        self.pause = 0.2

    def prepare(self) -> None:
        """Do what has to be done once, before it begins."""

    def run(self) -> None:
        """Go on until it is enough; a mistake of the soak's own is an offence, too."""
        while not self.enough.wait(self.chance.uniform(0, self.pause)):
            try:
                self.act()
            except Exception as error:
                self.notes.accuse(f"the soak's own {type(self).__name__}: {type(error).__name__}: {error}")
                raise

    def act(self) -> None:
        """Do one thing."""
        raise NotImplementedError

    def note(
        self,
        deed: str,
        answer: Answer,
        promised: Iterable[Promised] = (),
        *,
        when: Collection[int] = (),
    ) -> None:
        """Count one attempt; where it was answered with one of these statuses, keep what was promised."""
        kept = [
            Acknowledged(promise, who, session, answer.sent, answer.answered)
            for promise, who, session in promised
            if answer.status in when
        ]
        self.notes.attempted(f"{self.kind}: {deed}", str(answer.status or "no answer"), kept)
