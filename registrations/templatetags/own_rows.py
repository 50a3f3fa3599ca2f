"""Rows, lines and boxes of pages of one's own, drawn once for all who have the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString

from registrations.website.personal_parts import personal_part as part_of
from registrations.website.rows import alternatives_of as drawn_alternatives
from registrations.website.rows import rows_of
from registrations.website.seats import Seat

register = template.Library()


@register.simple_tag(takes_context=True)
def own_row(context: Any, seat: Seat, *, has_day: bool = False) -> SafeString:
    """The row of a session in somebody's agenda, whose button needs no script."""
    token = context.get("csrf_token", "")
    return rows_of([seat], context["event"], context["here"], token, is_plain=True, has_day=has_day)


@register.simple_tag
def alternatives_of(seats: Sequence[Seat], here: str, csrf_token: Any) -> SafeString:
    """What may be had instead of something else, a line with a button each."""
    return drawn_alternatives(seats, seats[0].session.event, here, csrf_token)


@register.simple_tag(takes_context=True)
def personal_part(context: Any, name: str) -> str:
    """The partial of this name, which says the personal link and the address of whoever opened it."""
    return part_of(
        name, {key: context.get(key) for key in ("event", "registration", "token", "ticket", "csrf_token")}
    )
