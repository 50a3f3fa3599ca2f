"""What somebody looks for among the texts of one programme: forgiving, best first, the same on every database.

Accents and case are one (“bjorn” finds Björn). A word is found where another begins with it, never inside of one
(“rust” is not in “trust”). A word that occurs nowhere may have one letter wrong. Of all words each must be found.
The words are looked up in an index in memory rather than by a database's own text search: SQLite's and PostgreSQL's cut
words, fold letters and rank each in its own way, and neither forgives a letter, so they would need this code as well.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

MOST_WORDS = 8
# Shorter words have too many neighbours for a letter to be forgiven.
FORGIVEN_FROM = 4
# The letters of an excerpt before and after the word that was found.
BEFORE, AFTER = 50, 90
# The whole word, and a word that only begins so: in the first field (a title), the second, and so on, always falling.
WEIGHTS = ((1000, 800), (300, 240), (80, 60), (12, 8))
_WORD = re.compile(r"[^\W_]+")
# Behind every word with the same beginning.
_LAST = "\U0010ffff"
# Scripts that leave no space between words: there a word may be found anywhere.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Accents, and the points of Hebrew and Arabic.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
# Letters that stay one when accents are taken off.
_PLAIN = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
K = TypeVar("K")


def folded(text: str) -> str:
    """The text in small letters without accents."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_PLAIN)


@dataclass(frozen=True)
class Found(Generic[K]):
    """What was found, best first, and the beginnings of words by which: they are to be marked."""

    keys: list[K]
    beginnings: tuple[str, ...] = ()


class Index(Generic[K]):
    """The words of some texts, kept so that each search looks only at the rows in which its words occur.

    A row's fields come from the one that counts most (a title) to the one that counts least; at most four.
    """

    def __init__(self, rows: Iterable[tuple[K, Sequence[str]]]) -> None:
        self.keys: list[K] = []
        self._texts: list[tuple[str, ...]] = []
        # Where each word occurs: four times the row's place, and the first field of the row that has it.
        self._places: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for place, (key, fields) in enumerate(rows):
            texts = tuple(folded(field) for field in fields)
            self.keys.append(key)
            self._texts.append(texts)
            for word, field in _first_fields(texts).items():
                self._places[word].append(place * len(WEIGHTS) + field)
        self._words = sorted(self._places)

    def best_first(self, wanted: str) -> Found[K]:
        """The rows in which every word (of the first eight) is found; alike ones stay in the order given."""
        words = [folded(word) for word in _WORD.findall(wanted)[:MOST_WORDS]]
        if not any(words):
            return Found([] if wanted.strip() else list(self.keys))
        beginnings: list[str] = []
        scores = dict.fromkeys(range(len(self.keys)), 0)
        # A letter of which nothing is left without its accents says nothing.
        for word in filter(None, words):
            found, begun = self._rows_with(word)
            beginnings += begun
            scores = {place: score + found[place] for place, score in scores.items() if place in found}
        ranked = sorted(scores, key=lambda place: -scores[place])
        return Found([self.keys[place] for place in ranked], tuple(dict.fromkeys(beginnings)))

    def _rows_with(self, word: str) -> tuple[dict[int, int], list[str]]:
        """The places of the rows with the word, each with its weight; and by which beginnings of words."""
        found = self._weighed([word])
        if found or len(word) < FORGIVEN_FROM:
            return found, [word]
        meant = sorted(set(_near(word, self._beginning_with(word[0]))))
        return self._weighed(meant), meant

    def _weighed(self, beginnings: Iterable[str]) -> dict[int, int]:
        """The places of the rows with one of the beginnings, each with the weight of where it stands best."""
        found: dict[int, int] = {}
        for beginning in beginnings:
            is_read_through = not beginning.isalnum() or _UNSPACED.search(beginning)
            places = self._read_through(beginning) if is_read_through else self._looked_up(beginning)
            for place, weight in places:
                if weight > found.get(place, 0):
                    found[place] = weight
        return found

    def _looked_up(self, beginning: str) -> Iterator[tuple[int, int]]:
        for word in self._beginning_with(beginning):
            weights = [whole if word == beginning else begun for whole, begun in WEIGHTS]
            for each in self._places[word]:
                yield each // len(weights), weights[each % len(weights)]

    def _read_through(self, beginning: str) -> Iterator[tuple[int, int]]:
        """By the texts themselves: for what may stand inside of a word, or is cut in two by an accent of its script."""
        for place, fields in enumerate(self._texts):
            for (whole, begun), field in zip(WEIGHTS, fields, strict=False):
                ends = list(_occurrences(beginning, field))
                if ends:
                    yield place, whole if any(ends) else begun
                    break

    def _beginning_with(self, beginning: str) -> list[str]:
        first = bisect_left(self._words, beginning)
        return self._words[first : bisect_left(self._words, beginning + _LAST, first)]


