"""The tag of forms that programs may storm."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from registrations.website.skeletons import mark
from registrations.website.stormed import guard_of

register = template.Library()


@register.simple_tag(takes_context=True)
def against_programs(context: Any, address: str = "") -> SafeString:
    """What a form carries besides its fields: one that nobody sees and, in a storm, a sum for the browser.

    `address` is where the form is sent; the page's own where none is given. A hole in a page that is kept.
    """
    if context.get("holes"):
        return mark("against_programs")
    return guard_of(context.request, address or context.request.path)
