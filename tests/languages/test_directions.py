"""Styles name the edges of a line by where it begins and ends, so that a page can be read from right to left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static" / "css"
_PHYSICAL = re.compile(
    r"(?:margin|padding|border)-(?:left|right)\b|(?<![\w-])(?:left|right):|(?:text-align|float): *(?:left|right)\b"
    r"|border-(?:top|bottom)-(?:left|right)-radius|scroll-(?:margin|padding)-(?:left|right)"
)
_FOUR_SIDES = re.compile(r"(?<![\w-])(?:margin|padding|inset|scroll-margin): *([^;{}]+)[;}]")


def one_sided(css: str) -> Iterator[str]:
    """What in a style sheet is meant for one side of the screen, whichever way people read."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    yield from _PHYSICAL.findall(css)
    for found in _FOUR_SIDES.finditer(css):
        sides = re.findall(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+", found[1])
        if len(sides) == 4 and sides[1] != sides[3]:
            yield found[0]


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_styles_know_no_left_and_right(path: Path) -> None:
    assert list(one_sided(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("css", "is_one_sided"),
    [
        ("a { margin-left: 1px }", True),
        ("a{right:0}", True),
        ("a { text-align: right; }", True),
        ("a { padding: 0 1px 0 calc(2 * (1px + 1px)); }", True),
        ("a { padding: 0 var(--a) 1px var(--a); margin: 0 auto; }", False),
        ("a { inset-inline-end: 0; border-inline-start-width: 2px; text-align: end }", False),
    ],
)
def test_sees_what_is_one_sided(css: str, is_one_sided: bool) -> None:
    assert bool(list(one_sided(css))) == is_one_sided
