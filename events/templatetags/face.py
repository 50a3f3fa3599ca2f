"""How an event looks: its own pattern where it has no picture."""

from __future__ import annotations

from django import template
from django.urls import reverse

from events.models import Event
from events.patterns import Drawn

register = template.Library()


@register.filter
def pattern_url(event: Event) -> str:
    """The path of the event's own pattern, in its colour."""
    drawn = Drawn.of(str(event.uuid), event.accent_colour)
    return reverse("pattern", args=[drawn.seed, drawn.colour])


@register.filter
def icon_url(event: Event) -> str:
    """The path of the site's mark in the event's colour, for a browser's tab."""
    return reverse("icon", args=[event.accent_colour.lower().removeprefix("#")])
