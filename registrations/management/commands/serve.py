"""`manage.py serve`: web server and worker of a small installation, or of one machine of a large one."""

from __future__ import annotations

import os
import signal
from argparse import ArgumentParser
from contextlib import ExitStack
from socket import socket
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from registrations.demo.processes import CannotServe, Children, check_address, url_of
from registrations.management.stopping import Stop
from registrations.serving.sockets import let_nobody_in, listen
from registrations.serving.supervising import Job, Supervisor

SECONDS_TO_BE_ACCEPTED = 5.0


class Command(BaseCommand):
    """Starts both, starts again whoever dies, and ends in order.

    SIGTERM or ctrl-C: nobody new is let in, everything begun is finished, then all ends. SIGHUP: new processes with
    the code as it is now take over, one kind after the other, and no request is lost.
    """

    help = (
        "Serve the website and run the worker, watched: whoever dies is started again. SIGHUP replaces all."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add where to serve, with how many, and for how long to finish."""
        parser.add_argument("--host", default="127.0.0.1", help="Address to serve on (127.0.0.1).")
        parser.add_argument("--port", type=int, default=8000, help="Port to serve on (8000).")
        parser.add_argument("--workers", type=int, default=2, help="Web processes (2).")
        parser.add_argument("--threads", type=int, default=2, help="Threads of each web process (2).")
        parser.add_argument("--only", choices=["web", "worker"], help="Start this one only.")
        parser.add_argument(
            "--drain", type=float, default=30.0, metavar="SECONDS", help="Time to finish what was begun (30)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until asked to stop; ends with 0 then."""
        if options["workers"] < 1 or options["threads"] < 1 or options["drain"] < 0:
            raise CommandError("--workers and --threads take numbers from 1, --drain seconds from 0.")
        if not hasattr(os, "fork"):
            raise CommandError("`serve` needs Linux or macOS.")
        _refuse_old_schema()
        stop = Stop.on_signals()
        replacing = Stop()
        signal.signal(signal.SIGHUP, replacing.set)
        with ExitStack() as stack:
            sockets = _listen(options, stack)
            children = stack.enter_context(Children({**os.environ, "PYTHONUNBUFFERED": "1"}))
            supervisor = Supervisor(children, _jobs(options, sockets), self._say, options["drain"])
            self._keep_running(supervisor, stop, replacing, options)
            let_nobody_in(sockets, min(options["drain"], SECONDS_TO_BE_ACCEPTED))
            supervisor.end()
        self._say("Stopped.")

    def _keep_running(
        self, supervisor: Supervisor, stop: Stop, replacing: Stop, options: dict[str, Any]
    ) -> None:
        if not supervisor.start_all(stop) and not stop.is_set():
            raise CommandError("The web server does not start, see above.")
        self._say("Working." if options["only"] == "worker" else f"Serving on {_url(options)}.")
        while not stop.wait(0.2):
            supervisor.look_after()
            if replacing.is_set():
                replacing.clear()
                supervisor.replace_all(stop)

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def _refuse_old_schema() -> None:
    """Raise where the database has still to be migrated: new code on an old schema answers with errors."""
    connection = connections["default"]
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        # It cannot be asked now. Pages say so, and go on when it is back.
        return
    finally:
        connections.close_all()
    if missing:
        raise CommandError(f"The database lacks {len(missing)} migration(s). Run `manage.py migrate` first.")


def _listen(options: dict[str, Any], stack: ExitStack) -> list[socket]:
    if options["only"] == "worker":
        return []
    try:
        check_address(options["host"], options["port"])
        made = listen(options["host"], options["port"], options["workers"])
    except CannotServe as error:
        raise CommandError(str(error)) from error
    return [stack.enter_context(one) for one in made]


def _url(options: dict[str, Any]) -> str:
    return url_of(options["host"], options["port"])


def _jobs(options: dict[str, Any], sockets: list[socket]) -> list[Job]:
    web = ["-m", "registrations.serving.web"]
    web += ["--workers", str(options["workers"]), "--threads", str(options["threads"])]
    jobs = [
        Job("web server", web, sockets, processes=options["workers"]),
        Job("worker", ["manage.py", "worker"]),
    ]
    return [job for job in jobs if not options["only"] or job.name.startswith(options["only"])]
