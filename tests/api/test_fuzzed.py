"""schemathesis on the generated description: all its checks, requests in chains too, no failure, no server error.

By hand, longer (so many made-up requests for each operation, so many seconds of chains, and every edge):
`SEATWISE_FUZZ=300 uv run pytest --only sqlite tests/api/test_fuzzed.py -s`;
chains alone, until so many of them were answered with yes: `uv run python -m tests.api.stateful`.
"""

from __future__ import annotations

import copy
import logging
import os

import pytest
from django.db import connection

from registrations.queries.recount import recount
from tests.api.agreeing import description
from tests.api.fuzzing import for_chains, fuzz, make_world, outcome

IS_LONG = "SEATWISE_FUZZ" in os.environ
# Requests of each operation that are made up; at length also those at the edges of each parameter, thousands.
EXAMPLES = int(os.environ.get("SEATWISE_FUZZ", "2"))
PHASES = "examples,coverage,fuzzing" if IS_LONG else "examples,fuzzing"
LONGEST = 7_200 if IS_LONG else 120

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("fuzzed")]


@pytest.fixture
def world(live_server, settings, caplog) -> tuple[str, str]:
    """Where the API listens, and a token."""
    settings.API_REQUESTS_PER_MINUTE = 10**9
    # Thousands of refusals, each a line of the log that pytest would keep.
    caplog.set_level(logging.CRITICAL, logger="django.request")
    return live_server.url, make_world()


def run(world, described, folder, *phases) -> tuple[int, str]:
    """How many requests were made, the same in each run, and what was wrong with them."""
    # Each database is asked other things.
    seed = 1 if connection.vendor == "sqlite" else 2
    arguments = ("--generation-deterministic", *phases)
    return outcome(fuzz(*world, described, folder, *arguments, seed=seed, seconds=LONGEST))


def test_keeps_what_description_says(world, tmp_path):
    phases = ("--phases", PHASES, "--max-examples", str(EXAMPLES))
    count, wrong = run(world, copy.deepcopy(description()), tmp_path, *phases)
    print(f"{count} requests")
    assert wrong == ""
    assert count > 200
    assert [str(offence) for offence in recount()] == []


def test_keeps_it_in_chains_of_requests(world, tmp_path):
    described = for_chains(copy.deepcopy(description()))
    phases = ("--phases", "stateful", "--max-examples", str(EXAMPLES * 10))
    phases += ("--max-time", str(EXAMPLES)) if IS_LONG else ()
    count, wrong = run(world, described, tmp_path, *phases)
    print(f"{count} requests")
    assert wrong == ""
    assert count > 50
    assert [str(offence) for offence in recount()] == []
