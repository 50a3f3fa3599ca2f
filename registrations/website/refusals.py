"""The one place where the website turns a refusal into words: what, why, what now."""

from __future__ import annotations

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers

from events.errors import Refusal
from events.languages import speak_at
from events.models import Event
from events.views import busy
from registrations.website.face.sharing import of_event
from registrations.website.face.structured import as_script, event_data
from registrations.website.found import find_event
from registrations.website.seats import seats_for
from registrations.website.summary import summary_of
from registrations.website.visitor import DRAFT_COOKIE, ME_COOKIE, Visitor, visitor_of

View = Callable[..., HttpResponse]
_KNOWN_BY = {ME_COOKIE, DRAFT_COOKIE}


def at_event(view: View) -> View:
    """Hand the event of the address to `view`; answer for events that are not public, and for refusals.

    Only live events have pages. A cancelled one says so (410); all others are not found.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        event = find_event(slug)
        speak_at(request, event)
        if not event.is_live:
            return _cancelled(request, event)
        try:
            response = view(request, event, *args, **kwargs)
        except Refusal as refusal:
            response = refused(request, event, refusal)
        patch_vary_headers(response, ["Cookie"])
        return private(response) if _KNOWN_BY & request.COOKIES.keys() else response

    return wrapped


def _cancelled(request: HttpRequest, event: Event) -> HttpResponse:
    shared = of_event(event)
    structured = as_script(event_data(event, shared, "closed"))
    context = {"event": event, "shared": shared, "structured": structured}
    return render(request, "website/cancelled.html", context, status=HTTPStatus.GONE)


def refused(
    request: HttpRequest, event: Event, refusal: Refusal, visitor: Visitor | None = None
) -> HttpResponse:
    """Return the page that says what was refused, why, and what to do now, with the refusal's status."""
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE and not request.headers.get("HX-Request"):
        return busy.page(request, refusal)
    visitor = visitor or visitor_of(request, event)
    offered = refusal.data.get("alternatives", [])
    for session in offered:
        session.event = event
    context = {
        "event": event,
        "refusal": refusal,
        "summary": summary_of(visitor),
        "alternatives": seats_for(visitor, offered),
    }
    if request.headers.get("HX-Request"):
        return render(request, "website/partials/_refused_note.html", context, status=refusal.status)
    return render(request, "website/refused.html", context, status=refusal.status)


def private(response: HttpResponse) -> HttpResponse:
    """Mark a page that belongs to one person: kept by no cache, found by no search engine."""
    patch_cache_control(response, private=True, no_store=True)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response
