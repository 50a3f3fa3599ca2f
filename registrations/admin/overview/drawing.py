"""Charts as SVG, drawn here: shapes and classes only, the colours are those of the style sheet.

What a chart says stands beside it in words, so a drawing itself says nothing to those who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH = 100.0
# Wide enough for a room's name, and for "100 %".
LABEL, CELL, ROW = 150, 46, 26
LEVELS = 5
# A single day is a column, not a wall.
FEWEST_COLUMNS = 14


@dataclass(frozen=True)
class Bar:
    """One line of a bar chart: what it is, its parts by kind, and the same in words."""

    label: object
    parts: Sequence[tuple[str, int]]
    words: str
    url: str = ""


def bars(lines: Iterable[Bar], *, whole: int = 0) -> SafeString:
    """Lines under one another, each as long as its parts are of the whole; 0: of the longest line."""
    every = list(lines)
    whole = whole or max((sum(size for _kind, size in line.parts) for line in every), default=0) or 1
    rows = format_html_join(
        "",
        '<li><span class="fig-label">{}</span>{}<span class="fig-words">{}</span></li>',
        ((_label(line), _bar(line.parts, whole), line.words) for line in every),
    )
    return format_html('<ul class="fig-bars">{}</ul>', rows)


def _label(line: Bar) -> SafeString:
    return (
        format_html('<a href="{}">{}</a>', line.url, line.label)
        if line.url
        else format_html("{}", line.label)
    )


def _bar(parts: Sequence[tuple[str, int]], whole: int) -> SafeString:
    """Each kind has a height of its own: who sees no colours tells them apart all the same."""
    drawn, x = SafeString(""), 0.0
    for kind, size in parts:
        width = min(WIDTH - x, WIDTH * size / whole)
        drawn += format_html(
            '<rect class="is-{}" x="{}" width="{}" {}/>', kind, _n(x), _n(width), _height(kind)
        )
        x += width
    return format_html(
        '<svg class="fig-bar" viewBox="0 0 {} 12" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="ground" width="{}" height="12"/>{}</svg>',
        int(WIDTH),
        int(WIDTH),
        drawn,
    )


def _height(kind: str) -> SafeString:
    top = {"held": 3, "waiting": 4, "past": 0}.get(kind, 1)
    return format_html('y="{}" height="{}"', top, 12 - 2 * top)


def _n(number: float) -> str:
    """The number in SVG's spelling, in every language."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Column:
    """One column of a chart over time; its words are shown when it is pointed at."""

    parts: Sequence[tuple[str, int]]
    words: str


def columns(every: Sequence[Column], *, first: str, last: str) -> SafeString:
    """Columns beside one another, the highest as high as the drawing, with the ends of the time below.

    A few columns do not reach the right end: both ends of their time stand on the left.
    """
    highest = max((sum(size for _kind, size in column.parts) for column in every), default=0) or 1
    if 1 < len(every) < FEWEST_COLUMNS:
        first, last = f"{first} – {last}", ""
    drawn = format_html_join("", "{}", ((_column(at, column, highest),) for at, column in enumerate(every)))
    return format_html(
        '<div class="fig-columns"><svg viewBox="0 0 {} 100" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
        '<p class="fig-ends"><span>{}</span><span class="fig-most">{}</span><span>{}</span></p></div>',
        10 * max(FEWEST_COLUMNS, len(every)),
        drawn,
        first,
        highest,
        last if len(every) > 1 else "",
    )


def _column(at: int, column: Column, highest: int) -> SafeString:
    drawn, top = SafeString(""), 100.0
    for kind, size in column.parts:
        height = 100 * size / highest
        top -= height
        inset = 3 if kind == "cancelled" else 1
        drawn += format_html(
            '<rect class="is-{}" x="{}" y="{}" width="{}" height="{}"/>',
            kind,
            10 * at + inset,
            _n(top),
            10 - 2 * inset,
            _n(height),
        )
    return format_html("<g><title>{}</title>{}</g>", column.words, drawn)


@dataclass(frozen=True)
class HeatCell:
    """One cell of a heat map: its words and how warm it is; None: nothing is there to be filled."""

    words: str
    share: float | None
    title: str


def heat(head: Sequence[str], rows: Sequence[tuple[str, Sequence[HeatCell | None]]]) -> SafeString:
    """Rows by name, columns by head, each cell as deep as its share, with the figure in it."""
    width, height = LABEL + CELL * len(head), ROW * (len(rows) + 1)
    heads = format_html_join(
        "",
        '<text class="fig-head" x="{}" y="17">{}</text>',
        ((LABEL + CELL * at + CELL // 2, text) for at, text in enumerate(head)),
    )
    lines = format_html_join(
        "", "{}", ((_heat_row(at + 1, name, cells),) for at, (name, cells) in enumerate(rows))
    )
    return format_html(
        '<div class="sw-scroll fig-heat"><svg viewBox="0 0 {0} {1}" width="{0}" height="{1}" aria-hidden="true">'
        "{2}{3}</svg></div>",
        width,
        height,
        heads,
        lines,
    )


def _heat_row(at: int, name: str, cells: Sequence[HeatCell | None]) -> SafeString:
    drawn = format_html('<text x="0" y="{}">{}</text>', ROW * at + 17, _short(name))
    for number, cell in enumerate(cells):
        if cell is not None:
            drawn += _heat_cell(LABEL + CELL * number, ROW * at, cell)
    return drawn


def _heat_cell(x: int, y: int, cell: HeatCell) -> SafeString:
    return format_html(
        '<g class="is-level-{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="3"/>'
        '<text class="fig-head" x="{}" y="{}">{}</text></g>',
        level_of(cell.share),
        cell.title,
        x + 1,
        y + 1,
        CELL - 2,
        ROW - 2,
        x + CELL // 2,
        y + 17,
        cell.words,
    )


def level_of(share: float | None) -> str:
    """The step of the scale: none, 0 (nobody) to 4 (nearly full), full, or over."""
    if share is None:
        return "none"
    if share >= 1:
        return "over" if share > 1 else "full"
    return str(int(share * LEVELS))


def _short(name: str, most: int = 22) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
