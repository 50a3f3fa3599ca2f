"""What the database itself keeps from being written about a draw, whatever the code forgets."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from events.models import SeatCount
from registrations.models import (
    Draw,
    DrawDecision,
    DrawSession,
    EventRegistration,
    Ticket,
    TicketHolder,
    Wish,
)
from tests.engine.acts import claim, contact_of, person
from tests.factories import EventFactory, SessionFactory, at

FROZEN = {"state": "frozen", "frozen_at": at(2), "commitment": "c", "frozen_file": "{}"}
DRAWN = FROZEN | {"state": "drawn", "public_number": "7", "seed": "s", "drawn_at": at(3)}
PUBLISHED = DRAWN | {"state": "published", "publishing_at": at(4), "published_at": at(4)}


def draw_of(world: Any, **changed: Any) -> Draw:
    """A draw whose window is the first morning's first hour."""
    given = {"name": "First choice", "opens_at": at(0), "closes_at": at(1), "number_source": "Lottery"}
    return Draw.objects.create(event=world.event, **(given | changed))


def holder(world: Any, **changed: Any) -> TicketHolder:
    """Somebody on the ticket."""
    given = {"draw": world.draw, "ticket": world.ticket, "registration": world.others}
    return TicketHolder.objects.create(**(given | {"number": 2} | changed))


def decision(world: Any, **changed: Any) -> DrawDecision:
    """Another decision."""
    given = {"number": 2, "ticket": world.ticket, "session": world.other, "round": 1, "rank": 2}
    return DrawDecision.objects.create(draw=world.draw, verdict="full", **(given | changed))


def wish(world: Any, **changed: Any) -> Wish:
    """Another wish of the ticket."""
    return Wish.objects.create(**({"ticket": world.ticket, "session": world.other, "rank": 2} | changed))


@pytest.fixture
def world(db: None) -> Any:
    """One draw of one session, with one ticket of one person and one wish."""
    event = EventFactory()
    session, other = SessionFactory(event=event, capacity=3), SessionFactory(event=event, capacity=3)
    rows = []
    for name in ("bob", "carol"):
        assert claim(session, person(name)).applied
        rows.append(EventRegistration.objects.get(contact=contact_of(person(name))))
    made = SimpleNamespace(event=event, session=session, other=other, own=rows[0], others=rows[1])
    made.draw = draw_of(made)
    made.ticket = Ticket.objects.create(draw=made.draw, place=1)
    DrawSession.objects.create(draw=made.draw, session=session, number=1)
    holder(made, registration=made.own, number=1)
    wish(made, session=session, rank=1)
    decision(made, session=session, rank=1, number=1)
    return made


REFUSED: dict[str, Callable[[Any], Any]] = {
    "draw_closes_after_opening": lambda w: draw_of(w, opens_at=at(1)),
    "draw_most_seats_at_least_1": lambda w: draw_of(w, most_seats=0),
    "draw_names_its_number": lambda w: draw_of(w, number_source=""),
    "draw_open_knows_no_result": lambda w: draw_of(w, frozen_at=at(2)),
    "draw_frozen_has_its_file": lambda w: draw_of(w, **(FROZEN | {"frozen_file": ""})),
    "draw_number_only_after_freezing": lambda w: draw_of(w, public_number="7"),
    "draw_drawn_has_a_date": lambda w: draw_of(w, **(FROZEN | {"state": "drawn"})),
    "draw_publishing_has_a_date": lambda w: draw_of(w, **(DRAWN | {"state": "publishing"})),
    "draw_published_has_a_date": lambda w: draw_of(w, **(PUBLISHED | {"published_at": None})),
    "draw_cancelled_has_a_date": lambda w: draw_of(w, state="cancelled"),
    "drawsession_once_per_draw": lambda w: DrawSession.objects.create(
        draw=w.draw, session=w.session, is_running=False
    ),
    "drawsession_in_one_running_draw": lambda w: DrawSession.objects.create(
        draw=draw_of(w), session=w.session
    ),
    "drawsession_number_once": lambda w: DrawSession.objects.create(draw=w.draw, session=w.other, number=1),
    "drawsession_number_at_least_1": lambda w: DrawSession.objects.create(
        draw=w.draw, session=w.other, number=0
    ),
    "ticket_place_once_per_draw": lambda w: Ticket.objects.create(draw=w.draw, place=1),
    "ticket_place_at_least_1": lambda w: Ticket.objects.create(draw=w.draw, place=0),
    "ticketholder_once_per_draw": lambda w: holder(w, registration=w.own),
    "ticketholder_number_once": lambda w: holder(w, number=1),
    "ticketholder_at_most_4": lambda w: holder(w, number=5),
    "ticketholder_seated_before_told": lambda w: holder(w, told_at=at(5)),
    "wish_session_once": lambda w: wish(w, session=w.session),
    "wish_rank_once": lambda w: wish(w, rank=1),
    "wish_rank_at_least_1": lambda w: wish(w, rank=0),
    "wish_wait_at_least_1": lambda w: wish(w, wait_at_most=0),
    "drawdecision_number_once": lambda w: decision(w, number=1),
    "drawdecision_once_per_wish": lambda w: decision(w, session=w.session),
    "drawdecision_counts_from_1": lambda w: decision(w, round=0),
    "seatcount_draw_closes_after_opening": lambda w: SeatCount.objects.filter(pk=w.other.seats_id).update(
        draw_opens_at=at(1)
    ),
}


def test_every_constraint_of_draws_is_in_the_table() -> None:
    models = (Draw, DrawSession, Ticket, TicketHolder, Wish, DrawDecision)
    named = {each.name for model in models for each in model._meta.constraints}
    assert set(REFUSED) == named | {"seatcount_draw_closes_after_opening"}


def test_refuses_what_no_draw_can_be(world: Any) -> None:
    let_in = []
    for name, write in REFUSED.items():
        try:
            with transaction.atomic():
                write(world)
            let_in.append(name)
        except IntegrityError:
            pass
    assert let_in == []
    # And what may be: a draw once drawn, another ticket, a session in a draw that is over.
    assert draw_of(world, **PUBLISHED).pk
    assert DrawSession.objects.create(
        draw=draw_of(world, **DRAWN), session=world.session, is_running=False
    ).pk
    for write in (holder, wish, decision):
        assert write(world).pk
