"""Small worlds of a draw, thought up by a number: the same number is the same world."""

from __future__ import annotations

import random

from registrations.draw import snake

# Minutes since 1970, some day of 2026.
MORNING = 29_700_000


def world(number: int, **changes: object) -> snake.World:
    """Return a world with groups, limits, busy people, sessions without a time, without a limit and without seats."""
    dice = random.Random(number)
    sessions = tuple(_session(dice, at) for at in range(1, dice.randint(2, 12)))
    sets = tuple(_some(dice, sessions) for _ in range(dice.randint(0, 3)))
    made = snake.World(
        event=f"event-{number}",
        title=dice.choice(["Harbour", "Größe & Café", '日本 \\ "quoted" </script> \u2028 🎲']),
        closed_at="2026-11-29T14:00:00Z",
        number_source="The lottery of Saturday, 5 December",
        most_seats=dice.choice([None, None, 1, 2, 4]),
        sessions=sessions,
        sets=sets,
        tickets=tuple(_ticket(dice, sessions, sets) for _ in range(dice.randint(0, 25))),
    )
    return made._replace(**changes)


def _session(dice: random.Random, number: int) -> snake.Session:
    seats = dice.choice([None, 0, 1, 2, 3, 5, 8, 40])
    return snake.Session(number, seats, None if dice.random() < 0.1 else _time(dice))


def _time(dice: random.Random) -> snake.Time:
    starts = MORNING + 15 * dice.randint(0, 16)
    return snake.Time(starts, starts + 15 * dice.randint(1, 6), dice.random() < 0.8)


def _some(dice: random.Random, sessions: tuple[snake.Session, ...]) -> tuple[int, ...]:
    return tuple(one.number for one in sessions if dice.random() < 0.5)


def _ticket(
    dice: random.Random, sessions: tuple[snake.Session, ...], sets: tuple[object, ...]
) -> snake.Ticket:
    numbers = [one.number for one in sessions]
    return snake.Ticket(
        code=f"{dice.getrandbits(64):016x}",
        people=dice.choice([1, 1, 1, 2, 3, 4]),
        wishes=tuple(dice.sample(numbers, dice.randint(0, len(numbers)))),
        busy=tuple(_time(dice) for _ in range(dice.choice([0, 0, 0, 1, 2]))),
        more=tuple(dice.choice([None, 0, 1, 2, 5]) for _ in sets),
    )
