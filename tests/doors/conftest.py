"""What the tests of doors may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from events.models import Event


@pytest.fixture
def seats_stay_true(assert_seats_true: Callable[..., None]) -> Iterator[None]:
    """After the test `check_seats` is silent."""
    yield
    assert_seats_true(swept=True)


@pytest.fixture
def event(db: None) -> Event:
    """A live event at session level."""
    from tests.factories import EventFactory

    return EventFactory()
