"""A bank of our own that speaks Stripe's protocol, and a site that sells passes through it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.payments.bank import Bank, Serving


@pytest.fixture(scope="session")
def _serving() -> Iterator[Serving]:
    with Serving() as serving:
        yield serving


@pytest.fixture
def bank(_serving: Serving, settings) -> Bank:
    """A new bank, which this site takes for Stripe."""
    return _serving.open(settings)
