"""`uv run python -m tests.draw`: the draw against first-come in five worlds, and how long it takes at full size.

`--lies 20` lets so many people of each world, who know every list, look for the lie that gains them most (minutes).
"""

from __future__ import annotations

import argparse
import random
import time
from statistics import mean

from registrations.draw import snake
from tests.draw import fairness

HEAD = "world           load skew | top two: draw first-come  more | nothing: draw first-come | envy: draw first-come"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.draw", description=__doc__.split("\n")[0])
    parser.add_argument("--lies", type=int, default=0, help="how many people of each world try to lie")
    asked = parser.parse_args()
    print(f"Shares of people, in percent. {fairness.PEOPLE} people × {fairness.SESSIONS} sessions.\n{HEAD}")
    for name, load, skew in fairness.WORLDS:
        compare(name, load, skew)
    print("\nWith groups, one of the top two: alone, in groups; draw | first-come")
    for name, load, skew in fairness.WORLDS:
        drawn, came = both(name, load, skew, grouped=True)
        print(
            f"{name:15} {drawn.top_two_alone:5.1f} {drawn.top_two_grouped:5.1f}"
            f" | {came.top_two_alone:5.1f} {came.top_two_grouped:5.1f}"
        )
    if asked.lies:
        print("\nWhat the best lie gains, mean of those who tried, in percent of what the truth is worth")
    for name, load, skew in fairness.WORLDS if asked.lies else ():
        print(f"{name:15} {lying(name, load, skew, asked.lies):5.1f}")
    print(f"\n10,000 tickets × 10 wishes × 900 sessions: {seconds():.2f} s of CPU to decide")


def both(name: str, load: float, skew: float, *, grouped: bool = False) -> list[fairness.Fairness]:
    """Return what the draw, and first-come, do for a world."""
    return [
        fairness.fairness(made, found) for made, found in fairness.ways(name, load, skew, grouped=grouped)
    ]


def compare(name: str, load: float, skew: float) -> None:
    """Print a world's line."""
    drawn, came = both(name, load, skew)
    envy = [fairness.envy(made, found) for made, found in fairness.ways(name, load, skew)]
    print(
        f"{name:15} {load:4.1f} {skew:4.1f} | {drawn.top_two:13.1f} {came.top_two:10.1f}"
        f" {drawn.top_two - came.top_two:+5.1f} | {drawn.nothing:13.1f} {came.nothing:10.1f}"
        f" | {envy[0]:10.1f} {envy[1]:10.1f}"
    )


def lying(name: str, load: float, skew: float, people: int) -> float:
    """Return what the best lie gains so many people of a world, on average."""
    made, _ = fairness.world(name, load, skew)
    liars = random.Random(name).sample(made.tickets, people)
    return mean(fairness.gain(made, one, [f"seed {at}" for at in range(20)]) for one in liars)


def seconds() -> float:
    """Return the CPU seconds of deciding for a whole convention."""
    dice = random.Random(900)
    sessions = tuple(
        snake.Session(
            number,
            dice.choice((20, 40, 80, 120)),
            snake.Time(30 * (number // 20), 30 * (number // 20) + 45, True),
        )
        for number in range(1, 901)
    )
    tickets = tuple(
        snake.Ticket(f"{dice.getrandbits(64):016x}", 1, tuple(dice.sample(range(1, 901), 10)), (), ())
        for _ in range(10_000)
    )
    made = snake.World("event", "Event", "2026-11-29T14:00:00Z", "dice", None, sessions, (), tickets)
    begun = time.process_time()
    assert len(snake.decide(made, "seed")) == 100_000
    return time.process_time() - begun


main()
