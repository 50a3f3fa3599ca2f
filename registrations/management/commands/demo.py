"""`manage.py demo`: everything at once, to look at: database, programme, web server, worker."""

from __future__ import annotations

import os
import shutil
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.urls import reverse

from events.models import Event
from registrations.demo import STAFF, give_staff_their_password, guests, load_demo, make_staff
from registrations.demo.empty_database import make_tables_if_empty
from registrations.demo.imported import load_schedule
from registrations.demo.processes import (
    SECONDS_TO_ANSWER,
    CannotServe,
    Children,
    answers,
    check_address,
    environment_for,
    url_of,
)
from registrations.links import manage_url
from registrations.management.stopping import Stop

THREADS = "4"
MAIL_EVERY_SECONDS = "2"


class Command(BaseCommand):
    """Prepares what is missing, serves until ctrl-C, and keeps the data for the next time."""

    help = "Try Seatwise: a demo conference with a web server and a worker. Ctrl-C stops it, the data stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add where to serve and what to load."""
        parser.add_argument("--host", default="127.0.0.1", help="Address to serve on (127.0.0.1).")
        parser.add_argument("--port", type=int, default=8000, help="Port to serve on (8000).")
        parser.add_argument(
            "--import",
            dest="file",
            type=Path,
            metavar="FILE",
            help="A schedule.xml or .json instead of the demo's own.",
        )
        parser.add_argument(
            "--fresh", action="store_true", help="Begin anew: forget what the last demo left."
        )

    def handle(
        self, *args: Any, host: str, port: int, file: Path | None, fresh: bool, **options: Any
    ) -> None:
        """Prepare, serve, wait; ends with 0 after ctrl-C or SIGTERM."""
        if settings.PROFILE != "demo":
            raise CommandError(f"The demo is no {settings.PROFILE}: unset SEATWISE_PROFILE and try again.")
        try:
            check_address(host, port)
        except CannotServe as error:
            raise CommandError(str(error)) from error
        if file is not None and not file.is_file():
            raise CommandError(f"{file}: there is no such file.")
        url = settings.SITE_URL if _is_given("SITE_URL") else url_of(host, port)
        settings.SITE_URL = url
        stop = Stop.on_signals()
        self._make_database(fresh)
        with Children(environment_for(host, url)) as children:
            # It takes as long to start as the programme to load: they do both at once.
            self._start_web_server(children, host, port)
            self._fill(file)
            if not stop.is_set():
                self._serve(children, host, port, url, stop)
        self.stdout.write("Stopped. The data stays in " + str(settings.DATA_DIR))

    def _make_database(self, fresh: bool) -> None:
        """Leave a database with its tables, without what was left half-loaded."""
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        unfinished = settings.DATA_DIR / "loading"
        if fresh or unfinished.exists():
            self._forget_everything(unfinished)
        make_tables_if_empty(unfinished.touch)
        call_command("migrate", verbosity=0)

    def _fill(self, file: Path | None) -> None:
        """Leave a programme in the database, whole."""
        unfinished = settings.DATA_DIR / "loading"
        if Event.objects.exists():
            if file is not None:
                self.stdout.write(
                    f"The data of the last demo is kept; {file} was not read. Begin anew with --fresh."
                )
        else:
            self.stdout.write("Preparing the demo …")
            unfinished.touch()
            self._load(file)
            unfinished.unlink()
        make_staff()
        connections.close_all()

    def _load(self, file: Path | None) -> None:
        try:
            if file is not None:
                load_schedule(file, self.stdout)
            else:
                load_demo()
        except CommandError:
            # Refused before anything was written: the next start need not begin anew.
            (settings.DATA_DIR / "loading").unlink(missing_ok=True)
            raise

    def _forget_everything(self, unfinished: Path) -> None:
        if connection.vendor != "sqlite":
            raise CommandError(
                "The demo does not empty the database of DATABASE_URL. Please empty it yourself, remove "
                f"{unfinished} if it is there, and start without --fresh."
            )
        connections.close_all()
        database = Path(connection.settings_dict["NAME"])
        for ending in ("", "-wal", "-shm", "-journal"):
            database.with_name(database.name + ending).unlink(missing_ok=True)
        shutil.rmtree(settings.EMAIL_FILE_PATH, ignore_errors=True)
        (settings.DATA_DIR / "staff-password").unlink(missing_ok=True)
        unfinished.unlink(missing_ok=True)

    def _start_web_server(self, children: Children, host: str, port: int) -> None:
        # One process for SQLite's one writer; threads for the pages that only read.
        web = ("granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", THREADS)
        where = ("--host", host, "--port", str(port), "--log-level", "warning", "--no-ws")
        children.start("web server", "-m", *web, *where, "config.wsgi:application")

    def _serve(self, children: Children, host: str, port: int, url: str, stop: Stop) -> None:
        children.start("worker", "manage.py", "worker", "--interval", MAIL_EVERY_SECONDS)
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not (stop.is_set() or children.ended() or answers(url_of(host, port))):
            if time.monotonic() > deadline:
                raise CommandError(f"The web server did not answer within {SECONDS_TO_ANSWER} seconds.")
            stop.wait(0.1)
        if not stop.is_set() and not children.ended():
            self._say_what_there_is(url)
        while not stop.wait(0.3):
            if name := children.ended():
                raise CommandError(f"The {name} has ended by itself; see above. Everything was stopped.")

    def _say_what_there_is(self, url: str) -> None:
        password = give_staff_their_password(settings.DATA_DIR / "staff-password")
        lines = [
            "",
            "Seatwise is running.",
            "",
            f"  Website      {url}{reverse('event_list')}",
            f"  Desk         {url}{reverse('admin:index')}",
            *(f"    sign in as {account.email} ({account.group})" for account in STAFF),
            f"    password   {password}",
            "",
            "  Personal pages of three attendees",
            *(f"    {row.full_name}, {row.event.name}\n      {manage_url(row)}" for row in guests()),
            "",
            f"  Mails        {settings.EMAIL_FILE_PATH}",
            "  Payments     by a provider named “test”: no money moves",
            "",
            "Ctrl-C stops everything; the data stays. Begin anew with --fresh.",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
        connections.close_all()


def _is_given(name: str) -> bool:
    return bool(os.environ.get(name))
