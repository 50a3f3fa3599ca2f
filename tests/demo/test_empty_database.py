"""The demo's tables, made at once, are those that the migrations make."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from registrations.demo.empty_database import make_tables


def shape(of: Any) -> dict[str, Any]:
    """Columns, keys, indexes and constraints of each table, whatever their order."""
    found: dict[str, Any] = {}
    with of.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        tables = dict(cursor.fetchall())
        for name, sql in tables.items():
            cursor.execute(f'PRAGMA table_info("{name}")')
            columns = sorted(row[1:] for row in cursor.fetchall())
            cursor.execute(f'PRAGMA foreign_key_list("{name}")')
            keys = sorted(row[2:5] for row in cursor.fetchall())
            constraints = sorted(re.findall(r'CONSTRAINT "(\w+)" (CHECK|UNIQUE)', sql))
            found[name] = (columns, keys, constraints)
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        found["indexes"] = sorted(row[0] for row in cursor.fetchall())
    return found


@pytest.mark.django_db
@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="the demo makes its own SQLite database")
def test_tables_made_at_once_are_those_of_the_migrations(tmp_path):
    other = DatabaseWrapper({**connection.settings_dict, "NAME": tmp_path / "db.sqlite3"}, "default")
    try:
        make_tables(other)
        made, migrated = shape(other), shape(connection)
        assert made.keys() == migrated.keys()
        for table in made:
            assert made[table] == migrated[table], table
        applied = [MigrationRecorder(each).applied_migrations().keys() for each in (other, connection)]
        assert applied[0] == applied[1]
    finally:
        other.close()
