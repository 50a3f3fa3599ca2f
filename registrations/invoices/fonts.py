"""Letters of invoices: fonts that come along, and texts in the order in which a page shows them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path

from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

from registrations.invoices.joined import joined

FOLDER = Path(settings.BASE_DIR) / "static" / "vendor" / "dejavu"
PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"
# Readers bring these along: the letters of East Asia would be ten times the file.
CHINESE_AND_JAPANESE, KOREAN = "STSong-Light", "HYSMyeongJo-Medium"
_FROM_EAST_ASIA = {
    "CJK": CHINESE_AND_JAPANESE,
    "HIRAGANA": CHINESE_AND_JAPANESE,
    "KATAKANA": CHINESE_AND_JAPANESE,
    "HANGUL": KOREAN,
}
# What no font has is seen to be missing.
_MISSING = "\N{WHITE SQUARE}"
_LEFTWARD = frozenset({"R", "AL"})
_DIGITS = re.compile(r"\d[\d.,:/-]*\d|\d")


@cache
def load() -> None:
    """Let PDFs be written with our fonts; each process reads them once."""
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(FOLDER / f"{name}.ttf")))
    for name in (CHINESE_AND_JAPANESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)


def as_shown(text: str) -> str:
    """The text without what nobody sees, and what is written from right to left in the order of the page."""
    seen = "".join(
        each for each in text if each == "\n" or unicodedata.category(each) not in ("Cc", "Cf", "Cs")
    )
    if not any(_is_leftward(each) for each in seen):
        return seen
    return "\n".join(_ordered(line) for line in seen.split("\n"))


def marked_up(text: str) -> str:
    """The text as markup of a paragraph: line by line as written, each letter in a font that has it."""
    parts = []
    for font, letters in groupby(as_shown(text), _font_of):
        run = escape("".join(letters)).replace("\n", "<br/>")
        if font is None:
            run = _MISSING * len(run)
        parts.append(f'<font name="{font}">{run}</font>' if font else run)
    return "".join(parts)


def _font_of(letter: str) -> str | None:
    """Another font by which the letter is shown; empty where it is in ours, None where it is in none."""
    if letter == "\n" or ord(letter) in pdfmetrics.getFont(PLAIN).face.charToGlyph:
        return ""
    return _FROM_EAST_ASIA.get(unicodedata.name(letter, "").split(" ")[0].split("-")[0])


def _is_leftward(character: str) -> bool:
    return unicodedata.bidirectional(character) in _LEFTWARD


def _ordered(line: str) -> str:
    """The line with each stretch from right to left turned round; numbers in it stay as they are."""
    shown, at = [], 0
    while at < len(line):
        if not _is_leftward(line[at]):
            shown.append(line[at])
            at += 1
            continue
        end = _end_of_stretch(line, at)
        turned = "".join(reversed(joined(_letters(line[at:end]))))
        shown.append(_DIGITS.sub(lambda found: found[0][::-1], turned))
        at = end
    return "".join(shown)


def _end_of_stretch(line: str, begin: int) -> int:
    """Just after the last letter from right to left that no letter from left to right comes before."""
    end = begin + 1
    for at in range(begin, len(line)):
        if unicodedata.bidirectional(line[at]) == "L":
            break
        if _is_leftward(line[at]) or unicodedata.combining(line[at]):
            end = at + 1
    return end


def _letters(text: str) -> list[str]:
    """Each letter with the marks that stand on it."""
    letters: list[str] = []
    for each in text:
        if letters and unicodedata.combining(each):
            letters[-1] += each
        else:
            letters.append(each)
    return letters
