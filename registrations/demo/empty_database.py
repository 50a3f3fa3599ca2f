"""The demo's new database: its tables are made as they are today, not as they came to be.

To go through every migration takes ten times as long, and an empty database has no past to keep.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def make_tables_if_empty(begin: Callable[[], None]) -> None:
    """Leave an empty SQLite database as `migrate` would; one that has tables, or another database, as it is.

    `begin` notes that something is being made: killed half-way, it must be begun anew.
    """
    if connection.vendor == "sqlite" and not connection.introspection.table_names():
        begin()
        make_tables(connection)
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def make_tables(connection: Any) -> None:
    """Make every model's table, and note every migration as applied."""
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
    note_migrations(connection)


def note_migrations(connection: Any) -> None:
    """Note every migration as applied: its tables were made as it would have left them."""
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    rows = [recorder.Migration(app=app, name=name) for app, name in MigrationLoader(None).disk_migrations]
    recorder.migration_qs.bulk_create(rows)
