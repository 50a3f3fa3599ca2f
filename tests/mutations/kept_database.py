"""A plugin of pytest for the copies: the quickest tests first, on a database that is made once and copied."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

DURATIONS, DATABASE = "SEATWISE_MUTATIONS_DURATIONS", "SEATWISE_MUTATIONS_DATABASE"
_took: dict[str, float] = defaultdict(float)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Let the tests' database be the file that was made for this copy."""
    from django.conf import settings

    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = os.environ[DATABASE]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the quickest first; those that commit, and empty the tables afterwards, come last."""
    path = Path(os.environ[DURATIONS])
    known = json.loads(path.read_text()) if path.exists() else {}
    items.sort(key=lambda item: ("tests/machine" in item.nodeid, known.get(item.nodeid, 0.0)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember how long each takes, but for making the database."""
    if report.when == "call":
        _took[report.nodeid] += report.duration


def pytest_sessionfinish(exitstatus: int) -> None:
    """Keep what was found out by the first run, the one without a fault."""
    path = Path(os.environ[DURATIONS])
    if exitstatus == 0 and not path.exists():
        path.write_text(json.dumps(_took))