def _first_fields(texts: Sequence[str]) -> dict[str, int]:
    """The words of a row, each with the number of the first field that has it."""
    fields: dict[str, int] = {}
    for number in reversed(range(len(texts))):
        fields |= dict.fromkeys(_WORD.findall(texts[number]), number)
    return fields


def _occurrences(beginning: str, field: str) -> Iterator[bool]:
    """Where words of the field begin so: for each, whether the word ends there as well."""
    at = field.find(beginning)
    while at >= 0:
        end = at + len(beginning)
        if at == 0 or not field[at - 1].isalnum() or _UNSPACED.search(beginning):
            yield end == len(field) or not field[end].isalnum()
        at = field.find(beginning, end)


def _near(word: str, others: Iterable[str]) -> Iterator[str]:
    """The words with the same first letter, or their beginnings, that are the wanted one but for a letter."""
    for other in others:
        for length in (len(word), len(word) - 1, len(word) + 1):
            if len(other) >= length and is_one_letter_off(word, other[:length]):
                yield other[:length]
                break


def is_one_letter_off(one: str, other: str) -> bool:
    """True where one letter was left out, put in, mistaken, or changed places with its neighbour."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    at, shorter = 0, min(len(one), len(other))
    while at < shorter and one[at] == other[at]:
        at += 1
    a, b = one[at:], other[at:]
    swapped = a[1:2] + a[:1] + a[2:] == b
    return swapped or a[1:] == b[1:] or a[1:] == b or a == b[1:]


def marked(text: str, beginnings: Sequence[str]) -> SafeString:
    """The text as HTML, with each word marked that begins with one of these."""
    pieces, end, begun = [], 0, tuple(beginnings)
    for match in _WORD.finditer(text) if begun else ():
        if folded(match[0]).startswith(begun):
            pieces += [escape(text[end : match.start()]), format_html("<mark>{}</mark>", match[0])]
            end = match.end()
    # Each piece is escaped already.
    return SafeString("".join([*pieces, escape(text[end:])]))  # nosec B703 # each piece is escaped


def excerpt(text: str, beginnings: Sequence[str]) -> SafeString:
    """A line of the text around the first word that begins with one of these, with such words marked; else empty."""
    is_meant = _meant_by(beginnings)
    for match in _WORD.finditer(text) if beginnings else ():
        if is_meant(folded(match[0])):
            first, last = max(0, match.start() - BEFORE), match.end() + AFTER
            # No word is cut in two, but one longer than the line.
            begin = text.find(" ", first, match.start()) + 1 or first if first else 0
            end = text.rfind(" ", match.end(), last) if last < len(text) else len(text)
            line = " ".join(text[begin : end if end > 0 else last].split())
            words = marked(line, beginnings)
            return format_html("{}{}{}", "…" if begin else "", words, "…" if end < len(text) else "")
    return SafeString("")


def not_among(beginnings: Sequence[str], text: str) -> tuple[str, ...]:
    """The beginnings with which no word of the text begins."""
    words = [folded(word) for word in _WORD.findall(text)]
    return tuple(each for each in beginnings if not any(map(_meant_by([each]), words)))


def _meant_by(beginnings: Sequence[str]) -> Callable[[str], bool]:
    """Whether a word begins with one of these; in scripts without spaces, whether it holds one."""
    begun = tuple(beginnings)
    inside = [each for each in begun if _UNSPACED.search(each)]
    if inside:
        return lambda word: word.startswith(begun) or any(each in word for each in inside)
    return lambda word: word.startswith(begun)
