"""How hard the machine tries: `HYPOTHESIS_PROFILE=nightly uv run pytest tests/machine` for thousands of examples.

The numbers are those of the main variant; the others get a share each (`test_machine.py`). The normal profile draws
the same examples every time, so that a red run can be repeated, on each database forty others; the
nightly one draws new ones, and longer ones. Both print what reproduces a failure.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

pytest.register_assert_rewrite("tests.machine.truths", "tests.machine.base")

# Several seconds of a slow core are no reason to fail: an example is a whole story with commits.
ANY = {"deadline": None, "print_blob": True, "suppress_health_check": list(HealthCheck)}

settings.register_profile("normal", max_examples=40, stateful_step_count=9, derandomize=True, **ANY)
settings.register_profile("nightly", max_examples=3000, stateful_step_count=30, **ANY)
# Looks for a first failure without making it small.
settings.register_profile(
    "hunt",
    max_examples=300,
    stateful_step_count=20,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    **ANY,
)
# A look at whether a planted fault is seen at all, after tests that look sharper (`tests/mutations`).
settings.register_profile(
    "small", max_examples=18, stateful_step_count=9, phases=[Phase.generate], derandomize=True, **ANY
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "normal"))


@pytest.fixture(autouse=True)
def _committing(transactional_db: None) -> None:
    """Let every example commit for real: durable blocks cannot be rolled back."""
