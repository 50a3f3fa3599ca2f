"""A language that nobody speaks: every text of the catalogues in brackets, with accents, and 40 % longer.

What stands on a page without brackets went through no catalogue; what does not fit would not fit in German either.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib

from tests.languages.sources import Message

CODE = "xa"
_KEPT = re.compile(r"(%\(\w+\)[-0-9.]*[sdif]|%[sd]|%%|\{\w*\}|</?[a-z][^>]*>|&\w+;)", re.I)
# “D j M, H:i”: letters that stand for parts of a date.
_FORMAT = re.compile(r"[A-Za-z](?:[ ,.:–-]+[A-Za-z])*")
_ACCENTS = str.maketrans("aceinouyACEINOUY", "áçéíñöüýÁÇÉÍÑÖÜÝ")
# What stands for a row, and so for nothing that is said.
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_TAGS = re.compile(r"<(style|script|template|noscript|code)\b.*?</\1>|<!--.*?-->", re.S)
_SAID_IN = re.compile(r'\b(?:aria-label|placeholder|title|alt|data-failed|data-label)="([^"]*)"')


def pseudo(text: str) -> str:
    """The text as the language has it."""
    if not text.strip() or _FORMAT.fullmatch(text):
        return text
    parts = _KEPT.split(text)
    parts[::2] = [part.translate(_ACCENTS) for part in parts[::2]]
    begin, end = len(text) - len(text.lstrip()), len(text.rstrip())
    said = "".join(parts)
    # As words of their own once they are many: no language has words of thirty letters.
    longer = re.sub("~{6}", "~~~~~ ", "~" * max(2, (end - begin) * 4 // 10))
    return f"{text[:begin]}⟦{said.strip()}{longer}⟧{text[end:]}"


def write_catalogue(folder: Path) -> None:
    """Write the language's compiled catalogue below `folder`: our texts, and those of the libraries on our pages."""
    file = polib.POFile()
    file.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for each in set(_messages()):
        texts = {"msgctxt": each.context or None, "msgid": each.msgid}
        if each.plural:
            forms = {0: pseudo(each.msgid), 1: pseudo(each.plural)}
            file.append(polib.POEntry(**texts, msgid_plural=each.plural, msgstr_plural=forms))
        else:
            file.append(polib.POEntry(**texts, msgstr=pseudo(each.msgid)))
    path = folder / CODE / "LC_MESSAGES"
    path.mkdir(parents=True)
    file.save_as_mofile(str(path / "django.mo"))


def _messages() -> Iterator[Message]:
    import allauth
    import django

    from tests.languages import catalogues

    ours = catalogues.wanted()
    known = {(each.context, each.msgid) for each in ours}
    yield from ours
    roots = [Path(module.__file__).parent for module in (allauth, django)]  # type: ignore[arg-type]
    names = ["locale/de", "conf/locale/en", "contrib/admin/locale/en", "contrib/auth/locale/en"]
    for path in (root / name / "LC_MESSAGES" / "django.po" for root in roots for name in names):
        for entry in polib.pofile(str(path)) if path.exists() else ():
            message = catalogues.message_of(entry)
            if (message.context, message.msgid) not in known and not entry.obsolete:
                known.add((message.context, message.msgid))
                yield message


def speak_it(settings: Any, folder: Path, *, mirrored: bool = False) -> None:
    """Let the site offer this language besides English; `mirrored` has it written from right to left."""
    settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, folder]
    settings.LANGUAGES = [("en", "English"), (CODE, "Pseudo")]
    settings.LANGUAGES_BIDI = [CODE] if mirrored else []


def unwrapped(page: str, data: list[str]) -> list[str]:
    """What a page or a mail says without brackets, and that is none of the `data`: pieces with a word in them."""
    page = re.sub(r"https?://[^\s<\"⟧]+", " ", _TAGS.sub(" ", page))
    page_said = html.unescape(re.sub(r"<[^>]+>", "\n", _without_inner_tags(page)))
    said = [*map(html.unescape, _SAID_IN.findall(page)), page_said]
    return sorted({each for text in said for each in _pieces(text, data)})


def _without_inner_tags(page: str) -> str:
    """The page with brackets that hold tags made whole: “⟦one <b>two</b>⟧” is one text."""
    return re.sub(r"⟦[^⟦⟧]*⟧", lambda found: re.sub(r"<[^>]+>", " ", found.group()), page)


def _pieces(text: str, data: list[str]) -> Iterator[str]:
    while "⟦" in text and (shorter := re.sub(r"⟦[^⟦⟧]*⟧", "\n", text)) != text:
        text = shorter
    text = _UUID.sub("\n", text)
    for each in sorted(data, key=len, reverse=True):
        text = text.replace(each, "\n")
    for line in text.split("\n"):
        if re.search(r"[^\W\d_]{3}", line):
            yield line.strip()
