"""Tests are shared out: in the whole run on both databases, much of what the roofs say is asked of one of the two.

A table (four cases or more of one test) says the same thing many times in other words, and pages, forms, files and
answers of the API hang little on the database below them: half of them on SQLite and the other half on PostgreSQL still
ask either. Which half changes with every commit, so two runs in a row ask all of both. What rests on a database's own
ways (statements written by hand, locks, races, the rules of a seat, migrations, processes) is asked whole of both.
`uv run pytest --every` asks everything of both: for the night, and before a release.
"""

from __future__ import annotations

import os
import subprocess
from collections import defaultdict
from hashlib import blake2s
from pathlib import Path

import pytest

from tests.plugins.both_databases import CHILD, DATABASES, SHARED
from tests.plugins.run_once import is_same_on_both

TABLE = 4
# Folders of tests whose every case is asked of both databases.
WHOLE = tuple(
    f"tests/{folder}/" for folder in ("engine", "feed", "imports", "machine", "races", "sql", "upgrades")
)
# Folders of what the roofs say, of whose files half is asked of each.
ROOFS = tuple(
    f"tests/{folder}/"
    for folder in (
        *("accounts", "admin_forms", "admin_panels", "api", "desk_home", "mail", "messages", "overview"),
        *("schedule", "webhooks", "website"),
    )
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the other database's run is asked."""
    if not os.environ.get(SHARED):
        return
    left = left_to_the_other(items, os.environ[CHILD], commits())
    if left:
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left])
        items[:] = [item for item in items if item.nodeid not in left]


def commits() -> int:
    """How many commits there are; 0 where there is no history."""
    count = ["git", "rev-list", "--count", "HEAD"]
    done = subprocess.run(count, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return int(done.stdout) if done.returncode == 0 else 0


def left_to_the_other(items: list[pytest.Item], name: str, turn: int) -> set[str]:
    """Return the names of the tests that the other database is asked: the same division in either run of a turn."""
    together: dict[str, list[str]] = defaultdict(list)
    for item in items:
        if not is_same_on_both(item) and not _is_whole(item):
            together[_shared_with(item)].append(item.nodeid)
    left: set[str] = set()
    for shared, cases in together.items():
        if len(cases) >= TABLE or shared.startswith(ROOFS):
            # By a sum of their names: every other one as they stand would give one database all cases of a kind.
            cases.sort(key=lambda case: blake2s(case.encode()).digest())
            left.update(cases[(1 - DATABASES.index(name) + turn) % 2 :: 2])
    return left


def _shared_with(item: pytest.Item) -> str:
    """What the test is shared out with: its file on a roof, else the other cases of its table."""
    if item.nodeid.startswith(ROOFS):
        return item.nodeid.partition("::")[0]
    return item.nodeid.partition("[")[0]


def _is_whole(item: pytest.Item) -> bool:
    return item.nodeid.startswith(WHOLE) or bool(item.get_closest_marker("postgres"))
