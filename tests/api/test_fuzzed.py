"""schemathesis on the generated description: all its checks, requests in chains too, no failure, no server error.

By hand, longer (so many made-up requests for each operation, so many seconds of chains, and every edge):
`SEATWISE_FUZZ=300 uv run pytest --only sqlite tests/api/test_fuzzed.py -s`.
"""

from __future__ import annotations

import copy
import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from registrations.queries.recount import recount
from tests.api.fuzzing import for_chains, make_world
from tests.api.test_schema import description

HERE = Path(__file__).parent
IS_LONG = "SEATWISE_FUZZ" in os.environ
# Requests of each operation that are made up; at length also those at the edges of each parameter, thousands.
EXAMPLES = int(os.environ.get("SEATWISE_FUZZ", "2"))
PHASES = "examples,coverage,fuzzing" if IS_LONG else "examples,fuzzing"
LONGEST = 7_200 if IS_LONG else 120

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("fuzzed")]


def fuzz(url: str, token: str, described: dict[str, Any], folder: Path, *arguments: str) -> str:
    """Run schemathesis; return what it said."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(described))
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")]
    # Each database is asked other things.
    seed = "1" if connection.vendor == "sqlite" else "2"
    command += ["run", str(path), "--url", url, "--header", f"Authorization: Bearer {token}", "--seed", seed]
    command += ["--checks", "all", "--continue-on-failure", "--generation-deterministic", *arguments]
    ended = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
        env={**os.environ, "COLUMNS": "120"},
    )
    return ended.stdout + ended.stderr


def outcome(said: str) -> tuple[int, str]:
    """How many requests were made, and what was wrong with them."""
    made = re.search(r"(\d[\d,]*) generated, ([^\n]*)", said)
    assert made, said[-3_000:]
    shown = said[said.find("= FAILURES =") :][:6_000] if "FAILURES" in said else said[-3_000:]
    return int(made[1].replace(",", "")), "" if made[2].endswith("passed") and "found" not in made[
        2
    ] else shown


@pytest.fixture
def world(live_server, settings, caplog) -> tuple[str, str]:
    """Where the API listens, and a token."""
    settings.API_REQUESTS_PER_MINUTE = 10**9
    # Thousands of refusals, each a line of the log that pytest would keep.
    caplog.set_level(logging.CRITICAL, logger="django.request")
    return live_server.url, make_world()


def test_keeps_what_description_says(world, tmp_path):
    phases = ("--phases", PHASES, "--max-examples", str(EXAMPLES))
    count, wrong = outcome(fuzz(*world, copy.deepcopy(description()), tmp_path, *phases))
    print(f"{count} requests")
    assert wrong == ""
    assert count > 200
    assert [str(offence) for offence in recount()] == []


def test_keeps_it_in_chains_of_requests(world, tmp_path):
    described = for_chains(copy.deepcopy(description()))
    phases = ("--phases", "stateful", "--max-examples", str(EXAMPLES * 10))
    phases += ("--max-time", str(EXAMPLES)) if IS_LONG else ()
    count, wrong = outcome(fuzz(*world, described, tmp_path, *phases))
    print(f"{count} requests")
    assert wrong == ""
    assert count > 50
    assert [str(offence) for offence in recount()] == []
