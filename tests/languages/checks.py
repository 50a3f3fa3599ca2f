"""What a translation has to keep of the words that it translates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tests.languages.sources import Message

_PLACEHOLDER = re.compile(r"%\(\w+\)[-0-9.]*[sdif]|%[sd]|%%|\{\w*\}")
_TAG = re.compile(r"</?[a-z][^>]*>|&\w+;", re.I)


def faults(message: Message, forms: list[str]) -> Iterator[str]:
    """Say what is wrong with a translation, in all its forms: nothing where it may be taken."""
    due = 2 if message.plural else 1
    if len(forms) != due:
        yield f"{len(forms)} texts were given, {due} are due"
        return
    if not all(form.strip() for form in forms):
        yield "nothing is written"
        return
    for number, form in enumerate(forms):
        yield from _faults_of(message, form, is_last=number == due - 1)


def _faults_of(message: Message, form: str, *, is_last: bool) -> Iterator[str]:
    original = message.plural if message.plural and is_last else message.msgid
    there, due = placeholders(form), placeholders(original)
    # The form for one may give the number, or leave it out, whatever the English does.
    may = placeholders(message.plural) | due if message.plural else due
    if ((is_last or not message.plural) and there != due) or not (
        set(there) <= set(may) and set(due) <= set(there)
    ):
        yield f"placeholders: {_named(there)} instead of {_named(due)}"
    if tags(form) != tags(original):
        yield f"HTML: {_named(tags(form))} instead of {_named(tags(original))}"
    for name, end in (("begins", str.lstrip), ("ends", str.rstrip)):
        if _blank(form, end(form)) != _blank(original, end(original)):
            yield f"{name} with {_blank(form, end(form))!r} instead of {_blank(original, end(original))!r}"


def _blank(text: str, stripped: str) -> str:
    """The blanks that were stripped off one end of a text."""
    return text.replace(stripped, "", 1) if stripped else text


def placeholders(text: str) -> Counter[str]:
    """What is put into a text later, each with how often it stands there."""
    return Counter(_PLACEHOLDER.findall(text))


def tags(text: str) -> Counter[str]:
    """The tags and entities of HTML in a text, each with how often it stands there."""
    return Counter(_TAG.findall(text))


def _named(found: Counter[str]) -> str:
    return " ".join(sorted(found.elements())) or "none"
