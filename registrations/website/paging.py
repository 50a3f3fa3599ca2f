"""Links to the pages of a list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest


def page_links(request: HttpRequest, page: Page[Any]) -> list[tuple[int | str, str]]:
    """Return page numbers with their addresses, which keep all else that was asked for; gaps have none."""
    links: list[tuple[int | str, str]] = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        query = request.GET.copy()
        query["page"] = str(number)
        links.append((number, f"?{query.urlencode()}" if isinstance(number, int) else ""))
    return links
