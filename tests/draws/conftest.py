"""A draw of three sessions, and its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.draws.acts import World


@pytest.fixture
def world(db: None, assert_seats_true: Callable[..., None]) -> Iterator[World]:
    """An event whose draw is open; afterwards `check_seats` is silent."""
    from tests.draws.acts import World

    made = World.new()
    yield made
    assert_seats_true(swept=True)
