"""Arabic letters as they are written: each in the shape that it has beside its neighbours."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

# Where Unicode keeps the shapes, those of Persian and Urdu first.
_SHAPES = [(0xFB50, 0xFBFF), (0xFE70, 0xFEFC)]
_KINDS = ("isolated", "initial", "medial", "final")
_LAM, _ALEFS = "\u0644", "\u0622\u0623\u0625\u0627"


def joined(letters: Sequence[str]) -> list[str]:
    """The letters, each with its marks behind it, in their shapes; whatever is not Arabic stays as it is."""
    parts = list(_tied(letters))
    shapes = [_shapes().get(part[0], {}) for part in parts]
    shown = []
    for at, (letter, marks) in enumerate(parts):
        # Only a letter that has a shape to begin a word with holds on to the next one.
        from_before = at > 0 and "initial" in shapes[at - 1] and "final" in shapes[at]
        to_next = at + 1 < len(parts) and "initial" in shapes[at] and "final" in shapes[at + 1]
        kind = _KINDS[3 * from_before if not to_next else 1 + from_before]
        shown.append(shapes[at].get(kind, letter) + marks)
    return shown


def _tied(letters: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each letter and its marks; lam and the alef after it are written as one."""
    rest = iter([*letters, ""])
    letter = next(rest)
    for following in rest:
        if letter[:1] == _LAM and following[:1] and following[0] in _ALEFS:
            yield letter[0] + following[0], letter[1:] + following[1:]
            letter = next(rest)
        else:
            yield letter[:1], letter[1:]
            letter = following
    if letter:
        yield letter[:1], letter[1:]


@cache
def _shapes() -> dict[str, dict[str, str]]:
    """By letter, or letters written as one, its shapes by their kinds."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for first, last in _SHAPES:
        for code in range(first, last + 1):
            kind, *letters = unicodedata.decomposition(chr(code)).split() or [""]
            base = "".join(chr(int(each, 16)) for each in letters)
            if kind.strip("<>") in _KINDS and unicodedata.category(base[0]) == "Lo":
                found[base].setdefault(kind.strip("<>"), chr(code))
    return dict(found)
