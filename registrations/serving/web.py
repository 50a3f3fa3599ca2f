"""`python -m registrations.serving.web`: granian on sockets that somebody else holds; `manage.py serve` starts it.

Granian's own command opens its sockets itself and closes them with each process, which resets connections that wait
in them: one in ten thousand, measured under load, at each restart. It has no option to be given one.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from granian._internal import load_target
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer, SocketHolder, WorkerProcess

from registrations.serving.sockets import BACKLOG

APPLICATION = "config.wsgi:application"


class Web(MPServer):
    """Granian with one given socket for each of its processes."""

    def __init__(self, sockets: Sequence[int], **options: Any) -> None:
        super().__init__(APPLICATION, interface=Interfaces.WSGI, **options)
        make_holder: Any = SocketHolder
        self._given = [make_holder(number, False, BACKLOG) for number in sockets]

    def _init_shared_socket(self) -> None:
        """Open none; `_sso` is what granian closes at its end."""
        self._shd: Any = None
        self._sso: Any = None

    def _spawn_worker(self, idx: int, *arguments: Any, **options: Any) -> WorkerProcess:
        self._shd = self._given[idx % len(self._given)]
        return super()._spawn_worker(idx, *arguments, **options)


def _load(ready: int) -> Callable[..., Any]:
    """Load the application, and tell whoever waits for it."""
    application = load_target(APPLICATION)
    with contextlib.suppress(OSError):
        # Nobody listens any more when this process only takes a dead one's place.
        os.write(ready, b".")
    return application


def main() -> None:
    """Serve until SIGTERM; then finish what was begun."""
    parser = ArgumentParser(prog="python -m registrations.serving.web")
    parser.add_argument("sockets", type=int, nargs="+", help="Numbers of open, listening sockets.")
    parser.add_argument(
        "--ready", type=int, required=True, help="Gets a byte from each process that is ready."
    )
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    asked = parser.parse_args()
    # The sockets go to the processes by being there: not so when each begins as a new program.
    multiprocessing.set_start_method("fork")
    server = Web(
        asked.sockets,
        workers=asked.workers,
        blocking_threads=asked.threads,
        backlog=BACKLOG,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    )
    server.serve(target_loader=partial(_load, asked.ready), wrap_loader=False)


if __name__ == "__main__":
    main()
