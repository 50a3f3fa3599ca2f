"""Servers of others, as Debian has them, each started on a free port for one test and ended with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SECONDS = 20


def needs(program: str) -> str:
    """Return where the program is; skip, or fail where REQUIRE_SERVICES=1, when it is not installed."""
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        missing = f"{program} is not installed (Debian has it)"
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@contextlib.contextmanager
def running(command: list[str], port: int, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run it until the block ends; it listens when the block begins."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    try:
        until = time.monotonic() + SECONDS
        while not listens(port):
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            assert time.monotonic() < until
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(SECONDS)


def listens(port: int) -> bool:
    """True when somebody takes connections there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that a server may use which does not run as root.

    It is none of pytest's: those lie in one that every other run of pytest closes to all but its owner.
    """
    with tempfile.TemporaryDirectory(prefix="seatwise-service-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder
