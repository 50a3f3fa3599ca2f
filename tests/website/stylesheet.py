"""The part of Bootstrap that the website uses: `uv run python -m tests.website.stylesheet` writes it anew.

The whole is 226 KB, of which a page of ours uses some twenty rules. The part keeps every rule whose classes all occur
in our templates, and every rule about plain elements; so it looks as it did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import crispy_bootstrap5

ROOT = Path(__file__).parents[2]
WHOLE = ROOT / "tests" / "website" / "bootstrap.min.css"
PART = ROOT / "static" / "vendor" / "bootstrap.website.min.css"
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")


def words_of_templates() -> set[str]:
    """Every word of the templates that the website is made of, crispy's included: the classes are among them."""
    crispy = Path(crispy_bootstrap5.__file__).parent / "templates"
    folders = [ROOT / "templates" / name for name in ("website", "allauth", "account", "api", "django")]
    pages = [page for folder in (*folders, crispy) for page in folder.rglob("*.html")]
    pages += list((ROOT / "templates").glob("*.html"))
    code = [ROOT / "registrations" / "forms.py"]
    return {word for page in (*pages, *code) for word in re.findall(r"[\w-]+", page.read_text())}


def rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield each rule of a style sheet: what stands before its braces, and what stands in them."""
    at = 0
    while (opened := css.find("{", at)) >= 0:
        depth, end = 1, opened + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield css[at:opened].strip(), css[opened + 1 : end - 1]
        at = end


def part_of(css: str, words: set[str]) -> str:
    """The rules that a page with these classes may need, as one line."""
    kept = []
    for head, body in rules(re.sub(r"/\*.*?\*/|@charset[^;]*;", "", css, flags=re.S)):
        if head.startswith("@media"):
            inner = part_of(body, words)
            kept += [f"{head}{{{inner}}}"] if inner else []
        elif head.startswith("@"):
            continue
        elif selectors := [each for each in _selectors(head) if _may_match(each, words)]:
            kept.append(f"{','.join(selectors)}{{{body}}}")
    return "".join(kept)


def _selectors(head: str) -> list[str]:
    return re.split(r",(?![^(]*\))", head)


def _may_match(selector: str, words: set[str]) -> bool:
    if selector.startswith((":root", "[data-bs-theme")):
        return selector in {":root", "[data-bs-theme=light]"}
    return "data-bs-theme" not in selector and set(_CLASS.findall(selector)) <= words


def selectors(css: str) -> Iterator[tuple[str, str]]:
    """Yield each selector of a style sheet, with the media that it is for."""
    for head, body in rules(re.sub(r"/\*.*?\*/", "", css, flags=re.S)):
        if head.startswith("@media"):
            yield from ((head, selector) for _media, selector in selectors(body))
        else:
            yield from (("", selector) for selector in _selectors(head))


def written() -> str:
    """The part as it is kept in the repository; names of colours that no kept rule uses are left out."""
    kept = part_of(WHOLE.read_text(), words_of_templates())
    used = set(re.findall(r"var\((--bs-[\w-]+)", kept))
    kept = re.sub(r"(--bs-[\w-]+):([^;{}]*);?", lambda each: each[0] if each[1] in used else "", kept)
    return (
        "/*! Bootstrap 5, MIT, of which only what this website uses (see bootstrap.LICENSE). */\n"
        + kept
        + "\n"
    )


if __name__ == "__main__":
    PART.write_text(written())
