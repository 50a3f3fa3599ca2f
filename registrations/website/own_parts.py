"""Parts of a page that say something of the visitor alone: the agenda in short, and the way to it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape

from registrations.website.fragments import fragments
from registrations.website.summary import Summary, summary_of
from registrations.website.visitor import Visitor

# Nobody outside this process knows them, so no text that a person wrote can hold one.
_URL, _BUTTON_URL = (f"{name}{secrets.token_hex(16)}" for name in ("url", "button"))
PARTS = ("agenda_link", "agenda_bar", "agenda_panel")


def own_parts(
    visitor: Visitor, section: str = "", known: Summary | None = None
) -> dict[str, Callable[[], str]]:
    """The holes of a page that show the visitor's agenda in short.

    It is put together when the first is filled, where it is not `known`.
    """
    summary = cache(lambda: known or summary_of(visitor))
    return {name: partial(_drawn, name, visitor, summary, section) for name in PARTS}


def _drawn(name: str, visitor: Visitor, summary: Callable[[], Summary | None], section: str) -> str:
    found = summary()
    if found is None:
        return ""
    # The personal link stands in the addresses of somebody registered.
    marked = replace(found, url=_URL, button_url=_BUTTON_URL) if found.is_registered else found
    given = {"summary": marked, "event": visitor.event, "section": section, "messages": ()}
    said = (visitor.event.slug, visitor.event.timezone, section, found.is_registered, found.words, found.key)
    html = fragments.drawn((name, said), lambda: own_part(name, given))
    if marked is not found:
        html = html.replace(_URL, conditional_escape(found.url))
        html = html.replace(_BUTTON_URL, conditional_escape(found.button_url))
    return html


def own_part(name: str, given: dict[str, Any]) -> str:
    """The partial of this name; empty where there is nothing to say."""
    is_said = given["messages"] if name == "messages" else given["summary"]
    return render_to_string(f"website/partials/_{name}.html", given) if is_said else ""
