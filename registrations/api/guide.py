"""The written guide for whoever connects another system: a page that anybody may read, kept as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.text import slugify

from events.markdown import render_markdown

GUIDE = Path("templates/api/guide.md")


@dataclass(frozen=True)
class Section:
    """One section: its heading, its place on the page, its text as HTML."""

    title: str
    anchor: str
    text: SafeString


@cache
def _sections() -> tuple[str, SafeString, list[Section]]:
    """The guide's title, what stands before its first section, and its sections."""
    whole = (Path(settings.BASE_DIR) / GUIDE).read_text(encoding="utf-8").removeprefix("# ")
    before, *parts = whole.split("\n## ")
    title, _line, introduction = before.partition("\n")
    sections = []
    for part in parts:
        heading, _line, text = part.partition("\n")
        sections.append(Section(heading, slugify(heading), render_markdown(text, 3)))
    return title, render_markdown(introduction), sections


def guide(request: HttpRequest) -> HttpResponse:
    """The whole guide on one page."""
    title, introduction, sections = _sections()
    site = {"title": title, "introduction": introduction, "sections": sections}
    return render(request, "api/guide.html", site)
