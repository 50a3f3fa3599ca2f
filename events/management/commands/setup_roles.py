"""`manage.py setup_roles`: the organizer's roles as groups."""

from typing import Any

from django.core.management.base import BaseCommand

from events.roles import setup_roles


class Command(BaseCommand):
    """Makes the five groups of staff, or brings their permissions up to date."""

    help = "Create the five roles as groups with their permissions. May be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        for name in setup_roles():
            self.stdout.write(name)
