"""What translators get and give back: JSON files in which each message has a short name of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib

from tests.languages import catalogues
from tests.languages.checks import faults
from tests.languages.sources import Message, messages


def forms_of(entry: polib.POEntry) -> list[str]:
    """The translation that an entry holds: one text, or one for one and one for many."""
    return (
        [entry.msgstr_plural[key] for key in sorted(entry.msgstr_plural)]
        if entry.msgid_plural
        else [entry.msgstr]
    )


def is_translated(entry: polib.POEntry) -> bool:
    """True when every form of an entry says something."""
    return all(forms_of(entry)) and not entry.fuzzy


def give(language: str, folder: Path, *, per_file: int, everything: bool = False) -> list[Path]:
    """Write what is not translated yet (or everything, with its translation) as JSON; return the files.

    Messages that are said in the same places stand together.
    """
    places = messages()
    entries = [entry for entry in catalogues.read(language) if everything or not is_translated(entry)]
    entries.sort(key=lambda entry: (places.get(catalogues.message_of(entry), [""])[0], entry.msgid))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for begin in range(0, len(entries), per_file):
        path = folder / f"{language}-{begin // per_file + 1:02d}.json"
        chunk = dict(_given(entry, places) for entry in entries[begin : begin + per_file])
        path.write_text(json.dumps(chunk, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.append(path)
    return written


def _given(entry: polib.POEntry, places: dict[Message, list[str]]) -> tuple[str, dict[str, Any]]:
    message = catalogues.message_of(entry)
    record: dict[str, Any] = {"msgid": message.msgid}
    if message.plural:
        record["msgid_plural"] = message.plural
    if message.context:
        record["context"] = message.context
    if entry.comment:
        record["note"] = entry.comment
    record["said_in"] = places.get(message, [])[:3]
    if is_translated(entry):
        record["translation"] = forms_of(entry) if message.plural else entry.msgstr
    return catalogues.id_of(message), record


def take(language: str, files: list[Path]) -> tuple[int, list[str]]:
    """Put translations into the catalogue and compile it; return how many were taken, and what was refused and why.

    A translation is a text, a list of texts (one, many), or a record with `translation`. What is refused leaves the
    catalogue as it was; all else is taken.
    """
    entries = {catalogues.id_of(catalogues.message_of(entry)): entry for entry in catalogues.read(language)}
    taken, refused = 0, []
    for path in files:
        for name, given in json.loads(path.read_text(encoding="utf-8")).items():
            said = list(_put(entries.get(name), given))
            refused += [f"{path.name}: {name}: {each}" for each in said]
            taken += not said
    catalogues.write(language, entries.values())
    return taken, refused


def _put(entry: polib.POEntry | None, given: Any) -> Iterator[str]:
    if entry is None:
        yield "the catalogue has no such message (any more)"
        return
    if isinstance(given, dict):
        given = given.get("translation", "")
    forms = [given] if isinstance(given, str) else list(given)
    if found := list(faults(catalogues.message_of(entry), forms)):
        yield from (f"{each} ({entry.msgid!r} → {forms!r})" for each in found)
    elif entry.msgid_plural:
        entry.msgstr_plural = dict(enumerate(forms))
    else:
        entry.msgstr = forms[0]
