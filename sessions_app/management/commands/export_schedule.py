"""`manage.py export_schedule EVENT`: an event's programme as a file that conference apps read."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.models import Event
from sessions_app.schedule.write import write_json, write_xml


class Command(BaseCommand):
    """Writes schedule.xml or schedule.json."""

    help = "Export an event's programme as frab schedule.xml or schedule.json; importing it again changes nothing."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("event", help="readable ID of the event")
        parser.add_argument("--format", choices=["xml", "json"], default="xml")
        parser.add_argument("--output", type=Path, help="file to write (else standard output)")
        parser.add_argument(
            "--only-live", action="store_true", help="leave out what the website does not show"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        event = Event.objects.not_archived().select_related("building").filter(slug=options["event"]).first()
        if event is None:
            raise CommandError(f"There is no event with the readable ID “{options['event']}”.")
        write = write_json if options["format"] == "json" else write_xml
        content = write(event, only_live=options["only_live"])
        if options["output"] is None:
            self.stdout.write(content.decode())
            return
        try:
            options["output"].write_bytes(content)
        except OSError as error:
            raise CommandError(f"{options['output']}: {error.strerror}.") from error
