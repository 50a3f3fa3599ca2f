"""Seats as they are now, for pages that stay open: one small answer for everybody, and the rows that changed."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.api.versions import digest, tags_in
from events.models import Event
from events.models.seats import available_of
from events.templatetags.seatwise import are_last
from registrations.website.answers import sessions_among
from registrations.website.refusals import at_event, find_event
from registrations.website.seats import seats_for
from registrations.website.visitor import visitor_of
from sessions_app.models import Session

# Of how many events a process keeps the figures.
MOST_KEPT = 64
_COLUMNS = (
    *("uuid", "starts_at", "seats__capacity", "seats__taken", "seats__held", "seats__waiting"),
    *("event__registration_opens_at", "event__registration_closes_at"),
)


@dataclass(frozen=True)
class Figures:
    """The seats of one event as they were read, and until when they may be said."""

    content: bytes
    tag: str
    until: float


_kept: OrderedDict[str, Figures] = OrderedDict()


@require_safe
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """Each live session's free seats for newcomers (null: as many as like), people waiting, and state.

    States are `free`, `few`, `full` and `begun`. The same for everybody, read in one query, and kept for as long as
    `LIVE_FIGURES_KEPT` says, in seconds. What decides a claim is read anew, never this.
    """
    found = _figures_of(slug)
    if {"*", found.tag} & set(tags_in(request.headers.get("If-None-Match", ""))):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(found.content, content_type="application/json")
    response["ETag"] = f'"{found.tag}"'
    response["Cache-Control"] = "public, max-age=1"
    return response


@require_safe
@at_event
def rows(request: HttpRequest, event: Event) -> HttpResponse:
    """The state and button of the sessions named in `shown`, as they are for this visitor now, each to its place."""
    visitor = visitor_of(request, event)
    sessions = sessions_among(request.GET.get("shown", ""), event)
    here = request.GET.get("next", "")
    context = {"seats": seats_for(visitor, sessions), "here": here}
    return render(request, "website/partials/_seats_now.html", context)


def _figures_of(slug: str) -> Figures:
    found = _kept.get(slug)
    if found is None or found.until <= time.monotonic():
        found = _read(slug)
        _kept[slug] = found
        _kept.move_to_end(slug)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _read(slug: str) -> Figures:
    """Raises Http404 for an event that has no pages."""
    until, now = time.monotonic() + settings.LIVE_FIGURES_KEPT, timezone.now()
    public = Event.objects.live()
    found = list(Session.objects.live().filter(event__in=public.filter(slug=slug)).values_list(*_COLUMNS))
    if found:
        opens_at, closes_at = found[0][-2:]
    else:
        event = find_event(slug)
        if not event.is_live:
            raise Http404("No such event")
        opens_at, closes_at = event.registration_opens_at, event.registration_closes_at
    sessions = {str(uid): _said(now, *rest) for uid, *rest in found}
    said = {"registration": _state_of(opens_at, closes_at, now), "opens_at": opens_at, "sessions": sessions}
    content = json.dumps(said, separators=(",", ":"), default=datetime.isoformat).encode()
    return Figures(content, digest(content), until)


def _said(
    now: datetime,
    starts_at: datetime | None,
    capacity: int | None,
    taken: int,
    held: int,
    waiting: int,
    *_event: Any,
) -> tuple[int | None, int, str]:
    free = available_of(capacity, taken, held, waiting)
    if starts_at is not None and starts_at <= now:
        return free, waiting, "begun"
    if free == 0:
        return free, waiting, "full"
    return free, waiting, "few" if are_last(free, capacity) else "free"


def _state_of(opens_at: datetime | None, closes_at: datetime | None, now: datetime) -> str:
    if opens_at is not None and opens_at > now:
        return "early"
    return "closed" if closes_at is not None and closes_at <= now else "open"
