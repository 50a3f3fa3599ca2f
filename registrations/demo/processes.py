"""The demo's children: a web server and a worker, started together and ended together."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

SECONDS_TO_END = 10
SECONDS_TO_ANSWER = 30
HIGHEST_PORT = 65535
_EVERYWHERE = {"0.0.0.0", "::"}  # nosec B104 # compared with, bound to by the operator only


class CannotServe(Exception):
    """The address cannot be served on; the sentence says why."""


def check_address(host: str, port: int) -> None:
    """Raise CannotServe unless a server can listen there now."""
    if not 1 <= port <= HIGHEST_PORT:
        raise CannotServe(f"{port} is no port: give a number from 1 to 65535.")
    try:
        family, kind, *_rest, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise CannotServe(f"“{host}” is no address of this machine ({error.strerror}).") from error
    except OverflowError as error:
        raise CannotServe(f"{port} is no port: give a number from 1 to 65535.") from error
    except OSError as error:
        why = (
            "is in use"
            if error.errno == errno.EADDRINUSE or "in use" in str(error).lower()
            else f"cannot be used ({error.strerror})"
        )
        raise CannotServe(f"Port {port} of {host} {why}. Choose another one: --port {port + 1}") from error


def url_of(host: str, port: int) -> str:
    """Return the address as a browser on this machine takes it."""
    shown = "127.0.0.1" if host in _EVERYWHERE else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def environment_for(host: str, url: str) -> dict[str, str]:
    """Return the children's environment: the parent's profile and data, the right addresses."""
    names = {"localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host}
    if host in _EVERYWHERE:
        names |= _names_of_this_machine()
    given = os.environ.get("ALLOWED_HOSTS")
    # The server regrets a missing folder; the files themselves come from where they lie.
    static = Path(settings.DATA_DIR) / "static"
    static.mkdir(parents=True, exist_ok=True)
    return {
        "STATIC_ROOT": str(static),
        **os.environ,
        "SEATWISE_PROFILE": "demo",
        "SEATWISE_DATA": str(settings.DATA_DIR),
        "SITE_URL": url,
        "ALLOWED_HOSTS": given or ",".join(sorted(names - _EVERYWHERE)),
        "PYTHONUNBUFFERED": "1",
    }


def _names_of_this_machine() -> set[str]:
    name = socket.gethostname()
    found = {name, socket.getfqdn()}
    with contextlib.suppress(OSError):
        found |= {str(entry[4][0]) for entry in socket.getaddrinfo(name, None, socket.AF_INET)}
    return found


@dataclass
class Children:
    """The running processes by name. Use as a context: whatever happens, none is left behind."""

    environment: Mapping[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Children:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self, name: str, *arguments: str, pass_fds: Sequence[int] = ()) -> None:
        """Start `python <arguments>` in a session of its own: ctrl-C reaches the parent, which ends it in order."""
        self.running[name] = subprocess.Popen(
            [sys.executable, *arguments],
            env=dict(self.environment),
            cwd=Path(settings.BASE_DIR),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=pass_fds,
        )

    def ended(self) -> str:
        """Return the name of a child that is not running any more, or nothing."""
        return next((name for name, process in self.running.items() if process.poll() is not None), "")

    def end(self, *names: str, seconds: float = SECONDS_TO_END) -> None:
        """Ask these children, or all, to end, wait so long, and end by force whoever does not."""
        ending = [self.running[name] for name in names or self.running]
        for process in ending:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + seconds
        for process in ending:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            _end_group(process)
            process.wait()
        for name in names or list(self.running):
            del self.running[name]


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End the child and children of its own; the group is empty if all went well."""
    if not hasattr(os, "killpg"):
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def answers(url: str) -> bool:
    """True when something speaks HTTP at the address, whatever it says."""
    try:
        with urllib.request.urlopen(url, timeout=5):  # nosec B310 # an http address of this machine
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
