"""The supervisor and its sockets, with children that are small scripts."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from registrations.demo.processes import Children
from registrations.management.stopping import Stop
from registrations.serving import supervising
from registrations.serving.sockets import let_nobody_in, listen
from registrations.serving.supervising import Job, Supervisor

SECONDS = 20
SLEEPS = ["-c", "import time; time.sleep(60)"]
# Two that are ready, as a web server with two processes; arguments: a socket's number, --ready, a pipe's number.
READY = ["-c", "import os, sys, time; os.write(int(sys.argv[-1]), b'..'); time.sleep(60)"]
BROKEN = ["-c", "raise SystemExit(3)"]


@pytest.fixture
def said() -> list[str]:
    """What the supervisor has told."""
    return []


@pytest.fixture
def supervise(said: list[str]) -> Iterator[Callable[..., Supervisor]]:
    """Return a function that makes a supervisor of these jobs; none of their children outlives the test."""
    with Children(dict(os.environ)) as children:
        yield lambda *jobs: Supervisor(children, jobs, said.append, seconds_to_end=5)


def until(is_so: Callable[[], object], meanwhile: Callable[[], object] = lambda: None) -> None:
    """Return once it is so; fail when it takes too long."""
    end = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < end
        meanwhile()
        time.sleep(0.02)


def test_starts_again_whoever_ended_and_waits_longer_each_time(supervise, said):
    job = Job("worker", BROKEN)
    supervisor = supervise(job)
    assert supervisor.start_all(Stop())
    until(lambda: len(said) == 2, supervisor.look_after)
    assert said == [
        f"The worker has ended by itself (code 3). It is started again in {delay} s."
        for delay in ("0.5", "1")
    ]
    assert job.number == 2


def test_begins_with_the_shortest_wait_after_a_steady_run(supervise, said, monkeypatch):
    monkeypatch.setattr(supervising, "STEADY_SECONDS", -1)
    supervisor = supervise(Job("worker", BROKEN, delay=30))
    supervisor.start_all(Stop())
    until(lambda: said, supervisor.look_after)
    assert said == ["The worker has ended by itself (code 3). It is started again in 0.5 s."]


def test_lets_the_children_of_a_killed_child_finish_and_nobody_stays(supervise, said):
    orphan = "import subprocess, sys, time; subprocess.Popen([sys.executable, *sys.argv[1:]]); time.sleep(60)"
    supervisor = supervise(Job("web server", ["-c", orphan, *SLEEPS]))
    supervisor.start_all(Stop())
    process = supervisor.children.running["web server 1"]
    until(lambda: len(_group(process.pid)) == 2)
    process.kill()
    until(lambda: said, supervisor.look_after)
    assert "SIGKILL" in said[0]
    until(lambda: not _group(process.pid), supervisor.look_after)


def _group(number: int) -> list[int]:
    import psutil

    found = []
    for one in psutil.process_iter():
        try:
            if os.getpgid(one.pid) == number and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one.pid)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


def test_replaces_a_child_only_by_one_that_can_work(supervise, said):
    job = Job("web server", READY, processes=2)
    supervisor = supervise(job)
    assert supervisor.start_all(Stop())
    first = supervisor.children.running["web server 1"]
    job.arguments = BROKEN
    supervisor.replace_all(Stop())
    assert (first.poll(), list(supervisor.children.running)) == (None, ["web server 1"])
    job.arguments = READY
    supervisor.replace_all(Stop())
    assert first.poll() == -signal.SIGTERM
    assert list(supervisor.children.running) == ["web server 2"]
    assert said == [
        "The new web server does not start, see above. The one before goes on.",
        "The web server was replaced.",
    ]


def test_says_when_a_child_does_not_start(supervise):
    assert supervise(Job("web server", BROKEN, processes=1)).start_all(Stop()) is False


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux can keep new connections out of an open socket"
)
def test_lets_nobody_in_and_keeps_whoever_was_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
    [listening] = listen(*address, 1)
    with listening, socket.create_connection(address) as early:
        early.sendall(b"request")
        let_nobody_in([listening], 0)
        early.sendall(b" and the rest of it")
        with pytest.raises(TimeoutError):
            socket.create_connection(address, timeout=0.3)
        accepted, _address = listening.accept()
        with accepted:
            assert accepted.recv(100).startswith(b"request")
