"""What the website's tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from events.models import Event


@pytest.fixture
def event(db: None) -> Event:
    """A live event at session level."""
    from tests.factories import EventFactory

    return EventFactory(name="Harbour Conf", slug="harbour")
