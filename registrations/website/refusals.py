"""The one place where the website turns a refusal into words: what, why, what now."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.html import conditional_escape

from events.errors import Refusal
from events.languages import speak_at
from events.models import Event
from events.views import busy
from registrations.website.face.sharing import of_event
from registrations.website.face.structured import as_script, event_data
from registrations.website.found import find_event
from registrations.website.own_parts import own_parts
from registrations.website.seats import seats_for
from registrations.website.skeletons import Sketch, answer, drawn, form_token, of_nobody, sketch_saying
from registrations.website.summary import summary_of
from registrations.website.visitor import DRAFT_COOKIE, ME_COOKIE, Visitor, visitor_of
from sessions_app.models import Session

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
    request: HttpRequest,
    event: Event,
    refusal: Refusal,
    visitor: Visitor | None = None,
    offered: Sequence[Session] = (),
) -> HttpResponse:
    """Return the page that says what was refused, why, and what may be had instead, with the refusal's status."""
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE and not request.headers.get("HX-Request"):
        return busy.page(request, refusal)
    if request.headers.get("HX-Request"):
        note = {"refusal": refusal}
        return render(request, "website/partials/_refused_note.html", note, status=refusal.status)
    visitor = visitor or visitor_of(request, event)
    summary = summary_of(visitor)
    page, is_page = summary.url if summary else "", request.method == "GET"
    said = {"has_agenda": summary is not None, "is_registered": summary is not None and summary.is_registered}

    def sketch() -> Sketch:
        return drawn(request, "refused.html", {"event": event, **said, **of_nobody(is_page=is_page)})

    def alternatives() -> str:
        for session in offered:
            session.event = event
        given = {"alternatives": seats_for(visitor, offered), "here": page, "csrf_token": form_token(request)}
        return render_to_string("website/partials/_alternatives.html", given) if offered else ""

    key = ("refused", _said_of(event), is_page, *said.values())
    holes = {
        **own_parts(visitor, known=summary),
        "refusal": lambda: conditional_escape(str(refusal)),
        "alternatives": alternatives,
        "own_page": lambda: conditional_escape(page),
    }
    return answer(request, sketch_saying(key, sketch), holes, status=refusal.status)


def _said_of(event: Event) -> Hashable:
    """All that a page says of its event above and below what it is about."""
    named = (event.pk, event.slug, event.name, event.is_live, event.contact_email, event.accent_colour)
    return named, tuple(event.offered_languages)


def private(response: HttpResponse) -> HttpResponse:
    """Mark a page that belongs to one person: kept by no cache, found by no search engine."""
    patch_cache_control(response, private=True, no_store=True)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response
