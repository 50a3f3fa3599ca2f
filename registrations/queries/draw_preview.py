"""What a draw gives on its frozen wishes, beside what first-come would have given on the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.cache import cache

from registrations.draw import snake
from registrations.draw.figures import Figures, figures, first_come
from registrations.models import Draw, Ticket

# Before the number is known, several are tried: one alone could be a lucky one.
EXAMPLES = ("1", "2", "3")
ONE_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Preview:
    """A draw and first-come on the same wishes. `is_example`: the public number is not known, examples stand for it.

    `drawn` has one entry for each number tried, or the one of the number itself.
    """

    drawn: Sequence[Figures]
    first_come: Figures
    is_example: bool
    # By the session's number in the file; None: no limit.
    seats: Mapping[int, int | None]

    @property
    def one(self) -> Figures:
        """The draw itself, or of the examples the one in which the fewest get one of their dearest wishes."""
        return min(self.drawn, key=lambda figures: (figures.with_dearest, -figures.with_nothing))


def preview_of(draw: Draw) -> Preview | None:
    """Return what the frozen wishes would become, or do; None before they are frozen, and of a draw without any.

    The same wishes and numbers are worked out once a day, since ten thousand tickets take a second.
    """
    if not draw.commitment:
        return None
    key = f"draw-preview:{draw.commitment}:{draw.seed}"
    known = cache.get(key)
    if known is None:
        known = _worked_out(draw)
        cache.set(key, known, ONE_DAY)
    return known if known.one.tickets else None


def _worked_out(draw: Draw) -> Preview:
    world = snake.read(draw.frozen_file)
    seeds = [draw.seed] if draw.seed else [snake.seed(draw.frozen_file, number) for number in EXAMPLES]
    codes = list(Ticket.objects.filter(draw=draw).order_by("pk").values_list("code", flat=True))
    return Preview(
        drawn=[figures(world, snake.decide(world, seed)) for seed in seeds],
        first_come=figures(world, first_come(world, codes)),
        is_example=not draw.seed,
        seats={session.number: session.seats for session in world.sessions},
    )
