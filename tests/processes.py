"""Processes of ours that work on the database of the running test, as they do in production."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil
from django.conf import settings
from django.db import connection

SECONDS = 90


def environment_on_test_database(folder: Path) -> dict[str, str]:
    """Return the environment of a process that uses the database of this test; its files lie in the folder."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("SEATWISE_TEST")}
    static = folder / "static"
    static.mkdir(exist_ok=True)
    return (
        kept
        | _database(folder)
        | {
            "SEATWISE_PROFILE": "test",
            "SEATWISE_DATA": str(folder),
            "STATIC_ROOT": str(static),
            "SECRET_KEY": settings.SECRET_KEY,
            "SITE_URL": "http://127.0.0.1",
            "ALLOWED_HOSTS": "127.0.0.1",
            "TRIES_PER_NETWORK_ADDRESS": "1000000000",
            "API_REQUESTS_PER_MINUTE": "1000000000",
        }
    )


def _database(folder: Path) -> dict[str, str]:
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        (folder / "db.sqlite3").symlink_to(facts["NAME"])
        return {}
    options = {
        name: facts["OPTIONS"][name] for name in ("port", "target_session_attrs") if name in facts["OPTIONS"]
    }
    where = urlencode({"host": facts["HOST"], **options}, safe=",")
    who = f"{quote(facts['USER'])}:{quote(facts['PASSWORD'])}"
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    return {"DATABASE_URL": f"postgresql://{who}@{port}/{facts['NAME']}?{where}"}


def end_in_order_when_asked() -> None:
    """Let SIGTERM end this process so that whoever is stopped stops what it has started.

    Once only: `timeout` and `uv run` both pass the signal on, and the second one would interrupt the tidying up.
    """

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.exit(143)

    signal.signal(signal.SIGTERM, end)


def run_module(
    *words: str, seconds: float, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """`python -m …` to its end, with all that it printed; in this process's environment, unless given another."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *words],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


class Running:
    """`python manage.py …` in a process of its own; use as a context, so that nothing of it is left.

    Another `program` stands in for manage.py.
    """

    def __init__(
        self, *arguments: str, environment: dict[str, str], program: Sequence[str] = ("manage.py",)
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *program, *arguments],
            cwd=settings.BASE_DIR,
            env=environment | {"PYTHONUNBUFFERED": "1"},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            # First of all it must not start another one for each that is ended.
            self.process.send_signal(signal.SIGSTOP)
            while living := self.descendants():
                for one in living:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        one.kill()
            self.process.kill()
        self.process.wait(SECONDS)
        self._reader.join(SECONDS)

    @property
    def said(self) -> str:
        """Everything it has printed so far."""
        return "".join(self.lines)

    def wait_until(self, is_so: Callable[[], object]) -> None:
        """Return once it is so; fail when it takes too long, or the process has ended."""
        until = time.monotonic() + SECONDS
        while not is_so():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < until, self.said
            time.sleep(0.05)

    def wait_until_it_says(self, words: str) -> None:
        """Return once it has printed the words."""
        self.wait_until(lambda: words in self.said)

    def wait_until_it_has_ended(self) -> int:
        """Return its exit code."""
        code = self.process.wait(SECONDS)
        self._reader.join(SECONDS)
        return code

    def descendants(self, *words: str) -> list[psutil.Process]:
        """Its children and theirs that live, with these words in their command."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        return [one for one in found if _is_running(one, words)]


def _is_running(process: psutil.Process, words: tuple[str, ...]) -> bool:
    """True for one whose command has these words; it may end while it is asked."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE and {*words} <= {*process.cmdline()}
    except psutil.NoSuchProcess:
        return False
