"""The tag of a timeline's groups."""

from __future__ import annotations

from typing import Any

from django import template

from registrations.website.rows import group_of

register = template.Library()


@register.simple_tag(takes_context=True)
def time_group(context: Any, group: Any) -> str:
    """One group of the timeline, for the page's filters."""
    return group_of(group, context["query"])
