"""What a draw gives to how many, and what first-come would have given on the very same wishes. Nothing is read here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from registrations.draw import snake
from registrations.draw.snake import Decision, Ticket, World

# One of so many dearest wishes makes somebody glad.
DEAREST = 2


@dataclass(frozen=True)
class Figures:
    """A draw in numbers: people on its tickets, their wishes, and what they got. Shares are of people, in percent.

    People and seats are counted, not tickets: a group of three that gets a session has three seats of it.
    `given` is by the session's number in the file. Whoever wished for nothing is nowhere.
    """

    tickets: int
    people: int
    wishes: int
    with_dearest: int
    with_nothing: int
    seats_given: int
    seats_left: int
    given: dict[int, int] = field(default_factory=dict)
    without: frozenset[str] = frozenset()

    @property
    def dearest_percent(self) -> int:
        """The share of people with one of their two dearest wishes."""
        return _percent(self.with_dearest, self.people)

    @property
    def nothing_percent(self) -> int:
        """The share of people who got none of their wishes."""
        return _percent(self.with_nothing, self.people)


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def figures(world: World, decisions: Iterable[Decision]) -> Figures:
    """Return what these decisions give to how many of the world's people."""
    got: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        if decision.verdict == snake.GIVEN:
            got[decision.ticket].append(decision)
    wishing = [ticket for ticket in world.tickets if ticket.wishes]
    given: dict[int, int] = {session.number: 0 for session in world.sessions}
    for ticket in wishing:
        for decision in got[ticket.code]:
            given[decision.session] += ticket.people
    without = [ticket for ticket in wishing if not got[ticket.code]]
    glad = [ticket for ticket in wishing if any(one.rank <= DEAREST for one in got[ticket.code])]
    limited = [session for session in world.sessions if session.seats is not None]
    return Figures(
        tickets=len(wishing),
        people=_people(wishing),
        wishes=sum(len(ticket.wishes) for ticket in wishing),
        with_dearest=_people(glad),
        with_nothing=_people(without),
        seats_given=sum(given.values()),
        seats_left=sum((session.seats or 0) - given[session.number] for session in limited),
        given=given,
        without=frozenset(ticket.code for ticket in without),
    )


def _people(tickets: Iterable[Ticket]) -> int:
    return sum(ticket.people for ticket in tickets)


def first_come(world: World, codes: Sequence[str]) -> list[Decision]:
    """Return what first-come would decide: each ticket, in the order of `codes`, takes all of its list that it can.

    Only what is given is told: who comes too late is not asked why.
    """
    tickets = {ticket.code: ticket for ticket in world.tickets}
    left = {session.number: session.seats for session in world.sessions}
    return [
        decision
        for place, code in enumerate(codes, 1)
        if code in tickets
        for decision in _taken(world, tickets[code], place, left)
    ]


def _taken(world: World, ticket: Ticket, place: int, left: dict[int, int | None]) -> list[Decision]:
    taken: list[Decision] = []
    busy, more = list(ticket.busy), list(ticket.more)
    for rank, number in enumerate(ticket.wishes, 1):
        time, seats = world.sessions[number - 1].time, left[number]
        sets = [index for index, numbers in enumerate(world.sets) if number in numbers]
        has_enough = world.most_seats is not None and len(taken) >= world.most_seats
        if (
            has_enough
            or (seats is not None and seats < ticket.people)
            or (time is not None and any(snake.clash(time, other) for other in busy))
            or any(more[index] == 0 for index in sets)
        ):
            continue
        left[number] = None if seats is None else seats - ticket.people
        busy += [time] if time is not None else []
        for index in sets:
            limit = more[index]
            more[index] = None if limit is None else limit - 1
        taken.append(Decision(1, place, ticket.code, number, rank, snake.GIVEN))
    return taken
