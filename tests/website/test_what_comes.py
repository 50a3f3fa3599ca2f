"""What a waiting person is told about the freed seat is what the engine then does."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from registrations.actions import submit_agenda
from registrations.links import manage_token
from tests.engine.acts import claim, fill
from tests.factories import EventFactory, SessionFactory, at


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("when_clashing", "told"),
    [
        ("ask", "It overlaps Knots: when a seat frees, we ask you by mail whether to swap."),
        ("swap", "As soon as a seat frees you get it and give up Knots."),
        ("skip", "It overlaps Knots: you get a seat only if you give that up first."),
    ],
)
def test_tells_what_becomes_of_a_seat_in_the_way(
    client: Any, bob: Any, when_clashing: str, told: str
) -> None:
    event = EventFactory()
    held = SessionFactory(event=event, name="Knots", starts_at=at(10), ends_at=at(11))
    wanted = SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))
    fill(wanted)
    claim(held, bob)
    registration = submit_agenda(event, bob, [wanted], wait=True, when_clashing=when_clashing).registration
    assert registration is not None
    page = client.get(reverse("manage", args=[event.slug, manage_token(registration)])).content.decode()
    assert told in page
