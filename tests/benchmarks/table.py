"""Figures beside their floors, as a table that a README can hold."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median


@dataclass
class Row:
    """One measured thing: its figure, the floor's figure of the same run, how they compare, and the goal."""

    what: str
    figure: str
    floor: str = ""
    ratio: str = ""
    goal: str = ""
    more: str = ""


def middle(values: list[float]) -> float:
    """The median of the rounds."""
    return median(values)


def print_heading(database: str) -> None:
    """Begin the table of one database."""
    print(
        f"\n{database}\n\n| what | measured | floor | ratio | goal | beside |\n| --- | --- | --- | --- | --- | --- |"
    )


def print_row(row: Row) -> None:
    """Print one row as soon as it is known."""
    cells = [row.what, row.figure, row.floor, row.ratio, row.goal, row.more]
    print(f"| {' | '.join(cells)} |", flush=True)
