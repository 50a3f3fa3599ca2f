"""Says which tests are slow, so that `uv run pytest -m "not slow"` answers soon: those that were measured to be.

Tests that commit for real are many times slower than those whose transaction is rolled back: among them are the
races, the machine, the browser's and the forms of the desk. Others are named here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent.parent
# More than about 0.3 s of processor time each, or hundreds of tests of about 0.2 s that say much the same.
NAMED = {
    "admin_panels/test_adding.py": "",
    "admin_panels/test_many_rows.py": "",
    "admin_panels/test_pages.py": "test_list_needs_few_queries_for_any_number",
    "admin_panels/test_panels.py": "",
    "api/test_every_operation.py": "",
    "api/test_typed_clients.py": "",
    "api/test_schema.py": "test_examples_agree_with_their_schemas",
    "demo/test_command.py": "test_starts_from_nothing",
    "test_settings.py": "",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them before `-m` looks."""
    for item in items:
        if commits(item) or is_named(item):
            item.add_marker(pytest.mark.slow)


def commits(item: pytest.Item) -> bool:
    """True for a test that is not rolled back."""
    marked = item.get_closest_marker("django_db")
    fixtures = getattr(item, "fixturenames", ())
    return bool(
        (marked and marked.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(fixtures)
    )


def is_named(item: pytest.Item) -> bool:
    """True for a test of the table."""
    path = item.path.relative_to(HERE).as_posix() if item.path.is_relative_to(HERE) else ""
    return path in NAMED and item.name.startswith(NAMED[path])
