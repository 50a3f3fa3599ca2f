"""Whether the parts of the site live: the worker's loops, and whether every migration was applied."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from events.models import WorkerHeartbeat

# The worker's loops by name. A worker run from cron each minute is not silent.
LOOPS = (
    "invitations",
    "waitlists",
    "orders",
    "draws",
    "links",
    "tidying",
    "reminders",
    "imports",
    "payments",
    "refunds",
    "invoices",
    "mails",
    "webhooks",
)
SILENT_AFTER = 120.0


def silence_of_worker() -> dict[str, float | None]:
    """How many seconds ago each of the worker's loops was last heard of; None for one that never was."""
    silence = WorkerHeartbeat.objects.filter(loop__in=LOOPS).silence()
    heard = {loop: round(since.total_seconds(), 1) for loop, since in silence.items()}
    return {loop: heard.get(loop) for loop in LOOPS}


def silent_loops() -> dict[str, float | None]:
    """The worker's loops that were not heard of for too long, with their seconds."""
    silence = silence_of_worker()
    return {loop: seconds for loop, seconds in silence.items() if seconds is None or seconds > SILENT_AFTER}


class _Migrations:
    are_applied = False


def migrations_are_applied() -> bool:
    """True when the database is as this code needs it; once it is, it is not asked again."""
    if not _Migrations.are_applied:
        executor = MigrationExecutor(connection)
        _Migrations.are_applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _Migrations.are_applied
