"""`manage.py forget_people`: erase the people of events that keep them no longer."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registrations.actions.people.retention import events_to_forget, forget_people


class Command(BaseCommand):
    """Does at once what the worker does little by little; without `--yes` it only names the events."""

    help = "Erases the people of events whose days of keeping them are over; figures stay. With --yes only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--yes`."""
        parser.add_argument("--yes", action="store_true", help="Do it. It cannot be undone.")

    def handle(self, *args: Any, yes: bool, **options: Any) -> None:
        """Forget, or name what would be."""
        at = timezone.now()
        for event in events_to_forget(at):
            self.stdout.write(
                f"{event.name}: ended {event.ends_at:%Y-%m-%d}, keeps {event.retention_days} days."
            )
        if not yes:
            self.stdout.write("Nothing was changed; add --yes to erase their people.")
            return
        total = 0
        while done := forget_people(at):
            total += done
        self.stdout.write(f"{total} people are forgotten.")
