"""What the tests of the face share."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def event(db: None) -> Any:
    """A live event of two days in Rotterdam."""
    from tests.factories import BuildingFactory, EventFactory

    hall = BuildingFactory(name="Harbour Hall", address="Quay 1, Rotterdam")
    return EventFactory(
        name="Harbour </script> & Conf",
        slug="harbour",
        building=hall,
        description="Boats, **ropes** & tides.",
    )
