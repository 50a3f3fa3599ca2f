"""Pictures that are drawn from their address: nothing is read for them, and they never change."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events.patterns import Drawn, mark
from events.views.pictures import FOR_EVER


@require_safe
def pattern(request: HttpRequest, seed: str, colour: str) -> HttpResponse:
    """The pattern of an event that has no header picture."""
    drawn = Drawn.named(seed, colour)
    if drawn is None:
        raise Http404
    return _svg(drawn.pattern())


@require_safe
def icon(request: HttpRequest, colour: str) -> HttpResponse:
    """The site's mark in the event's colour."""
    found = mark(colour)
    if found is None:
        raise Http404
    return _svg(found)


def _svg(text: str) -> HttpResponse:
    response = HttpResponse(text, content_type="image/svg+xml")
    response["Cache-Control"] = FOR_EVER
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
