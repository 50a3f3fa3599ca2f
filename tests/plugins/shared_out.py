"""Tables of cases are shared out: in the whole run on both databases, each case is asked of one of the two.

A table (four cases or more of one test) says the same thing many times in other words: half of them on SQLite and the
other half on PostgreSQL still ask either database. What rests on a database's own ways (statements written by hand,
locks, races, the rules of a seat) is asked whole of both. `uv run pytest --every` asks everything of both: for the
night, and before a release.
"""

from __future__ import annotations

import os
from collections import defaultdict
from hashlib import blake2s

import pytest

from tests.plugins.both_databases import CHILD, DATABASES, SHARED
from tests.plugins.run_once import is_same_on_both

TABLE = 4
# Folders of tests whose every case is asked of both databases.
WHOLE = tuple(f"tests/{folder}/" for folder in ("engine", "feed", "imports", "machine", "races", "sql"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out those cases that the other database's run is asked."""
    if not os.environ.get(SHARED):
        return
    left = cases_of_the_other(items, os.environ[CHILD])
    if left:
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left])
        items[:] = [item for item in items if item.nodeid not in left]


def cases_of_the_other(items: list[pytest.Item], name: str) -> set[str]:
    """Return the names of the cases that are asked of the other database: the same division in either run."""
    tables: dict[str, list[str]] = defaultdict(list)
    for item in items:
        if hasattr(item, "callspec") and not is_same_on_both(item) and not _is_whole(item):
            tables[item.nodeid.partition("[")[0]].append(item.nodeid)
    left: set[str] = set()
    for cases in tables.values():
        if len(cases) >= TABLE:
            # By a sum of their names: every other one as they stand would give one database all cases of a kind.
            cases.sort(key=lambda case: blake2s(case.encode()).digest())
            left.update(cases[1 - DATABASES.index(name) :: 2])
    return left


def _is_whole(item: pytest.Item) -> bool:
    return item.nodeid.startswith(WHOLE) or bool(item.get_closest_marker("postgres"))
