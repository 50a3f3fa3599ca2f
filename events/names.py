"""Names of people, as strangers type them, and titles: what is kept, what is refused, what a mail may greet with.

A name goes into mails to whoever owns the address beside it, so it must not carry a stranger's message. Every door
(form, API, import, desk) cleans and refuses by these functions.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

NO_ADDRESS = _("A name cannot hold a web address. Please write the name alone.")
NAME_MISSING = _("Give a first or a last name.")
UNSEEN = _("Nothing of this can be seen. Please write a name.")
# Shown as nothing, though they are letters or marks by their category.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
# They join letters of some scripts, and the parts of an emoji.
_JOINERS = "\u200c\u200d"
_VARIATIONS = [(0xFE00, 0xFE0F), (0xE0000, 0xE0FFF)]
_LEFTWARD = frozenset({"R", "AL"})
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_ADDRESS = re.compile(r"://|\bwww\s*\.", re.IGNORECASE)
# What greets nobody: digits, signs of money and sentences, something.domain, an address.
_NOT_A_NAME = re.compile(r"[0-9@/\\:;!?#%&*=+<>{}\[\]|_~^$£€¥₽₿\"“”]|\w\.\w{2,}|\bwww\b", re.IGNORECASE)
GREETED_AT_MOST, WORDS_GREETED_AT_MOST = 40, 5


def clean_name(typed: str) -> str:
    """Return the name on one line: line breaks become spaces, what cannot be seen is gone."""
    if typed.isascii() and typed.isprintable():
        return " ".join(typed.split())
    seen = (" " if _breaks(each) else each for each in typed if _breaks(each) or not _is_unseen(each))
    return " ".join("".join(seen).split())


def clean_title(typed: str) -> str:
    """Return the name of a thing on one line: what cannot be seen is gone, but for what shapes letters and emoji.

    Empty where nothing of it can be seen.
    """
    if typed.isascii() and typed.isprintable():
        return " ".join(typed.split())
    kept = (
        " " if _breaks(each) else each
        for each in typed
        if _breaks(each) or _shapes(each) or not _is_unseen(each)
    )
    return " ".join("".join(kept).split()) if clean_name(typed) else ""


def _shapes(character: str) -> bool:
    return character in _JOINERS or any(
        ord(character) in range(first, last + 1) for first, last in _VARIATIONS
    )


def _breaks(character: str) -> bool:
    return character.isspace()


def _is_unseen(character: str) -> bool:
    """True for control, bidirectional and zero-width characters, and for halves of characters."""
    if character in _INVISIBLE or unicodedata.category(character) in {"Cc", "Cf", "Cs"}:
        return True
    return any(first <= ord(character) <= last for first, last in _VARIATIONS)


def isolated(text: object) -> str:
    """Return the text so that it keeps its own direction inside of a sentence: a name turns no line around.

    Only what holds a right-to-left letter is marked; all else is as it was.
    """
    plain = str(text)
    if plain.isascii() or not any(unicodedata.bidirectional(each) in _LEFTWARD for each in plain):
        return plain
    return f"{_ISOLATE}{plain}{_END_OF_ISOLATE}"


def holds_address(name: str) -> bool:
    """True for a name with a web address in it, however wide its letters are."""
    return bool(_ADDRESS.search(name) or _ADDRESS.search(unicodedata.normalize("NFKC", name)))


def for_greeting(name: str) -> str:
    """Return the name as a mail greets with it; nothing where it looks like a message."""
    name = clean_name(name)
    plain = unicodedata.normalize("NFKC", name)
    is_long = len(plain) > GREETED_AT_MOST or len(plain.split()) > WORDS_GREETED_AT_MOST
    return "" if is_long or _NOT_A_NAME.search(plain) or holds_address(name) else name
