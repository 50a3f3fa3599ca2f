"""`manage.py restore DIR`: an installation from its backup, checked."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from registrations.backup import BackupRefused, restore


class Command(BaseCommand):
    """Fills an empty database and an empty media folder, migrates, and recounts all seats."""

    help = "Restore a backup into an empty database, bring it up to date, and check all seats."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add where from."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="What `manage.py backup` has written.")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Restore, migrate, check; ends with an error when a seat is not as it must be."""
        try:
            manifest = restore(folder)
        except (BackupRefused, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored the backup of {manifest.made_at}, made by version {manifest.version}.")
        if not manifest.knows_secret():
            self.stderr.write(
                "SECRET_KEY is another one than then: personal links in mails sent before do not open. Set the "
                "old one, or add it to SECRET_KEY_FALLBACKS."
            )
        call_command("migrate", verbosity=0)
        call_command("check_seats", stdout=self.stdout)
