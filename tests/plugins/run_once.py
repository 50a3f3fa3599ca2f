"""Tests that run once: in the whole run on both databases they are deselected on PostgreSQL.

Those that touch no database (pytest-django lets no test near it that has not asked for it), those marked `once`, and
those that look at pages in a browser: what a page is made of is asked of both databases by tests that read it by HTTP.
"""

from __future__ import annotations

import os

import pytest

from tests.plugins.both_databases import ALONE, CHILD

ASKING = {"db", "transactional_db", "live_server", "django_db_setup"}


def is_same_on_both(item: pytest.Item) -> bool:
    """True when the test says so, looks at a page in a browser, or touches no database."""
    fixtures = {*getattr(item, "fixturenames", ())}
    if item.get_closest_marker("postgres"):
        return False
    is_touching = item.get_closest_marker("django_db") or ASKING & fixtures
    return bool(item.get_closest_marker("once")) or "browser" in fixtures or not is_touching


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to SQLite's run what would be the same here."""
    if os.environ.get(CHILD) != "postgresql" or os.environ.get(ALONE):
        return
    left = [item for item in items if is_same_on_both(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if not is_same_on_both(item)]
