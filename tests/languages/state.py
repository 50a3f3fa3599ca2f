"""How far a language is, and what is wrong with its catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from tests.languages import catalogues, checks
from tests.languages.exchange import forms_of, is_translated


def said(language: str) -> str:
    """How many of its messages are translated, in words."""
    entries = catalogues.read(language)
    done = sum(map(is_translated, entries))
    return f"{done} of {len(entries)} translated"


def faults_of(language: str) -> Iterator[str]:
    """What is wrong with what is translated, and with the compiled catalogue."""
    file = catalogues.read(language)
    if file.metadata.get("Plural-Forms") != catalogues.PLURALS[language]:
        yield "the plural forms are not those of the language"
    for entry in file:
        message = catalogues.message_of(entry)
        if entry.fuzzy or entry.obsolete:
            yield f"fuzzy or out of use: {entry.msgid!r}"
        if any(forms_of(entry)):
            yield from (f"{fault}: {entry.msgid!r}" for fault in checks.faults(message, forms_of(entry)))
    if catalogues.path_of(language).with_suffix(".mo").read_bytes() != catalogues.compiled(language):
        yield "the compiled catalogue is another: run `python -m tests.languages compile`"


def missing_in(language: str) -> Iterator[str]:
    """What the source says and the catalogue does not, and what it holds for nobody."""
    entries = {catalogues.message_of(entry): entry for entry in catalogues.read(language)}
    wanted = catalogues.wanted()
    yield from (f"not in the catalogue: {message.msgid!r}" for message in wanted.keys() - entries.keys())
    yield from (f"said nowhere any more: {message.msgid!r}" for message in entries.keys() - wanted.keys())
    yield from (f"not translated: {entry.msgid!r}" for entry in entries.values() if not is_translated(entry))
