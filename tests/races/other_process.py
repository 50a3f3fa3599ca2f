"""The other process: acts on the test's database, and is killed where a test says (see `victim.py`)."""

from __future__ import annotations

import email
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection


class Victim:
    """The other process; `obey` says whether it was killed."""

    def __init__(self) -> None:
        self.mails = Path()
        database = {"SEATWISE_VICTIM_DATABASE": str(connection.settings_dict["NAME"])}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.races.victim"],
            env=os.environ | database,
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._said() == "ready"

    def _said(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def obey(self, act: str, death: tuple[str, int, bool] | None = None, **words: object) -> bool:
        """Act, and be killed at the so many-th commit or mail; True when that came."""
        answer = self._ask({"act": act, "death": death, "words": words, "mails": str(self.mails)})
        assert answer["signal"] in {0, signal.SIGKILL}
        assert answer["exit"] == 0
        return answer["signal"] == signal.SIGKILL

    def crowd(self, people: Iterable[dict[str, Any]]) -> list[str]:
        """Let each ask, in a process of their own, all at the same instant; return what they were answered."""
        return self._ask({"crowd": list(people)})

    def _ask(self, order: dict[str, Any]) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self._said())

    def go_home(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)

    def letters(self) -> list[tuple[str, str]]:
        """Recipient (before the @) and Message-ID of each mail that left, in any order."""
        texts = [path.read_text() for path in self.mails.iterdir()]
        parts = [one for text in texts for one in text.split("-" * 79 + "\n") if one.strip()]
        letters = [email.message_from_string(one) for one in parts]
        return [(letter["To"].split("<")[-1].split("@")[0], letter["Message-ID"]) for letter in letters]
