"""Loaded by schemathesis (SCHEMATHESIS_HOOKS): what it need not ask, and what it was answered."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import schemathesis

# Where a line is written for each answer; unset: nowhere.
WHERE = "SEATWISE_ANSWERS"


@schemathesis.hook
def filter_query(context: Any, query: Any) -> bool:
    """Leave blank parameters out: they mean none, so what is wrong with them is not refused."""
    return all(value not in ("", None, [], {}, [""], [None]) for value in (query or {}).values())


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Leave out what says an option twice: where the two differ it is refused, which has tests of its own."""
    body = case.body if isinstance(case.body, dict) else {}
    return not body.keys() & (case.query or {}).keys()


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Write down the status and the operation."""
    if WHERE in os.environ:
        with Path(os.environ[WHERE]).open("a", encoding="utf-8") as lines:
            lines.write(f"{response.status_code} {case.operation.label}\n")
