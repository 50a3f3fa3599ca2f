"""What somebody looks for among the texts of one programme: forgiving, best first, the same on every database.

Accents and case are one (“bjorn” finds Björn). A word is found where another begins with it, never inside of one
(“rust” is not in “trust”). A word that occurs nowhere may have one letter wrong. Of all words each must be found.
The texts are read through in memory: for a programme of a thousand sessions that costs less than an index is worth.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

MOST_WORDS = 8
# Shorter words have too many neighbours for a letter to be forgiven.
FORGIVEN_FROM = 4
# The letters of an excerpt before and after the word that was found.
BEFORE, AFTER = 50, 90
# The whole word, and a word that only begins so: in the first field (a title), the second, and so on.
WEIGHTS = ((1000, 800), (300, 240), (80, 60), (12, 8))
_WORD = re.compile(r"[^\W_]+")
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


def best_first(rows: Iterable[tuple[K, Sequence[str]]], wanted: str) -> Found[K]:
    """The rows in which every word (of the first eight) is found; alike ones stay in the order given.

    A row's fields come from the one that counts most (a title) to the one that counts least; at most four.
    """
    words = [folded(word) for word in _WORD.findall(wanted)[:MOST_WORDS]]
    texts = [(key, [folded(field) for field in fields]) for key, fields in rows]
    if not words:
        return Found([key for key, _fields in texts] if not wanted.strip() else [])
    beginnings: list[str] = []
    scores = dict.fromkeys(range(len(texts)), 0)
    for word in words:
        found, begun = _rows_with(word, texts)
        beginnings += begun
        scores = {place: score + found[place] for place, score in scores.items() if place in found}
    ranked = sorted(scores, key=lambda place: -scores[place])
    return Found([texts[place][0] for place in ranked], tuple(dict.fromkeys(beginnings)))


def _rows_with(word: str, texts: Sequence[tuple[K, list[str]]]) -> tuple[dict[int, int], list[str]]:
    """The places of the rows with the word, each with its weight; and by which beginnings of words."""
    found = _scored([word], texts)
    if found or len(word) < FORGIVEN_FROM:
        return found, [word]
    meant = sorted(set(_near(word, _words_of(texts))))
    return (_scored(meant, texts), meant) if meant else ({}, [])


def _scored(beginnings: Sequence[str], texts: Sequence[tuple[K, list[str]]]) -> dict[int, int]:
    found = {}
    for place, (_key, fields) in enumerate(texts):
        for (whole, begun), field in zip(WEIGHTS, fields, strict=False):
            ends = [is_end for each in beginnings for is_end in _occurrences(each, field)]
            if ends:
                found[place] = whole if any(ends) else begun
                break
    return found


def _occurrences(beginning: str, field: str) -> Iterator[bool]:
    """Where words of the field begin so: for each, whether the word ends there as well."""
    at = field.find(beginning)
    while at >= 0:
        end = at + len(beginning)
        if at == 0 or not field[at - 1].isalnum() or _UNSPACED.search(beginning):
            yield end == len(field) or not field[end].isalnum()
        at = field.find(beginning, end)


def _words_of(texts: Sequence[tuple[K, list[str]]]) -> set[str]:
    return {word for _key, fields in texts for field in fields for word in _WORD.findall(field)}


def _near(word: str, others: Iterable[str]) -> Iterator[str]:
    """The words, or their beginnings, that are the wanted one but for a letter; their first letter is right."""
    for other in others:
        if other[0] == word[0]:
            for length in (len(word), len(word) - 1, len(word) + 1):
                if len(other) >= length and is_one_letter_off(word, other[:length]):
                    yield other[:length]
                    break


def is_one_letter_off(one: str, other: str) -> bool:
    """True where one letter was left out, put in, mistaken, or changed places with its neighbour."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    at = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[at:], other[at:]
    swapped = a[1:2] + a[:1] + a[2:] == b
    return swapped or a[1:] == b[1:] or a[1:] == b or a == b[1:]


def marked(text: str, beginnings: Sequence[str]) -> SafeString:
    """The text as HTML, with each word marked that begins with one of these."""
    pieces, end = [], 0
    for match in _WORD.finditer(text) if beginnings else ():
        if folded(match[0]).startswith(tuple(beginnings)):
            pieces += [escape(text[end : match.start()]), format_html("<mark>{}</mark>", match[0])]
            end = match.end()
    # Each piece is escaped already.
    return SafeString("".join([*pieces, escape(text[end:])]))  # nosec B703 # each piece is escaped


def excerpt(text: str, beginnings: Sequence[str]) -> SafeString:
    """A line of the text around the first word that begins with one of these, with such words marked; else empty."""
    for match in _WORD.finditer(text) if beginnings else ():
        if _holds(folded(match[0]), beginnings):
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
    return tuple(each for each in beginnings if not any(_holds(word, [each]) for word in words))


def _holds(word: str, beginnings: Sequence[str]) -> bool:
    """True where the word begins so; in scripts without spaces, where it holds one of these."""
    return word.startswith(tuple(beginnings)) or any(
        _UNSPACED.search(each) and each in word for each in beginnings
    )
