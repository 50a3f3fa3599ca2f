"""The tag of forms that programs may storm."""

from __future__ import annotations

from typing import Any

from django import template

from registrations.website.stormed import TRAP, task_for

register = template.Library()


@register.inclusion_tag("website/partials/_against_programs.html", takes_context=True)
def against_programs(context: Any, address: str = "") -> dict[str, Any]:
    """What a form carries besides its fields: one that nobody sees and, in a storm, a sum for the browser.

    `address` is where the form is sent; the page's own where none is given.
    """
    request = context.request
    return {"trap": TRAP, **task_for(request, address or request.path)}
