"""The short form of `python -m tests.failing`: each kind of failure once, under load."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from tests.processes import run_module

SECONDS = 600


@pytest.mark.postgres
@pytest.mark.skipif(
    os.environ.get("REQUIRE_SERVICES") != "1", reason="takes half a minute: CI runs it, or REQUIRE_SERVICES=1"
)
def test_loses_no_acknowledged_answer_when_web_processes_and_databases_die():
    if connection.vendor != "postgresql":
        pytest.skip("makes databases of its own, once")
    done = run_module("tests.failing", "--what", "all", "--answers", "60", seconds=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 faults; " in done.stdout
    assert ", 0 of them lost" in done.stdout
