"""What the draw is worth: five worlds of 1,000 people and 60 sessions, against first-come with whole lists.

A world has twelve slots of five sessions. Everybody draws ten wishes, popular sessions more often (`skew`: the n-th
most popular session is wished for n ** -skew as often as the first), and ranks them: the popular rather higher.
`load` is how many seats are wanted, five by each person, for each seat that there is.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from registrations.draw import snake
from registrations.draw.figures import first_come
from registrations.draw.snake import Decision, Session, Ticket, Time, World

PEOPLE, SESSIONS, SLOTS, WISHES, WANTED = 1_000, 60, 12, 10, 5
GROUPS = (1, 1, 1, 1, 1, 1, 2, 2, 3, 4)
# Name, load, skew.
WORLDS = (
    ("even", 1.0, 0.3),
    ("usual", 1.3, 0.6),
    ("stars", 1.3, 1.0),
    ("crowded", 1.8, 0.6),
    ("crowded stars", 1.8, 1.0),
)


class Fairness(NamedTuple):
    """What one way of giving seats does for whom; shares are of people, in percent."""

    top_two: float
    nothing: float
    # The two again, of people who came alone and of people who came in groups.
    top_two_alone: float
    top_two_grouped: float


def world(name: str, load: float, skew: float, *, grouped: bool = False) -> tuple[World, list[str]]:
    """Return a world, and its tickets' codes in the order in which they would come if coming first counted."""
    dice = random.Random(f"{name} {load} {skew} {grouped}")
    seats = _seats(dice, round(PEOPLE * WANTED / load))
    popular = dice.sample(range(1, SESSIONS + 1), SESSIONS)
    chances = list(accumulate((at + 1) ** -skew for at in range(SESSIONS)))
    sessions = tuple(
        Session(number, seats[number - 1], _slot((number - 1) % SLOTS)) for number in range(1, SESSIONS + 1)
    )
    tickets, people = [], 0
    while people < PEOPLE:
        size = min(dice.choice(GROUPS) if grouped else 1, PEOPLE - people)
        people += size
        tickets.append(Ticket(f"{dice.getrandbits(64):016x}", size, _wishes(dice, popular, chances), (), ()))
    made = World("event", name, "2026-11-29T14:00:00Z", "dice", None, sessions, (), tuple(tickets))
    return made, dice.sample([one.code for one in tickets], len(tickets))


def ways(name: str, load: float, skew: float, *, grouped: bool = False) -> list[tuple[World, list[Decision]]]:
    """Return a world twice: with what the draw decides, and with what first-come would have decided."""
    made, came = world(name, load, skew, grouped=grouped)
    drawn = snake.decide(made, snake.seed(snake.write(made), "7 12 31"))
    return [(made, drawn), (made, first_come(made, came))]


def _seats(dice: random.Random, total: int) -> list[int]:
    rooms = [dice.choice((1, 1, 2, 3, 5)) for _ in range(SESSIONS)]
    return [max(8, round(total * room / sum(rooms))) for room in rooms]


def _slot(at: int) -> Time:
    return Time(60 * at, 60 * at + 45, True)


def _wishes(dice: random.Random, popular: list[int], chances: list[float]) -> tuple[int, ...]:
    wishes: dict[int, None] = {}
    while len(wishes) < WISHES:
        wishes[dice.choices(popular, cum_weights=chances)[0]] = None
    return tuple(wishes)


def fairness(made: World, decisions: Iterable[Decision]) -> Fairness:
    """Return what these decisions do for the people of a world."""
    got = given(decisions)
    glad = {one.code for one in made.tickets if any(each.rank <= 2 for each in got[one.code])}
    alone = [one for one in made.tickets if one.people == 1]
    grouped = [one for one in made.tickets if one.people > 1]
    return Fairness(
        share(made.tickets, glad),
        share(made.tickets, {one.code for one in made.tickets if not got[one.code]}),
        share(alone, glad),
        share(grouped, glad),
    )


def share(tickets: Iterable[Ticket], codes: set[str]) -> float:
    """Return the share of the tickets' people whose code is among these, in percent."""
    tickets = list(tickets)
    people = sum(one.people for one in tickets)
    return 100 * sum(one.people for one in tickets if one.code in codes) / people if people else float("nan")


def given(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    """Return what each ticket got."""
    got: dict[str, list[Decision]] = defaultdict(list)
    for one in decisions:
        if one.verdict == snake.GIVEN:
            got[one.ticket].append(one)
    return got


def envy(made: World, decisions: Iterable[Decision]) -> float:
    """Return the share of people who would rather have what another ticket of their size has, even without the best
    seat of it. A wish is worth ten where it is the dearest, nine where it is the next, and so on.
    """
    got = given(decisions)
    bundles: dict[int, set[frozenset[int]]] = defaultdict(set)
    for one in made.tickets:
        bundles[one.people].add(frozenset(each.session for each in got[one.code]))
    envious = set()
    for one in made.tickets:
        worth = {number: WISHES - at for at, number in enumerate(one.wishes)}
        mine = sum(worth[each.session] for each in got[one.code])
        for theirs in bundles[one.people]:
            liked = [worth[number] for number in theirs if number in worth]
            if liked and sum(liked) - max(liked) > mine:
                envious.add(one.code)
                break
    return share(made.tickets, envious)


# Lies.


def value(ticket: Ticket, decisions: Iterable[Decision]) -> int:
    """Return what a ticket's sessions are worth to it by its true list: ten for the dearest, nine for the next."""
    worth = {number: WISHES - at for at, number in enumerate(ticket.wishes)}
    return sum(
        worth[one.session] for one in decisions if one.ticket == ticket.code and one.verdict == snake.GIVEN
    )


def lies(wishes: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield other lists of the same wishes: one put first, one left out, two neighbours changed about."""
    for at in range(len(wishes)):
        rest = wishes[:at] + wishes[at + 1 :]
        yield rest
        if at:
            yield (wishes[at], *rest)
            yield (*wishes[: at - 1], wishes[at], wishes[at - 1], *wishes[at + 1 :])


def gain(made: World, ticket: Ticket, seeds: list[str]) -> float:
    """Return what the best lie gains, in percent of what the truth is worth.

    The liar knows all lists, not the seed: the lie that is best on half of the seeds is tried on the others.
    """
    trial, proof = seeds[::2], seeds[1::2]
    others = [one for one in made.tickets if one.code != ticket.code]

    def worth(wishes: tuple[int, ...], seeds: list[str]) -> int:
        told = made._replace(tickets=(*others, ticket._replace(wishes=wishes)))
        return sum(value(ticket, snake.decide(told, each)) for each in seeds)

    best = max([ticket.wishes, *lies(ticket.wishes)], key=lambda wishes: worth(wishes, trial))
    truth = worth(ticket.wishes, proof)
    return 100 * (worth(best, proof) - truth) / truth
