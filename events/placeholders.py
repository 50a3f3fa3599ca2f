"""Placeholders in what organizers write to people: a few words in braces that stand for something of each reader's.

They are taken from one list and nothing else: no expression is evaluated, and what they stand for is never read as
Markdown or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from events.markdown import render_markdown

NAMES = ("first_name", "name", "event", "sessions", "link")
# What looks like one, right or wrong.
_PLACEHOLDER = re.compile(r"\{([^{}\n]{1,40})\}")
_LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Values:
    """What the placeholders stand for in one person's mail."""

    first_name: str
    name: str
    event: str
    agenda: tuple[str, ...]
    link: str

    def as_words(self) -> Mapping[str, str]:
        """Each placeholder's words, for text without markup."""
        lines = "".join(f"\n* {line}" for line in self.agenda)
        return {**self._single(), "sessions": lines.removeprefix("\n"), "link": self.link}

    def as_html(self) -> Mapping[str, str]:
        """Each placeholder's words as safe HTML."""
        address = escape(self.link)
        return {
            **{name: escape(words) for name, words in self._single().items()},
            "sessions": "<br>".join(escape(line) for line in self.agenda),
            "link": f'<a href="{address}">{address}</a>',
        }

    def _single(self) -> dict[str, str]:
        return {"first_name": self.first_name, "name": self.name, "event": self.event}


def check_placeholders(text: str) -> None:
    """Raise ValidationError for a placeholder that there is not."""
    unknown = list(dict.fromkeys(name for name in _PLACEHOLDER.findall(text) if name not in NAMES))
    if unknown:
        raise ValidationError(
            _("There is no %(unknown)s. You can write %(known)s."),
            code="unknown_placeholder",
            params={"unknown": _listed(unknown), "known": _listed(NAMES)},
        )


def listed() -> str:
    """The placeholders as they are written, for a help text."""
    return _listed(NAMES)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def filled_line(text: str, values: Values) -> str:
    """Return a subject with its placeholders filled, on one line."""
    return " ".join(_filled(text, values.as_words()).split())


def filled_text(markdown: str, values: Values) -> str:
    """Return Markdown as text that reads well alone: links with their addresses, placeholders filled."""
    # First the author's links, then the readers' words: brackets in a name make none.
    plain = _LINK.sub(r"\1 (\2)", markdown.replace("\r\n", "\n"))
    return _filled(re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", plain), values.as_words())


def filled_html(markdown: str, values: Values) -> SafeString:
    """Return Markdown as safe HTML with its placeholders filled."""
    html = render_markdown(markdown)
    # An address that is a placeholder was percent-encoded on the way.
    html_link = html.replace(f'href="{quote("{link}")}"', f'href="{escape(values.link)}"')
    return SafeString(_filled(html_link, values.as_html()))  # nosec B703 # both were made safe before


def _filled(text: str, words: Mapping[str, str]) -> str:
    """Fill all placeholders in one go, so that what one stands for is never filled again."""
    return _PLACEHOLDER.sub(lambda found: words.get(found.group(1), found.group()), text)
