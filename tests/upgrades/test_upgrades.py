"""An upgrade interrupts nobody: old code works on the new schema, and the oldest data arrives at today's."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from registrations.actions.programme.repair import repair_events
from registrations.models import SessionRegistration
from registrations.queries.recount import recount
from tests.empty_database import empty_database
from tests.processes import environment_on_test_database
from tests.test_migrations import assert_same, shape
from tests.upgrades.history import code_of, commits_with_migrations, first_version, run_old, version_before

DJANGO = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.core.management import call_command
from registrations.demo import load_demo
"""
# A whole conference by the actions of that version: people register, wait, are invited, are served.
LOADS = (
    DJANGO
    + """
call_command("migrate", verbosity=0)
load_demo()
"""
)
# Without migrating: what runs while, and after, the new version has migrated.
WORKS = (
    DJANGO
    + """
from django.test import Client
from registrations.demo import guests
from registrations.links import manage_path
load_demo()
call_command("worker", once=True)
call_command("check_seats")
pages = ["/", "/harbour-conf/sessions/", *map(manage_path, guests())]
client = Client(HTTP_HOST="127.0.0.1")
assert {client.get(page).status_code for page in pages} == {200}
"""
)


@pytest.fixture
def environment(transactional_db, tmp_path) -> dict[str, str]:
    """Processes with the test's database, and mails that go into a folder."""
    return environment_on_test_database(tmp_path) | {"SEATWISE_PROFILE": "demo"}


def test_code_of_the_version_before_works_on_the_new_schema(environment, tmp_path):
    said = run_old(code_of(version_before(), tmp_path / "old"), WORKS, environment)
    assert "All seats are true." in said
    assert SessionRegistration.objects.active().count() > 100
    # What it wrote names no event, if it knows no such column: the new version fills that in.
    repair_events()
    assert recount() == []


Rows = dict[str, dict[Any, dict[str, Any]]]
OURS = ("events_", "sessions_app_", "waitlists_", "registrations_")


def rows() -> Rows:
    """Every row of our tables, by its key, whatever version made them."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(OURS):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                names = [
                    column.name if hasattr(column, "name") else column[0] for column in cursor.description
                ]
                found[table] = {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
    return found


def assert_kept(before: Rows, after: Rows) -> None:
    """Raise AssertionError where a row, or a value of a column that is there still, was lost on the way."""
    assert {table for table in before if before[table]} <= set(after)
    for table, known in before.items():
        for key, row in known.items():
            now = after[table][key]
            assert {name: now[name] for name in row if name in now} == {
                name: value for name, value in row.items() if name in now
            }, table


def test_data_of_the_first_version_arrives_at_todays_tables(environment, tmp_path):
    """The tables are those that all other tests make at once, and what was in them is true."""
    made_at_once = shape(connection)
    old = code_of(first_version(), tmp_path / "first")
    (tmp_path / "db.sqlite3").unlink(missing_ok=True)
    with empty_database(tmp_path):
        new = str(connection.settings_dict["NAME"])
        if connection.vendor == "postgresql":
            there = environment["DATABASE_URL"].replace(f"/{new.removesuffix('_empty')}?", f"/{new}?")
            environment |= {"DATABASE_URL": there}
        else:
            (tmp_path / "db.sqlite3").symlink_to(new)
        run_old(old, LOADS, environment)
        rows_of_before = rows()
        call_command("migrate", verbosity=0)
        assert_kept(rows_of_before, rows())
        assert_same(made_at_once, shape(connection))
        seats, said = SessionRegistration.objects.active().count(), StringIO()
        call_command("check_seats", stdout=said)
        assert (seats > 100, said.getvalue().strip()) == (True, "All seats are true.")


def test_a_version_before_has_none_of_the_newest_migrations():
    from tests.upgrades.history import git

    newest = commits_with_migrations()[0][0]
    names = (
        git("show", "--no-renames", "--diff-filter=A", "--name-only", "--format=", newest).decode().split()
    )
    added = [name for name in names if "/migrations/0" in name]
    there = git("ls-tree", "-r", "--name-only", version_before()).decode().split()
    assert added != []
    assert set(added) & set(there) == set()
