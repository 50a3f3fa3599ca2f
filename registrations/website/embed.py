"""The programme in a page of another site: a list whose links open here. Nothing can be changed in it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from events.middleware import allow_compression
from events.models import Event
from registrations.website.found import find_event
from registrations.website.narrowing import narrowed_to
from sessions_app.filters import SessionFilterSet
from sessions_app.models import Session


@require_safe
def fragment(request: HttpRequest, slug: str) -> HttpResponse:
    """The sessions of the programme as HTML without style, with whole addresses: for a site that puts it into its page.

    Its server may fetch it, and, on the sites that the event names, a script of the page.
    """
    event = _event_of(slug)
    filters = SessionFilterSet(request.GET, event=event, mine=[])
    context = {"event": event, "days": _days(filters, event), "site": settings.SITE_URL}
    response = render(request, "website/partials/_embed_days.html", context)
    allow_compression(response)
    patch_cache_control(response, public=True, max_age=60)
    patch_vary_headers(response, ["Origin"])
    response["X-Robots-Tag"] = "noindex"
    origin = request.headers.get("Origin", "")
    # A star stands for the names below, as in the policy for frames.
    if any(fnmatchcase(origin, site) for site in event.embedding_sites):
        response["Access-Control-Allow-Origin"] = origin
    return response


@require_safe
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The sessions that the filters of the address leave, by day. It knows nobody and keeps no cookie.

    Of all pages it alone may stand in a frame, on the sites that the event names.
    """
    event = _event_of(slug)
    filters = SessionFilterSet(request.GET, event=event, mine=[])
    context = {
        "event": event,
        "day_counts": filters.days,
        "day": filters.data.get("day", ""),
        "others": narrowed_to(request.GET, "day").urlencode(),
        "days": _days(filters, event),
    }
    response = render(request, "website/embed.html", context)
    allow_compression(response)
    patch_cache_control(response, public=True, max_age=60)
    # The programme's own page is the one to be found.
    response["X-Robots-Tag"] = "noindex"
    return _allow_frames(response, event)


def _event_of(slug: str) -> Event:
    event = find_event(slug)
    if not event.is_live:
        raise Http404("Not on the website")
    return event


def _days(filters: SessionFilterSet, event: Event) -> list[tuple[Any, list[Session]]]:
    rows = filters.qs.select_related("room", "building", "track").defer("description").in_programme_order()
    sessions = list(rows)
    for session in sessions:
        session.event = event
    return [(day, list(group)) for day, group in groupby(sessions, key=lambda each: each.day)]


def _allow_frames(response: HttpResponse, event: Event) -> HttpResponse:
    sites = event.embedding_sites
    if sites:
        # Browsers that know the policy look at it alone; the header knows no list.
        response.xframe_options_exempt = True
        response._csp_replace = {"frame-ancestors": sites}  # type: ignore[attr-defined]
    return response
