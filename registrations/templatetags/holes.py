"""Holes in a page: what belongs to one visitor or one request, put in last where the page is kept as a skeleton."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from registrations.website.own_parts import own_part
from registrations.website.skeletons import mark

register = template.Library()


@register.simple_tag
def hole(*names: Any) -> SafeString:
    """The hole of this name, which the view fills; of several words they are one name."""
    return mark("-".join(map(str, names)))


@register.simple_tag(takes_context=True)
def own(context: Any, name: str) -> SafeString | str:
    """A partial that says something of the visitor alone; a hole in a page that is kept, else drawn here."""
    if context.get("holes"):
        return mark(name)
    given = {key: context.get(key) for key in ("summary", "event", "section", "messages", "wishes")}
    return own_part(name, given)
