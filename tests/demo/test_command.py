"""`manage.py demo` as a person starts and stops it, in processes of its own (SQLite only)."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from django.core.management import CommandError, call_command

from registrations.demo.processes import CannotServe, check_address, environment_for, url_of
from tests.serving.load import free_port

ROOT = Path(__file__).parent.parent.parent
SECONDS = 120


class Demo:
    """One run of the command."""

    def __init__(self, data: Path, port: int, *more: str) -> None:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("DATABASE", "SEATWISE"))
        }
        environment = {
            **kept,
            "SEATWISE_PROFILE": "demo",
            "SEATWISE_DATA": str(data),
            "PYTHONUNBUFFERED": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(port), *more],
            cwd=ROOT,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    @property
    def said(self) -> str:
        """Everything it has said so far."""
        return "".join(self.lines)

    def wait_until_it_runs(self) -> None:
        """Return once it has said where everything is."""
        deadline = time.monotonic() + SECONDS
        while "Ctrl-C stops everything" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.1)

    def wait_until_it_has_ended(self) -> int:
        """Return its exit code."""
        code = self.process.wait(SECONDS)
        self.reader.join(5)
        return code

    def children(self) -> list[psutil.Process]:
        """The processes that it has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def links(self) -> list[str]:
        """The personal links that it has printed."""
        return re.findall(r"http://\S+/me/\S+", self.said)


@pytest.fixture
def running() -> Iterator[list[Demo]]:
    """A list for the demos of a test; none outlives it."""
    demos: list[Demo] = []
    yield demos
    for demo in demos:
        if demo.process.poll() is None:
            children = demo.children()
            demo.process.kill()
            for child in children:
                with suppress(psutil.NoSuchProcess):
                    child.kill()


def fetch(url: str) -> tuple[int, str]:
    """What a browser would get."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.status, answer.read().decode()


needs_sqlite = pytest.mark.skipif(
    bool(os.environ.get("DATABASE_URL")), reason="the demo makes its own SQLite database"
)


@needs_sqlite
def test_starts_from_nothing_serves_mails_stops_cleanly_and_keeps_its_data(
    tmp_path: Path, running: list[Demo]
):
    _refuses_broken_schedule_and_leaves_nothing(tmp_path, running)
    # As if the first loading had been killed half-way.
    (tmp_path / "loading").touch()
    (tmp_path / "db.sqlite3").write_bytes(b"half a database")
    port = free_port()
    demo = Demo(tmp_path, port)
    running.append(demo)
    demo.wait_until_it_runs()
    _serves(demo, port)
    _sends_mails(tmp_path / "mail")
    children = demo.children()
    assert len(children) >= 2
    demo.process.send_signal(signal.SIGINT)
    assert demo.wait_until_it_has_ended() == 0
    assert "Stopped. The data stays" in demo.said
    assert not any(child.is_running() for child in children)
    _starts_again_with_same_links(demo, tmp_path, port, running)


def _refuses_broken_schedule_and_leaves_nothing(data: Path, running: list[Demo]) -> None:
    schedule = data / "schedule.xml"
    schedule.write_text("<schedule><conference>")
    broken = Demo(data, free_port(), "--import", str(schedule))
    running.append(broken)
    assert broken.wait_until_it_has_ended() == 1
    assert "CommandError" in broken.said
    assert "schedule.xml: Line 1" in broken.said
    assert "Traceback" not in broken.said
    assert not (data / "loading").exists()


def _serves(demo: Demo, port: int) -> None:
    status, page = fetch(f"http://127.0.0.1:{port}/")
    assert status == 200
    assert "Harbour Conf" in page
    assert "Winter Lay-up" not in page
    assert "Practical seamanship" in fetch(f"http://127.0.0.1:{port}/harbour-conf/sessions/")[1]
    assert fetch(f"http://127.0.0.1:{port}/admin/login/")[0] == 200
    assert len(demo.links()) == 3
    for link, name in zip(demo.links(), ("Nadia", "Tomás", "Greta"), strict=True):
        assert link.startswith(f"http://127.0.0.1:{port}/")
        assert name in fetch(link)[1]


def _sends_mails(folder: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not [path for path in folder.glob("*.eml") if "nadia.vermeer" in path.name]:
        assert time.monotonic() < deadline, "the worker sent nothing"
        time.sleep(0.2)


def _starts_again_with_same_links(first: Demo, data: Path, port: int, running: list[Demo]) -> None:
    again = Demo(data, port)
    running.append(again)
    again.wait_until_it_runs()
    assert "Preparing" not in again.said
    assert again.links() == first.links()
    assert re.findall(r"password +(\S+)", again.said) == re.findall(r"password +(\S+)", first.said)
    children = again.children()
    worker = next(child for child in children if "worker" in child.cmdline())
    worker.kill()
    assert again.wait_until_it_has_ended() == 1
    assert "The worker has ended by itself" in again.said
    assert not any(child.is_running() for child in children)


def test_refuses_port_in_use(settings):
    settings.PROFILE = "demo"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            CommandError, match=rf"Port {port} of 127.0.0.1 is in use. Choose another one: --port"
        ):
            call_command("demo", port=port)


def test_refuses_schedule_that_is_not_there(settings, tmp_path):
    settings.PROFILE = "demo"
    with pytest.raises(CommandError, match="there is no such file"):
        call_command("demo", port=free_port(), file=tmp_path / "none.xml")


def test_refuses_to_run_in_another_profile():
    with pytest.raises(CommandError, match="unset SEATWISE_PROFILE"):
        call_command("demo")


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_refuses_port_that_cannot_be(port):
    with pytest.raises(CannotServe, match="is no port"):
        check_address("127.0.0.1", port)


def test_refuses_address_of_another_machine():
    with pytest.raises(CannotServe, match=r"192\.0\.2\.1"):
        check_address("192.0.2.1", free_port())


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("localhost", "http://localhost:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_says_address_as_a_browser_takes_it(host, url):
    assert url_of(host, 8000) == url


def test_children_know_their_address_and_answer_to_it(monkeypatch):
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    environment = environment_for("192.0.2.1", "http://192.0.2.1:8000")
    assert environment["SITE_URL"] == "http://192.0.2.1:8000"
    assert set(environment["ALLOWED_HOSTS"].split(",")) == {"localhost", "127.0.0.1", "[::1]", "192.0.2.1"}
    assert "0.0.0.0" not in environment_for("0.0.0.0", "http://127.0.0.1:8000")["ALLOWED_HOSTS"]
