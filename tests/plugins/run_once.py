"""Tests that run once: in the whole run on both databases, beside SQLite or beside PostgreSQL.

Those that touch no database (pytest-django lets no test near it that has not asked for it), those marked `once`, and
those that look at pages in a browser: what a page is made of is asked of both databases by tests that read it by HTTP.
Some folders of the last run beside PostgreSQL, so that both runs take as long; all else beside SQLite.
"""

from __future__ import annotations

import os

import pytest

from tests.plugins.both_databases import ALONE, CHILD

# Folders whose pages are looked at on PostgreSQL.
BESIDE_POSTGRESQL = ("tests/journeys/", "tests/door_page/")
ASKING = {"db", "transactional_db", "live_server", "django_db_setup"}


def is_same_on_both(item: pytest.Item) -> bool:
    """True when the test says so, looks at a page in a browser, or touches no database."""
    fixtures = {*getattr(item, "fixturenames", ())}
    if item.get_closest_marker("postgres"):
        return False
    is_touching = item.get_closest_marker("django_db") or ASKING & fixtures
    return bool(item.get_closest_marker("once")) or "browser" in fixtures or not is_touching


def is_beside(item: pytest.Item, database: str) -> bool:
    """True when a test that runs once does so in the run on this database."""
    is_moved = "browser" in getattr(item, "fixturenames", ()) and item.nodeid.startswith(BESIDE_POSTGRESQL)
    return is_moved == (database == "postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the other run what would be the same here."""
    database = os.environ.get(CHILD, "")
    if not database or os.environ.get(ALONE):
        return
    left = {item for item in items if is_same_on_both(item) and not is_beside(item, database)}
    if left:
        config.hook.pytest_deselected(items=list(left))
        items[:] = [item for item in items if item not in left]
