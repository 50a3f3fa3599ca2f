"""Pictures that draw themselves from an event's colour and identity: a calm pattern, and the site's mark."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from events.colours import accent_pair, darker

WIDTH, HEIGHT = 1600, 600
_SEED = re.compile(r"[0-9a-f]{12}")
_COLOUR = re.compile(r"[0-9a-f]{6}")


class Numbers:
    """An endless row of numbers that looks like chance and is the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self._bytes = self._row(seed)

    def between(self, least: int, most: int) -> int:
        """The next one, from `least` to `most`."""
        return least + next(self._bytes) * (most - least + 1) // 65_536

    @staticmethod
    def _row(seed: str) -> Iterator[int]:
        block = seed.encode()
        while True:
            block = hashlib.sha256(block).digest()
            yield from (int.from_bytes(block[at : at + 2]) for at in range(0, len(block), 2))


@dataclass(frozen=True)
class Drawn:
    """What stands in the address of a drawn picture, and with it the picture."""

    seed: str
    colour: str

    @classmethod
    def of(cls, identity: str, chosen: str) -> Drawn:
        """The pattern of something known by `identity` in the colour that an organizer chose."""
        seed = hashlib.sha256(identity.encode()).hexdigest()[:12]
        return cls(seed, accent_pair(chosen)[0].removeprefix("#"))

    @classmethod
    def named(cls, seed: str, colour: str) -> Drawn | None:
        """The pattern of an address; None for an address that no event has."""
        return cls(seed, colour) if _SEED.fullmatch(seed) and _COLOUR.fullmatch(colour) else None

    def pattern(self) -> str:
        """The pattern as SVG; on dark pages it is darker."""
        numbers = Numbers(self.seed)
        family = FAMILIES[numbers.between(0, len(FAMILIES) - 1)]
        light, dark = f"#{self.colour}", darker(f"#{self.colour}", 0.62)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
            ' preserveAspectRatio="xMidYMid slice">'
            f"<style>.g{{fill:{light}}}@media(prefers-color-scheme:dark){{.g{{fill:{dark}}}}}</style>"
            f'<rect class="g" width="{WIDTH}" height="{HEIGHT}"/>{family(numbers)}</svg>'
        )


def mark(colour: str) -> str | None:
    """The site's mark in a colour, for the tab of a browser; None for what is no colour."""
    if not _COLOUR.fullmatch(colour):
        return None
    light, dark = accent_pair(f"#{colour}")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f"<style>path{{fill:{light}}}@media(prefers-color-scheme:dark){{path{{fill:{dark}}}}}</style>"
        '<path d="M5 4.500A1.5 1.5 0 0 1 6.5 3h11A1.5 1.5 0 0 1 19 4.500V12H5z" opacity=".5"/>'
        '<path d="M3 12.500A2.5 2.5 0 0 1 5.5 10 2.5 2.5 0 0 1 8 12.500V14h8v-1.500a2.5 2.5 0 0 1 5 0V18a1 1 0 0 1-1'
        ' 1H4a1 1 0 0 1-1-1z"/></svg>'
    )


def _waves(numbers: Numbers) -> str:
    """Hills behind one another."""
    length, rows = numbers.between(280, 520), numbers.between(5, 8)
    shapes = []
    for row in range(rows):
        top = 60 + row * (HEIGHT - 40) // rows
        swing, shift = numbers.between(18, 46), numbers.between(0, length)
        half = length // 2
        path = f"M{-shift - length} {top}" + f"q{half // 2} {-swing} {half} 0t{half} 0" * (
            WIDTH // length + 3
        )
        shapes.append(f'<path d="{path}V{HEIGHT}H{-length}z" fill="#fff" fill-opacity=".06"/>')
    return "".join(shapes)


def _tiles(numbers: Numbers) -> str:
    """Tiles of quarter circles, each turned as it fell."""
    side = numbers.between(3, 5) * 25
    shapes = []
    for top in range(0, HEIGHT, side):
        for left in range(0, WIDTH, side):
            turn, shade = numbers.between(0, 3), numbers.between(0, 3)
            if shade:
                shapes.append(_quarter(left, top, side, turn, shade))
    return f'<g fill="#fff">{"".join(shapes)}</g>'


def _quarter(left: int, top: int, side: int, turn: int, shade: int) -> str:
    corners = [(0, 0, side, 0, 0, side), (side, 0, side, side, 0, 0), (side, side, 0, side, side, 0)]
    corners.append((0, side, 0, 0, side, side))
    x, y, ax, ay, bx, by = corners[turn]
    start = f"M{left + x} {top + y}L{left + ax} {top + ay}"
    return f'<path d="{start}A{side} {side} 0 0 1 {left + bx} {top + by}z" opacity=".{3 * shade:02d}"/>'


def _arcs(numbers: Numbers) -> str:
    """Rings around a few places, as on still water."""
    shapes = []
    for _place in range(numbers.between(2, 3)):
        x, y = numbers.between(0, WIDTH), numbers.between(0, HEIGHT)
        step = numbers.between(34, 58)
        shapes += [f'<circle cx="{x}" cy="{y}" r="{step * ring}"/>' for ring in range(1, 15)]
    return f'<g fill="none" stroke="#fff" stroke-width="14" stroke-opacity=".07">{"".join(shapes)}</g>'


def _dots(numbers: Numbers) -> str:
    """Dots in a grid that grow and shrink across it."""
    step, centre, reach = (
        numbers.between(42, 60),
        numbers.between(300, WIDTH - 300),
        numbers.between(500, 900),
    )
    tilt = numbers.between(-60, 60) / 100
    shapes = []
    for row, y in enumerate(range(step // 2, HEIGHT + step, step)):
        for x in range(step // 2 if row % 2 else 0, WIDTH + step, step):
            distance = min(1.0, abs(x - centre + (y - HEIGHT / 2) * tilt) / reach)
            shapes.append(f'<circle cx="{x}" cy="{y}" r="{3 + step * 0.33 * (1 - distance):.0f}"/>')
    return f'<g fill="#fff" fill-opacity=".12">{"".join(shapes)}</g>'


def _lines(numbers: Numbers) -> str:
    """Broad and narrow bands on a slant."""
    slant, shapes, at = numbers.between(120, 420) * (1, -1)[numbers.between(0, 1)], [], -500
    while at < WIDTH + 500:
        broad = numbers.between(14, 90)
        path = f"M{at} 0h{broad}l{slant} {HEIGHT}h{-broad}z"
        shapes.append(f'<path d="{path}" opacity=".{numbers.between(4, 13):02d}"/>')
        at += broad + numbers.between(20, 80)
    return f'<g fill="#fff">{"".join(shapes)}</g>'


FAMILIES: tuple[Callable[[Numbers], str], ...] = (_waves, _tiles, _arcs, _dots, _lines)
