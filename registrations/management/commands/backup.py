"""`manage.py backup DIR`: everything that this installation has to keep, in one folder."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registrations.backup import BackupRefused, write_backup


class Command(BaseCommand):
    """Writes the database and the uploaded files while the site goes on."""

    help = "Back up the database and uploaded files into a new folder, while everything goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add where to."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="A folder that is not there yet.")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Write it, and say what it does not hold."""
        try:
            manifest = write_backup(folder)
        except (BackupRefused, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{folder}: {len(manifest.files)} file(s) from {manifest.database}.")
        self.stdout.write(manifest.note)
