"""The tables that tests and demo make at once (`plugins/tables_at_once.py`) are those of the models as they are today.

That the migrations, gone through one by one, lead to the same is seen with data (`upgrades/test_upgrades.py`).
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from registrations.demo.empty_database import make_tables

Shape = dict[str, Any]


def shape(of: Any) -> Shape:
    """Columns, keys, indexes and constraints of each table, whatever their order, and the migrations noted."""
    with of.cursor() as cursor:
        found = _of_postgresql(cursor) if of.vendor == "postgresql" else _of_sqlite(cursor)
    return found | {"applied": sorted(MigrationRecorder(of).applied_migrations())}


def _of_sqlite(cursor: Any) -> Shape:
    found: Shape = {}
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    for name, sql in cursor.fetchall():
        cursor.execute(f'PRAGMA table_info("{name}")')
        columns = sorted(row[1:] for row in cursor.fetchall())
        cursor.execute(f'PRAGMA foreign_key_list("{name}")')
        keys = sorted(row[2:5] for row in cursor.fetchall())
        constraints = sorted(re.findall(r'CONSTRAINT "(\w+)" (CHECK|UNIQUE)', sql))
        found[name] = (columns, keys, constraints)
    cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    return found | {"indexes": sorted(row[0] for row in cursor.fetchall())}


_OURS = "n.nspname = 'public'"
_QUESTIONS = {
    "columns": f"""SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            a.attidentity, pg_get_expr(d.adbin, d.adrelid), a.attcollation
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE {_OURS} AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraints": f"""SELECT conrelid::regclass::text, conname, pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE {_OURS}""",
    "indexes": f"""SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS}""",
}


# Tables of other packages: their migrations give a key more bits, and a constraint another name, than their models.
_ALL_THE_SAME = (
    "'auth_group_permissions', 'id', 'integer'",
    "'auth_group_permissions', 'id', 'bigint'",
    "oauth2_provider_accesstoken_token_checksum_",
)


def _of_postgresql(cursor: Any) -> Shape:
    found = {}
    for what, question in _QUESTIONS.items():
        cursor.execute(question)
        rows = sorted(map(repr, cursor.fetchall()))
        found[what] = [row for row in rows if not any(known in row for known in _ALL_THE_SAME)]
    return found


def assert_same(one: Shape, other: Shape) -> None:
    """Raise AssertionError that names the first difference only: all of it is too long to read."""
    assert one.keys() == other.keys()
    for what in one:
        assert one[what] == other[what], what


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the demo makes its own SQLite database")
def test_demo_makes_the_same_tables(tmp_path):
    other = DatabaseWrapper({**connection.settings_dict, "NAME": tmp_path / "db.sqlite3"}, "default")
    try:
        make_tables(other)
        assert_same(shape(other), shape(connection))
    finally:
        other.close()


@pytest.mark.django_db
def test_sees_a_table_that_lacks_something():
    """A missing index, constraint or column makes another shape."""
    whole = shape(connection)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX sessionreg_of_session")
        cursor.execute("ALTER TABLE events_contact RENAME COLUMN revision TO revised")
    assert {what for what in whole if shape(connection)[what] != whole[what]} >= {"indexes"}
    with pytest.raises(AssertionError):
        assert_same(whole, shape(connection))
