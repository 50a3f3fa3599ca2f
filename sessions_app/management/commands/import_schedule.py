"""`manage.py import_schedule FILE`: a conference programme becomes an event, or brings one up to date."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.errors import Refusal
from events.findings import Choice, Where
from events.models import Event
from sessions_app.models import Session
from sessions_app.schedule.apply import ImportOptions, Progress, apply_schedule
from sessions_app.schedule.capacities import Capacities, read_capacities
from sessions_app.schedule.event_row import programme_for
from sessions_app.schedule.parse import MAXIMUM_BYTES
from sessions_app.schedule.report import ImportReport
from sessions_app.schedule.structure import Choices, ScheduleError
from sessions_app.schedule.values import capacity, length, zone_name
from sessions_app.schedule.words import refusal_of, summary, ways_out

_BAR_WIDTH = 40
_MOST_LISTED = 20
_OPTIONS = {
    Choice.SKIP_BAD: "--skip-bad imports all other sessions",
    Choice.DEFAULT_DURATION: "--default-duration 00:30 gives a length to sessions without one",
    Choice.TIME_ZONE: "--timezone ZONE",
    Choice.EVENT: "--event ID",
    Choice.BUILDING: "--building NAME",
}


class Command(BaseCommand):
    """Reads a frab/pentabarf schedule.xml or a pretalx/frab schedule.json."""

    help = (
        "Import a conference programme (schedule.xml or schedule.json). Running it again brings the event up to "
        "date: sessions are matched by guid or id, never made twice, and never cancelled."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--event",
            help="readable ID of the event to import into (else one of the same acronym that shares days or "
            "sessions with the file, or a new one)",
        )
        parser.add_argument("--capacity", help="seats of each session whose room's capacity nobody knows")
        parser.add_argument("--capacities", type=Path, help="CSV file with the columns room,capacity")
        parser.add_argument(
            "--building", default="", help="building of the rooms (else the event's, or the venue)"
        )
        parser.add_argument(
            "--timezone", default="", help="time zone, where the file names none that is known"
        )
        parser.add_argument(
            "--skip-bad",
            action="store_true",
            help="leave out the sessions that cannot be imported, and list them",
        )
        parser.add_argument(
            "--default-duration",
            help="length of sessions whose own is missing or impossible, such as 00:30",
        )
        status = parser.add_mutually_exclusive_group()
        status.add_argument(
            "--live", action="store_true", help="a new event and new sessions go live at once"
        )
        status.add_argument("--draft", action="store_true", help="a new event is a draft")
        parser.add_argument("--preview", action="store_true", help="say what would happen and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or say with place and reason why nothing was imported."""
        content = _content(options["file"])
        try:
            zone = zone_name(options["timezone"], Where(path="--timezone"))
            chosen, choices = _import_options(options), _choices(options)
        except ScheduleError as error:
            raise CommandError(str(error)) from error
        event = _event(options["event"])
        try:
            schedule = programme_for(content, event, Event.objects.all(), zone=zone, choices=choices)
            report = apply_schedule(
                schedule, event=event, options=chosen, preview=options["preview"], progress=self._progress()
            )
        except ScheduleError as error:
            said = [refusal_of(options["file"], error), ways_out(error, _OPTIONS)]
            raise CommandError("\n".join(filter(None, said))) from error
        except Refusal as error:
            raise CommandError(str(error)) from error
        self._say(report)

    def _progress(self) -> Progress | None:
        """Return what draws the bar; nothing where nobody is watching."""
        if not self.stderr.isatty():
            return None

        def draw(done: int, total: int) -> None:
            filled = _BAR_WIDTH * done // total
            end = "\n" if done == total else ""
            if end or filled != _BAR_WIDTH * (done - 1) // total:
                bar = "#" * filled + "." * (_BAR_WIDTH - filled)
                self.stderr.write(f"\r[{bar}] {done}/{total} sessions{end}", ending="")

        return draw

    def _say(self, report: ImportReport) -> None:
        for line in summary(report):
            self.stdout.write(line)
        self._list("Not imported as the file has it:", map(str, report.findings), most=len(report.findings))
        self._list("In the event, but no longer in the file (left as they are):", report.missing_from_file)
        self._list("Please look at:", report.warnings)
        if report.is_preview:
            self.stdout.write("Preview: nothing was written.")

    def _list(self, title: str, lines: Iterable[str], most: int = _MOST_LISTED) -> None:
        lines = list(lines)
        if not lines:
            return
        self.stdout.write(self.style.WARNING(title))
        for line in lines[:most]:
            self.stdout.write(f"  {line}")
        if len(lines) > most:
            self.stdout.write(f"  … and {len(lines) - most} more")


def _content(path: Path) -> bytes:
    """Return what is in the file; a file that is too large is not read."""
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise CommandError(f"{path}: this file is larger than 20 MB.")
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error


def _event(slug: str | None) -> Event | None:
    if not slug:
        return None
    event = Event.objects.not_archived().filter(slug=slug).first()
    if event is None:
        raise CommandError(f"There is no event with the readable ID “{slug}”.")
    return event


def _import_options(options: dict[str, Any]) -> ImportOptions:
    status = Event.PublishStatus.LIVE if options["live"] else Event.PublishStatus.READY
    return ImportOptions(
        capacities=_capacities(options["capacity"], options["capacities"]),
        building=options["building"].strip()[:120],
        event_status=Event.PublishStatus.DRAFT if options["draft"] else status,
        session_status=Session.Status.LIVE if options["live"] else Session.Status.APPROVED,
    )


def _choices(options: dict[str, Any]) -> Choices:
    where = Where(path="--default-duration")
    return Choices(options["skip_bad"], length(options["default_duration"], where))


def _capacities(default: str | None, path: Path | None) -> Capacities:
    number = capacity(default, Where(path="--capacity"))
    if path is None:
        return Capacities(number)
    try:
        return read_capacities(_content(path), number)
    except ScheduleError as error:
        raise CommandError(refusal_of(path, error)) from error
