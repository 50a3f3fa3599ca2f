"""Names for invented people. Any likeness is chance."""

from __future__ import annotations

import random
import tomllib
import unicodedata
from pathlib import Path

from registrations.rules.people import Attendee

DATA = Path(__file__).parent / "data"


def people(count: int, chance: random.Random) -> list[Attendee]:
    """Return so many different people."""
    names = tomllib.loads((DATA / "names.toml").read_text(encoding="utf-8"))
    pairs = [(first, last) for first in names["first"] for last in names["last"]]
    return [person(first, last) for first, last in chance.sample(pairs, count)]


def person(first: str, last: str) -> Attendee:
    """Return one person, with an address that nobody has."""
    return Attendee(f"{_plain(first)}.{_plain(last)}@example.org", first, last)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.replace("ı", "i").replace(" ", "-"))
    return letters.encode("ascii", "ignore").decode().lower()
