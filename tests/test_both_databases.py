"""The parent run: what it passes on, and when it is content."""

from __future__ import annotations

import os
from collections import Counter
from types import SimpleNamespace

import pytest

from tests.plugins import both_databases as parent


@pytest.mark.parametrize(
    ("codes", "worst"),
    [([0, 0], 0), ([0, 1], 1), ([2, 1], 2), ([0, 5], 0), ([5, 5], 5), ([5, 1], 1), ([-9, 0], 9)],
)
def test_returns_worst_exit_code(codes, worst):
    assert parent._worst(codes) == worst


def arguments(typed, chosen, **options):
    option = SimpleNamespace(usepdb=False, collectonly=False, **options)
    config = SimpleNamespace(option=option, invocation_params=SimpleNamespace(args=typed))
    return parent._arguments(config, chosen)


@pytest.mark.parametrize("typed", [["--only", "sqlite"], ["--only=sqlite"]])
def test_passes_arguments_on_without_its_own(typed):
    assert arguments([*typed, "tests/engine", "-k", "swap"], ["sqlite"]) == [
        *("-n", "2", "--dist", "loadgroup"),
        *("tests/engine", "-k", "swap"),
    ]


def test_leaves_number_of_workers_to_user():
    assert arguments(["-n", "4", "-x"], ["sqlite", "postgresql"]) == ["-n", "4", "-x"]


def test_starts_no_workers_for_one_file():
    assert arguments(["tests/test_x.py::test_y"], ["sqlite"])[:2] == ["-n", "0"]


def test_ends_with_line_that_ci_reads():
    assert parent._in_words(Counter(passed=3, error=1)) == "3 passed, 0 failed, 0 skipped, 1 error"


def test_says_at_the_end_what_failed_and_why():
    child = SimpleNamespace(name="sqlite", bad=[("tests/x.py::test_y", "first\nAssertionError: 3 seats")])

    assert parent._said_again(child) == [
        "    sqlite | FAILED tests/x.py::test_y",
        "    sqlite |   first",
        "    sqlite |   AssertionError: 3 seats",
    ]


def test_runs_on_the_database_it_says(db):
    from django.db import connection

    assert connection.vendor == os.environ[parent.CHILD]
