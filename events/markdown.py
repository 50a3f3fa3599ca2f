"""Descriptions: written as Markdown (or imported as HTML), shown as HTML that is safe whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from events.html_to_markdown import html_to_markdown, is_html

_SHOWN_TAGS = {
    *(
        "p",
        "br",
        "hr",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "code",
        "kbd",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
    ),
    *(
        "dd",
        "a",
        "em",
        "i",
        "strong",
        "b",
        "s",
        "del",
        "u",
        "sub",
        "sup",
        "abbr",
        "q",
        "cite",
        "table",
        "thead",
    ),
    *("tbody", "tr", "th", "td"),
}
_SHOWN_ATTRIBUTES = {"a": {"href", "title"}, "abbr": {"title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
# Ends before punctuation that belongs to the sentence, and before the bracket that encloses the address.
_ADDRESS = re.compile(r"https?://[^\s<>\"“”]+[^\s<>\"“”.,;:!?'’)\]*_]")


def render_markdown(text: str, top_heading: int = 2) -> SafeString:
    """Return `text` as safe HTML: no script, style, image or frame; links say nofollow.

    Headings begin at `top_heading` (2 for <h2>) and never skip a level, whatever the author used.
    """
    rendered = _PARSER.render(text, {"top_heading": top_heading})
    safe = nh3.clean(
        rendered,
        tags=_SHOWN_TAGS,
        attributes=_SHOWN_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener",
    )
    return SafeString(safe)  # nosec B703 # cleaned before


def plain_text(text: str) -> str:
    """Return what `text` says without any markup, for calendars, mails and excerpts."""
    without_tags = unescape(nh3.clean(_PARSER.render(text, {}), tags=set()))
    return re.sub(r"\n{3,}", "\n\n", without_tags).strip()


def html_to_clean(text: str) -> str:
    """Return an imported description as the Markdown we keep; what is Markdown already stays as it is."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    return html_to_markdown(text) if is_html(text) else text


def _link_addresses(state: StateCore) -> None:
    """Make links of addresses that were simply typed, outside of links and code."""
    for block in state.tokens:
        if not block.children or "://" not in block.content:
            continue
        linked: list[Token] = []
        inside = 0
        for token in block.children:
            inside += (token.type == "link_open") - (token.type == "link_close")
            linked.extend(_linked(token) if token.type == "text" and not inside else [token])
        block.children = linked


def _linked(token: Token) -> list[Token]:
    parts: list[Token] = []
    end = 0
    for match in _ADDRESS.finditer(token.content):
        parts.append(Token("text", "", 0, content=token.content[end : match.start()]))
        parts.append(Token("link_open", "a", 1, attrs={"href": match.group()}))
        parts.append(Token("text", "", 0, content=match.group()))
        parts.append(Token("link_close", "a", -1))
        end = match.end()
    return [*parts, Token("text", "", 0, content=token.content[end:])] if parts else [token]


def _order_headings(state: StateCore) -> None:
    """Give each heading the level of its depth, so that readers who jump by headings miss none."""
    top = state.env.get("top_heading", 2)
    open_levels: list[int] = []
    for token in state.tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            while open_levels and open_levels[-1] >= level:
                open_levels.pop()
            open_levels.append(level)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, top + len(open_levels) - 1)}"


def _image_as_words(_self: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    """Show what a picture would have shown: our policy loads no pictures from elsewhere."""
    return escape(tokens[index].content)


def _new_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.core.ruler.push("link_addresses", _link_addresses)
    parser.core.ruler.push("order_headings", _order_headings)
    parser.add_render_rule("image", _image_as_words)
    return parser


_PARSER = _new_parser()
