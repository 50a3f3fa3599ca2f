"""What the source says to people: every text that goes through gettext, in Python and in templates.

Read without gettext's own programs, so that the tool and its tests run wherever Python does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
APPS = ("config", "events", "registrations", "sessions_app", "waitlists")
# What speaks to programs and at the command line, in English alone: the codes are what counts there.
ENGLISH_ONLY = {"api", "migrations", "management"}
_CALL = re.compile(r"\b(?:_|n?p?gettext)\(")
_PLAIN = {
    name: name.removesuffix("_lazy").removesuffix("_noop")
    for name in (
        "gettext",
        "gettext_lazy",
        "gettext_noop",
        "ngettext",
        "ngettext_lazy",
        "pgettext",
        "pgettext_lazy",
        "npgettext",
        "npgettext_lazy",
    )
}


class Unclear(Exception):
    """The source says something that no catalogue can hold; the text names the place and the reason."""


@dataclass(frozen=True, order=True)
class Message:
    """One text to translate: with a plural where it counts, with a context where the word alone misleads."""

    msgid: str
    plural: str = ""
    context: str = ""


@cache
def messages() -> dict[Message, list[str]]:
    """Return every message of the product with the files that say it.

    Raises Unclear where one text is said with and without a plural: a catalogue has one entry for both.
    """
    found: dict[Message, list[str]] = {}
    for path, message in _every_message():
        places = found.setdefault(message, [])
        if path not in places:
            places.append(path)
    _refuse_collisions(found)
    return found


def _refuse_collisions(found: Iterable[Message]) -> None:
    seen: dict[tuple[str, str], Message] = {}
    for message in found:
        other = seen.setdefault((message.context, message.msgid), message)
        if other != message:
            raise Unclear(
                f"{message.msgid!r} has two plurals: {other.plural!r} and {message.plural!r}. "
                "Say both with ngettext and the same words, or give one of them a context."
            )


def _every_message() -> Iterator[tuple[str, Message]]:
    for app in APPS:
        for path in _translated(ROOT / app, "*.py"):
            yield from _named(path, of_python(path.read_text(encoding="utf-8"), str(path)))
    for kind in ("*.html", "*.txt"):
        for path in _translated(ROOT / "templates", kind):
            yield from _named(path, of_template(path.read_text(encoding="utf-8"), str(path)))


def _translated(folder: Path, kind: str) -> list[Path]:
    paths = sorted(folder.rglob(kind))
    return [path for path in paths if not ENGLISH_ONLY & set(path.relative_to(ROOT).parts)]


def _named(path: Path, said: Iterable[Message]) -> Iterator[tuple[str, Message]]:
    name = str(path.relative_to(ROOT))
    return ((name, message) for message in said)


def of_python(text: str, name: str = "source") -> Iterator[Message]:
    """Yield the messages of a Python source, whatever names it gives to gettext's functions."""
    if "gettext" not in text:
        return
    tree = ast.parse(text)
    functions = _functions(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in functions:
            yield _message(functions[node.func.id], node, f"{name}:{node.lineno}")


def _functions(tree: ast.Module) -> dict[str, str]:
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        alias.asname or alias.name: _PLAIN[alias.name]
        for node in imports
        if node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in _PLAIN
    }


def of_template(text: str, name: str = "template") -> Iterator[Message]:
    """Yield the messages of a template: `translate`, `blocktranslate` and `_()`."""
    from django.utils.translation.template import templatize

    if "trans" not in text and "_(" not in text:
        return
    code = templatize(text, origin=name)
    for found in _CALL.finditer(code):
        call = _call_at(code, found.start())
        function = found.group().rstrip("(")
        yield _message("gettext" if function == "_" else function, call, name)


def _call_at(code: str, begin: int) -> ast.Call:
    end = begin
    while (end := code.find(")", end) + 1) > 0:
        try:
            call = ast.parse(code[begin:end], mode="eval").body
        except SyntaxError:
            continue
        if isinstance(call, ast.Call):
            return call
    raise Unclear(f"No call can be read at {code[begin : begin + 40]!r}.")


def _message(function: str, call: ast.Call, place: str) -> Message:
    has_context, has_plural = "pgettext" in function, function.startswith("n")
    texts = [_text(each, place) for each in call.args[: 1 + has_context + has_plural]]
    context = texts.pop(0) if has_context else ""
    return Message(texts[0], texts[1] if has_plural else "", context)


def _text(node: ast.expr, place: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise Unclear(
        f"{place}: gettext is given {ast.unparse(node)}, which no catalogue can hold: write the text there."
    )
