"""What these tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

if TYPE_CHECKING:
    from events.models import Event


@pytest.fixture(autouse=True)
def _no_limit_left_over() -> None:
    """Each test begins with nobody having asked for anything."""
    cache.clear()


@pytest.fixture
def event(db: None) -> Event:
    """A live event at session level."""
    from tests.factories import EventFactory

    return EventFactory(name="Harbour Conf", slug="harbour")
