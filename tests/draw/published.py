"""A published draw in the database, made from the pure rule: rows as the acts leave them."""

from __future__ import annotations

from typing import Any

from events.models import Event
from registrations.draw import snake
from registrations.models import Draw, DrawDecision, DrawSession, Ticket, Wish
from tests.factories import SessionFactory, at

NUMBER = "7 12 31"
SOURCE = "Saturday's lottery, 3 May"


def planned(event: Event, **changed: Any) -> Draw:
    """Plan a draw of three sessions: from the first day's first hour until its second."""
    given = {"name": "First choice", "opens_at": at(1), "closes_at": at(2), "number_source": SOURCE}
    draw = Draw.objects.create(event=event, **(given | changed))
    for hour, name in enumerate(("Knots", "Ropes", "Splices"), 10):
        session = SessionFactory(event=event, name=name, capacity=2, starts_at=at(hour), ends_at=at(hour + 1))
        DrawSession.objects.create(draw=draw, session=session, is_running="state" not in changed)
    return draw


def published(event: Event, people: int = 5) -> Draw:
    """Publish a draw in which everybody wishes for all three sessions, and two fit into each."""
    draw = planned(event)
    rows = list(draw.draw_sessions.order_by("session__starts_at"))
    for number, row in enumerate(rows, 1):
        DrawSession.objects.filter(pk=row.pk).update(number=number, is_running=False)
    tickets = {each.code: each for each in [Ticket.objects.create(draw=draw) for _ in range(people)]}
    Wish.objects.bulk_create(
        Wish(ticket=ticket, session=row.session, rank=rank)
        for ticket in tickets.values()
        for rank, row in enumerate(rows, 1)
    )
    world = _world(draw, rows, list(tickets))
    draw.frozen_file, draw.public_number = snake.write(world), NUMBER
    draw.commitment, draw.seed = snake.commitment(draw.frozen_file), snake.seed(draw.frozen_file, NUMBER)
    draw.frozen_at = draw.drawn_at = draw.publishing_at = draw.published_at = at(3)
    draw.state = Draw.State.PUBLISHED
    draw.save()
    made = snake.decide(world, draw.seed)
    for one in made:
        Ticket.objects.filter(code=one.ticket).update(place=one.place)
    DrawDecision.objects.bulk_create(
        DrawDecision(
            draw=draw,
            number=number,
            ticket=tickets[one.ticket],
            session=rows[one.session - 1].session,
            round=one.round,
            rank=one.rank,
            verdict=one.verdict,
        )
        for number, one in enumerate(made, 1)
    )
    return draw


def _world(draw: Draw, rows: list[DrawSession], codes: list[str]) -> snake.World:
    start = int(rows[0].session.starts_at.timestamp()) // 60
    sessions = tuple(
        snake.Session(number, 2, snake.Time(start + 60 * number, start + 60 * number + 60, True))
        for number in range(1, len(rows) + 1)
    )
    tickets = tuple(snake.Ticket(code, 1, (1, 2, 3), (), ()) for code in codes)
    event = draw.event
    return snake.World(
        event.slug, event.name, "2031-05-01T12:00:00Z", draw.number_source, None, sessions, (), tickets
    )
