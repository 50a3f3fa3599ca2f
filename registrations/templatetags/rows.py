"""The tags of a programme's rows and cells."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from registrations.website.rows import cells_of, group_of, rows_of

register = template.Library()


@register.simple_tag(takes_context=True)
def session_rows(context: Any, seats: Any) -> SafeString:
    """The rows of a list, for the page's event, address and token."""
    return rows_of(seats, context["event"], context["here"], context["csrf_token"])


@register.simple_tag(takes_context=True)
def time_group(context: Any, group: Any) -> str:
    """One group of the timeline, for the page's event, filters, address and token."""
    names = ("event", "query", "here", "csrf_token")
    return group_of(group, *[context[name] for name in names])


@register.simple_tag(takes_context=True)
def grid_cells(context: Any, cells: Any) -> SafeString:
    """The cells of a grid, for the page's event, address and token."""
    return cells_of(cells, context["event"], context["here"], context["csrf_token"])
