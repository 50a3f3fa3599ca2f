"""What became of wishes, on one's own page: why, and seats given back by one click, and taken again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from events.models import Event
from registrations.actions import state_wishes
from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from tests.draws.plans import plan, publish_now
from tests.factories import SessionFactory, at
from tests.website.clicks import held, mine, registered, text, waits

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def drawn(event: Event, bob: Attendee) -> tuple[EventRegistration, EventRegistration]:
    """Whoever got the one seat in Knots, and who did not; both have Charts, and neither Tides, which overlaps that."""
    hours = {"Knots": (9, 10), "Charts": (11, 13), "Tides": (12, 14)}
    sessions = [
        SessionFactory(
            event=event, name=name, capacity=1 if name == "Knots" else 2, starts_at=at(begin), ends_at=at(end)
        )
        for name, (begin, end) in hours.items()
    ]
    draw = plan(event, sessions)
    people = [registered(event, who) for who in (bob, Attendee("eve@example.com", "Eve", "Extra"))]
    for person in people:
        state_wishes(person, draw, [(session, None) for session in sessions])
    publish_now(draw)
    people.sort(key=lambda person: "Knots" not in held(attendee(person)))
    return people[0], people[1]


def attendee(registration: EventRegistration) -> Attendee:
    return Attendee.of(registration)


def said(page: Any) -> list[tuple[str, str, str, str]]:
    """The session, what became of it, why, and what its button would do."""
    return [(line.session.name, line.words, line.why, line.seat.label) for line in page.context["lines"]]


def test_each_wish_says_what_became_of_it_and_why(client: Client, drawn: Any) -> None:
    first, second = drawn
    page = client.get(mine("manage_draw", second))
    assert said(page) == [
        ("Knots", "You are 1st in line", "Full in round 1; your ticket was number 2 of 2.", "Leave waitlist"),
        ("Charts", "You have a seat", "", "Give back"),
        ("Tides", "No seat", "It overlaps Charts, which was drawn for you.", "Swap"),
    ]
    assert (
        "You have a seat in 1 session that you wished for. It is yours: there is nothing to accept."
        in text(page)
    )
    assert "What became of my wishes" in text(client.get(mine("manage", second)))
    # The wishes themselves are over.
    assert client.get(mine("manage_wishes", second)).url == mine("manage_draw", second)
    assert [line[1] for line in said(Client().get(mine("manage_draw", first)))][:2] == ["You have a seat"] * 2


def test_a_seat_given_back_is_undone_or_goes_to_whoever_waits(client: Client, drawn: Any) -> None:
    first, second = drawn
    page = client.get(mine("manage_draw", second))
    charts = page.context["lines"][1]
    page = client.get(client.post(charts.seat.url, {"next": page.context["here"]}).url)
    assert (held(attendee(second)), page.context["removed"].session) == ([], charts.session)
    client.post(page.context["removed"].url)
    assert held(attendee(second)) == ["Charts"]
    # All at once, with the way back; the one in line has the seat by then.
    answer = client.post(mine("manage_draw_back", first))
    assert (held(attendee(first)), held(attendee(second))) == ([], ["Knots", "Charts"])
    page = client.get(answer.url)
    assert "You gave 2 seats back." in text(page)
    assert [line[1] for line in said(page)][:2] == ["Given back", "Given back"]
    again = ",".join(str(session.uuid) for session in page.context["returned"])
    client.post(mine("manage_draw_back", first), {"again": again})
    assert (held(attendee(first)), waits(attendee(first))) == (["Charts"], ["Knots"])
