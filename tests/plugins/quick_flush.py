"""Empties the database after a test that committed: only the tables that have rows, and nothing is made anew.

Django's own flush truncates every table, writes content types and permissions again, and gives the next test a new
connection: far more work than most of these tests. Here content types and permissions stay; where a test has changed
their number, Django's flush does its work after all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

KEPT = ("django_content_type", "auth_permission")
# Triggers write into it when other tables are emptied; the row of all events, without which no page is kept, stays.
REVISIONS = "events_shownrevision"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The databases as pytest-django makes them; tests that commit tidy them up quickly."""
    from django.test import TransactionTestCase

    with django_db_blocker.unblock():
        flush = Flush(TransactionTestCase._fixture_teardown)
    with pytest.MonkeyPatch.context() as patch:
        # A function: only that becomes a method, which is given its test case.
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: flush(case))  # noqa: PLW0108
        patch.setattr(TransactionTestCase, "_should_reload_connections", lambda _case: _is_spoilt())
        yield


def _is_spoilt() -> bool:
    """True when a test has left its connection in the middle of something: the next one needs another."""
    from django.db import connection

    return connection.in_atomic_block or connection.needs_rollback or not connection.get_autocommit()


class Flush:
    """Knows the tables, and how many rows those have that stay."""

    def __init__(self, djangos: Callable[[Any], None]) -> None:
        from django.db import connection

        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        quoted = connection.ops.quote_name
        self.djangos = djangos
        self.emptied = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quoted(table)})"
            for table in sorted(tables)
            if table not in (*KEPT, REVISIONS)
        )
        self.kept = " UNION ALL ".join(f"SELECT COUNT(*) FROM {quoted(table)}" for table in KEPT)
        self.kept_at_first = self._ask(self.kept)

    def __call__(self, case: Any) -> None:
        """Leave the database as the migrations left it."""
        if self._ask(self.kept) != self.kept_at_first:
            self.djangos(case)
            return
        if tables := self._ask(self.emptied):
            _delete_from(tables)

    @staticmethod
    def _ask(question: str) -> list[Any]:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(question)
            return [row[0] for row in cursor.fetchall()]


def _delete_from(tables: list[str]) -> None:
    """Empty these tables, whatever points to whatever: all of it goes."""
    from django.db import connection, transaction

    deletes = [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]
    deletes.append(f"DELETE FROM {REVISIONS} WHERE event_id <> 0")
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(";".join(deletes))
        else:
            for delete in deletes:
                cursor.execute(delete)
