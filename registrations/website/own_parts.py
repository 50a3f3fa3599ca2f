"""Parts of a page that say something of the visitor alone: the agenda in short, and the way to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from django.template.loader import render_to_string

from registrations.website.summary import Summary, drawn_summary, summary_of
from registrations.website.visitor import Visitor

PARTS = ("agenda_link", "agenda_bar", "agenda_panel", "finish_agenda")


def own_parts(
    visitor: Visitor, section: str = "", known: Summary | None = None
) -> dict[str, Callable[[], str]]:
    """The holes of a page that show the visitor's agenda in short.

    It is put together when the first is filled, where it is not `known`.
    """
    summary = cache(lambda: known or summary_of(visitor))
    return {name: partial(_drawn, name, summary, section) for name in PARTS}


def _drawn(name: str, summary: Callable[[], Summary | None], section: str) -> str:
    found = summary()
    return drawn_summary(name, found, section=section) if found else ""


def own_part(name: str, given: dict[str, Any]) -> str:
    """The partial of this name; empty where there is nothing to say."""
    is_said = given["messages"] if name == "messages" else given["summary"]
    return render_to_string(f"website/partials/_{name}.html", given) if is_said else ""
