"""The catalogues below `config/locale`: made anew from the source, written so that their differences are quiet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import polib

from config.languages import LANGUAGES
from tests.languages.sources import ROOT, Message, messages

LOCALE = ROOT / "config" / "locale"
# English holds nothing but the house's own words for what libraries say otherwise, and is written by hand.
OWN_WORDS = LOCALE / "en" / "LC_MESSAGES" / "django.po"
TRANSLATED = [code for code, _name in LANGUAGES if code != "en"]
PLURALS = {
    "de": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
    # Nothing is one in French.
    "fr": "nplurals=2; plural=(n > 1);",
}


def path_of(language: str) -> Path:
    """Where the catalogue of a language lies; the compiled one lies beside it."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> polib.POFile:
    """Read the catalogue of a language; one that is not there yet is empty."""
    path = path_of(language)
    return polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)


def message_of(entry: polib.POEntry) -> Message:
    """The message that an entry of a catalogue translates."""
    return Message(entry.msgid, entry.msgid_plural, entry.msgctxt or "")


def id_of(message: Message) -> str:
    """A short name of a message that stays as long as its words do."""
    text = "\0".join((message.context, message.msgid, message.plural))
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def wanted() -> dict[Message, str]:
    """Every message of a catalogue, with a note for translators where its words do not say what is meant."""
    found = dict.fromkeys(messages(), "")
    for entry in polib.pofile(str(OWN_WORDS)):
        said = entry.msgstr or " / ".join(entry.msgstr_plural.values())
        found[message_of(entry)] = f"A library's words. Translate what we say in English: {said}"
    return found


def make(language: str) -> tuple[int, int]:
    """Bring the catalogue of a language up to date with the source; return how many messages are new and gone.

    A translation stays as long as the words that it translates.
    """
    before = {message_of(entry): entry for entry in read(language)}
    now = wanted()
    entries = []
    for message, note in now.items():
        entry = before.get(message) or _empty(message)
        entry.comment, entry.tcomment = note, ""
        entries.append(entry)
    write(language, entries)
    return len(now.keys() - before.keys()), len(before.keys() - now.keys())


def _empty(message: Message) -> polib.POEntry:
    forms = {0: "", 1: ""} if message.plural else {}
    return polib.POEntry(
        msgid=message.msgid,
        msgid_plural=message.plural,
        msgctxt=message.context or None,
        msgstr_plural=forms,
    )


def write(language: str, entries: Iterable[polib.POEntry]) -> None:
    """Write a catalogue and its compiled form: sorted by its words, without places and dates, one line per line."""
    file = polib.POFile(wrapwidth=0)
    file.metadata = {
        "Project-Id-Version": "Seatwise",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": PLURALS[language],
    }
    for entry in sorted(entries, key=message_of):
        entry.occurrences, entry.flags, entry.previous_msgid = [], [], None
        file.append(entry)
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{file}\n".rstrip("\n") + "\n", encoding="utf-8")
    compile_one(language)


def compile_one(language: str) -> None:
    """Write the compiled catalogue anew, which is what the product reads."""
    path_of(language).with_suffix(".mo").write_bytes(compiled(language))


def compiled(language: str) -> bytes:
    """What the compiled catalogue of a language has to hold: the same bytes for the same catalogue."""
    return bytes(polib.pofile(str(path_of(language)), wrapwidth=0).to_binary())
