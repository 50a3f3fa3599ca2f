"""Tests that touch no database run once: in the whole run on both databases they are deselected on PostgreSQL.

pytest-django lets no test near the database that has not asked for it, so whoever has not asked touches none.
"""

from __future__ import annotations

import os

import pytest

from tests.plugins.both_databases import ALONE, CHILD

ASKING = {"db", "transactional_db", "live_server", "django_db_setup"}


def touches_database(item: pytest.Item) -> bool:
    """True when the test or one of its fixtures asked for the database, or says that it needs PostgreSQL."""
    is_marked = item.get_closest_marker("django_db") or item.get_closest_marker("postgres")
    return bool(is_marked or ASKING.intersection(getattr(item, "fixturenames", ())))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to SQLite's run what would be the same here."""
    if os.environ.get(CHILD) != "postgresql" or os.environ.get(ALONE):
        return
    left = [item for item in items if not touches_database(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if touches_database(item)]
