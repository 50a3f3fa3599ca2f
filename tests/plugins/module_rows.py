"""Rows that all tests of a module share: written once, in a transaction that the module's tests run inside of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def module_rows(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """What fixtures of this scope write from here on is there for each test of the module, and gone after the last.

    A test's own changes are rolled back as ever, to this point. No test of such a module may commit for real.
    """
    from django.test import TestCase

    from tests.plugins.slow import commits

    inside = [item for item in request.session.items if item.path == request.path]
    assert not any(commits(item) for item in inside), "a test that commits would wait for this transaction"
    with django_db_blocker.unblock():
        # As around each test: an action may say that its transaction is the outermost one.
        atomics = TestCase._enter_atomics()
        try:
            yield
        finally:
            TestCase._rollback_atomics(atomics)
