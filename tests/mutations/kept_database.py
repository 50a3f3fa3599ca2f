"""A plugin of pytest for the copies: the quickest tests first, on a database that is made once and copied."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

DURATIONS, DATABASE = "SEATWISE_MUTATIONS_DURATIONS", "SEATWISE_MUTATIONS_DATABASE"
_took: dict[str, float] = defaultdict(float)


def pytest_configure() -> None:
    """Let the tests' database be the file that was made for this copy."""
    from django.conf import settings

    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = os.environ[DATABASE]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the quickest first; those that commit, and empty the tables afterwards, come last."""
    path = Path(os.environ[DURATIONS])
    known = json.loads(path.read_text()) if path.exists() else {}
    if known:
        # What is red without a fault tells nothing about one.
        items[:] = [item for item in items if item.nodeid in known]
    items.sort(key=lambda item: ("tests/machine" in item.nodeid, known.get(item.nodeid, 0.0)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember how long each green test takes, but for making the database."""
    if report.when == "call" and report.passed:
        _took[report.nodeid] += report.duration


def pytest_sessionfinish() -> None:
    """Keep what was found out by the first run, the one without a fault."""
    path = Path(os.environ[DURATIONS])
    if not path.exists():
        path.write_text(json.dumps(_took))
