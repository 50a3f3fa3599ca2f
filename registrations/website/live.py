"""Seats as they are now, for pages that stay open: one small answer for everybody, and the rows that changed."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Case, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from events.api.transfer import EFFORT
from events.api.versions import digest, tags_in
from events.compression import gzipped, takes
from events.models import Event
from events.models.seats import available_of
from events.templatetags.seatwise import are_last
from registrations.website.answers import sessions_among
from registrations.website.found import find_event
from registrations.website.refusals import at_event
from registrations.website.seats import seats_for
from registrations.website.states import states_of
from registrations.website.visitor import visitor_of
from sessions_app.models import Session

# Of how many events a process keeps the figures.
MOST_KEPT = 64
_COLUMNS = ("uuid", "seats__capacity", "seats__taken", "seats__held", "seats__waiting")


@dataclass(frozen=True)
class Figures:
    """The seats of one event as they were read, and until when they may be said."""

    content: bytes
    tag: str
    until: float

    @cached_property
    def zipped(self) -> bytes:
        """The content compressed: nothing in it is secret, and it says the same thing nine hundred times."""
        return gzipped(self.content, EFFORT)


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
    elif takes(request.headers.get("Accept-Encoding", ""), "gzip"):
        response = HttpResponse(found.zipped, content_type="application/json")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(found.content, content_type="application/json")
    response["Vary"] = "Accept-Encoding"
    # Weak: the compressed bytes are others, what they say is the same.
    response["ETag"] = f'W/"{found.tag}"'
    response["Cache-Control"] = "public, max-age=1"
    return response


@require_safe
@at_event
def rows(request: HttpRequest, event: Event) -> HttpResponse:
    """The state and button of the sessions named in `shown`, as they are for this visitor now, each to its place."""
    visitor = visitor_of(request, event)
    sessions = sessions_among(request.GET.get("shown", ""), event)
    here = request.GET.get("next", "")
    token = SimpleLazyObject(lambda: get_token(request))
    return HttpResponse(states_of(seats_for(visitor, sessions), here, token))


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
    rows = _rows_of(slug, now)
    if rows:
        *_first, is_early, is_closed = rows[0]
    else:
        event = find_event(slug)
        if not event.is_live:
            raise Http404("No such event")
        opens_at, is_closed = event.registration_opens_at, not event.is_registration_open(now)
        is_early = opens_at is not None and opens_at > now
    registration = "early" if is_early else "closed" if is_closed else "open"
    sessions = ",".join([_said(*row) for row in rows])
    content = f'{{"registration":"{registration}","sessions":{{{sessions}}}}}'.encode()
    return Figures(content, digest(content), until)


def _said(
    identity: Any, capacity: int | None, taken: int, held: int, waiting: int, is_begun: bool, *_event: Any
) -> str:
    """One session's part of the answer: a UUID, two numbers and one of four words, so nothing to escape."""
    free = available_of(capacity, taken, held, waiting)
    if is_begun:
        state = "begun"
    elif free == 0:
        state = "full"
    else:
        state = "few" if are_last(free, capacity) else "free"
    # SQLite keeps a UUID without its dashes.
    name = str(identity)
    if "-" not in name:
        name = f"{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}"
    return f'"{name}":[{"null" if free is None else free},{waiting},"{state}"]'


def _rows_of(slug: str, now: datetime) -> list[tuple[Any, ...]]:
    """The live sessions of the live event as the database has them: no models, no conversions, one statement."""
    statement, parameters = _statement(connection.vendor)
    given = {_SLUG: slug, _NOW: connection.ops.adapt_datetimefield_value(now)}
    with connection.cursor() as cursor:
        cursor.execute(statement, [given.get(each, each) for each in parameters])
        return list(cursor.fetchall())


# Stand in the statement for what each request gives.
_SLUG, _NOW = "the slug of an event", "9999-01-01 00:00:00"


@cache
def _statement(_vendor: str) -> tuple[str, tuple[Any, ...]]:
    """Written once by Django, with its own words for what is live."""
    stands_for_now = datetime.fromisoformat(_NOW).replace(tzinfo=UTC)
    rows = (
        Session.objects.live()
        .filter(event__in=Event.objects.live().filter(slug=_SLUG))
        .annotate(
            is_begun=_is(starts_at__lte=stands_for_now),
            is_early=_is(event__registration_opens_at__gt=stands_for_now),
            is_closed=_is(event__registration_closes_at__lte=stands_for_now),
        )
    )
    statement, parameters = rows.values_list(
        *_COLUMNS, "is_begun", "is_early", "is_closed"
    ).query.sql_with_params()
    return statement, tuple(_NOW if str(each).startswith(_NOW) else each for each in parameters)


def _is(**condition: Any) -> Case:
    return Case(When(**condition, then=Value(True)), default=Value(False))
