"""`manage.py check_seats`: whether every counter, promise and ledger row agrees with the seats people hold."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from events.models import Event
from registrations.actions.programme.repair import repair_counters, repair_events
from registrations.queries.counters import targets_by_seats
from registrations.queries.recount import Offence, recount


class Command(BaseCommand):
    """Print what is wrong and end with an error, or say that all is true."""

    help = (
        "Recount all seats from the rows and name everything that does not agree. Changes nothing by itself."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the options."""
        parser.add_argument("--event", metavar="SLUG", help="only this event (its readable ID)")
        parser.add_argument(
            "--swept",
            action="store_true",
            help="also ask that nobody waits beside a free seat (after the worker's sweep)",
        )
        parser.add_argument(
            "--repair", action="store_true", help="first set wrong counters right, and record that"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Repair if asked to, then check."""
        event = self._event(options["event"])
        if options["repair"]:
            self._repair(event)
        found = _recount_at_one_moment(event, swept=options["swept"])
        for offence in found:
            self.stdout.write(str(offence))
        if found:
            raise CommandError(f"{len(found)} offence(s) found.")
        self.stdout.write(self.style.SUCCESS("All seats are true."))

    def _event(self, slug: str | None) -> Event | None:
        event = Event.objects.filter(slug=slug).first() if slug else None
        if slug and event is None:
            raise CommandError(f"There is no event with the readable ID “{slug}”.")
        return event

    def _repair(self, event: Event | None) -> None:
        targets = targets_by_seats(event)
        for seats_id, (stored, true) in repair_counters(event).items():
            target = targets[seats_id]
            self.stdout.write(f"{target._meta.verbose_name} “{target}”: corrected from {stored} to {true}")
        for what, number in repair_events(event).items():
            self.stdout.write(f"{what}: {number} told which event they belong to")


def _recount_at_one_moment(event: Event | None, *, swept: bool) -> list[Offence]:
    """Read everything as of one moment: a movement between two queries would look like an offence."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return recount(event, swept=swept)
