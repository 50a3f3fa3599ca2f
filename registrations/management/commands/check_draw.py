"""`manage.py check_draw FILE NUMBER`: decides a draw again from its published files, and says whether all agrees."""

from __future__ import annotations

from argparse import ArgumentParser
from itertools import zip_longest
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registrations.draw import snake


class Command(BaseCommand):
    """Reads files only, no database: it may run on any machine, for the draw of any site."""

    help = "Decides a draw again from its published files, and says whether all agrees."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the two files, the number and the commitment."""
        parser.add_argument("file", help="The published file of wishes.")
        parser.add_argument("number", help="The public number, in quotation marks where it has spaces.")
        parser.add_argument(
            "--commitment", help="What was published when the wishes closed: has to be the file's."
        )
        parser.add_argument("--decisions", help="The published file of decisions: has to be what comes out.")

    def handle(
        self,
        *args: Any,
        file: str,
        number: str,
        commitment: str | None,
        decisions: str | None,
        **options: Any,
    ) -> None:
        """Say what was found. Raises CommandError, so that the command fails, where anything does not agree."""
        try:
            text = snake.load(file)
            world, seed = snake.read(text), snake.seed(text, number)
            published = None if decisions is None else snake.load(decisions)
        except (snake.BadFile, snake.BadNumber) as problem:
            raise CommandError(str(problem)) from None
        made = snake.decide(world, seed)
        self.stdout.write(f"{world.title}: {len(world.tickets):,} tickets, {len(world.sessions):,} sessions.")
        self.stdout.write(f"Commitment {snake.commitment(text)}\nSeed       {seed}")
        if commitment is not None:
            self._check_commitment(snake.commitment(text), commitment)
        if published is None:
            self.stdout.write(
                f"{len(made):,} decisions. Name the published ones (--decisions) to compare them."
            )
        else:
            self._check_decisions(snake.decisions_text(made), published)
            self.stdout.write(self.style.SUCCESS(f"The same {len(made):,} decisions, to the byte."))

    def _check_commitment(self, found: str, published: str) -> None:
        if found != published.strip().lower():
            raise CommandError(
                "The file of wishes is not the one whose commitment was published: it was changed."
            )
        self.stdout.write("The file of wishes is the one whose commitment was published.")

    def _check_decisions(self, found: str, published: str) -> None:
        if found == published:
            return
        lines = enumerate(zip_longest(found.split("\n"), published.split("\n"), fillvalue=""), 1)
        at, (own, theirs) = next((at, pair) for at, pair in lines if pair[0] != pair[1])
        raise CommandError(
            f"The published decisions are not what comes out. Line {at} says “{theirs[:200]}”,"
            f" and comes out as “{own}”."
        )
