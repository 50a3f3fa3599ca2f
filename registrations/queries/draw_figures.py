"""A draw in figures: how many have one of their dearest wishes, and how many would have had it by first-come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from registrations.draw import snake
from registrations.models import Draw

# Who has one of so many dearest wishes is content.
DEAREST = 2


@dataclass(frozen=True)
class Share:
    """How well one way of giving serves people: how many have one of their two dearest wishes, and how many nothing."""

    people: int
    top_two: int
    nothing: int
    seats_given: int

    @property
    def percent_top_two(self) -> float:
        """People with one of their two dearest wishes, of a hundred."""
        return 100 * self.top_two / self.people if self.people else 0.0


@dataclass(frozen=True)
class Figures:
    """A draw in figures: the people and tickets in it, what the draw gives, and what first-come would have given.

    First-come is tried on the very same wishes, one whole list after the other as people came in. `seats` is None
    where a session has no limit.
    """

    tickets: int
    people: int
    wishes: int
    seats: int | None
    seats_left: int | None
    drawn: Share
    first_come: Share


def figures(draw: Draw) -> Figures | None:
    """The draw's figures as they were reckoned when its number was entered; None before that."""
    kept = draw.figures
    if not kept:
        return None
    shares = {name: Share(**kept[name]) for name in ("drawn", "first_come")}
    return Figures(**(kept | shares))


def reckoned(
    world: snake.World, decided: Iterable[snake.Decision], as_they_came: Sequence[snake.Ticket]
) -> dict[str, Any]:
    """The figures of a frozen world and what was decided in it, to be kept with the draw."""
    drawn = _share(world, ((one.ticket, one.rank) for one in decided if one.verdict == snake.GIVEN))
    seats = [session.seats for session in world.sessions]
    total = None if None in seats else sum(one for one in seats if one is not None)
    return asdict(
        Figures(
            tickets=len(world.tickets),
            people=sum(ticket.people for ticket in world.tickets),
            wishes=sum(len(ticket.wishes) for ticket in world.tickets),
            seats=total,
            seats_left=None if total is None else total - drawn.seats_given,
            drawn=drawn,
            first_come=_share(world, _first_come(world, as_they_came)),
        )
    )


def _first_come(world: snake.World, line: Iterable[snake.Ticket]) -> list[tuple[str, int]]:
    """What tickets would get that came one after the other, each with its whole list: code and rank of each seat."""
    table = snake._Table(world)
    given = []
    for place, ticket in enumerate(line, 1):
        player = snake._Player(place, ticket)
        for rank, number in enumerate(ticket.wishes, 1):
            if table.verdict(player, number) == snake.GIVEN:
                table.give(player, number)
                given.append((ticket.code, rank))
    return given


def _share(world: snake.World, given: Iterable[tuple[str, int]]) -> Share:
    people = {ticket.code: ticket.people for ticket in world.tickets if ticket.wishes}
    best: dict[str, int] = {}
    seats: Counter[str] = Counter()
    for code, rank in given:
        best[code] = min(rank, best.get(code, rank))
        seats[code] += people[code]
    return Share(
        people=sum(people.values()),
        top_two=sum(people[code] for code, rank in best.items() if rank <= DEAREST),
        nothing=sum(number for code, number in people.items() if code not in best),
        seats_given=sum(seats.values()),
    )
