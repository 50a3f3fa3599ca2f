"""Template tags of mails, for display only."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def one_line(text: str | None) -> str:
    """An address written on several lines, on one."""
    return ", ".join(part.strip(" ,") for part in (text or "").splitlines() if part.strip(" ,"))
