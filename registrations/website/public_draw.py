"""The public page of a draw, for whoever wishes, waits for the result, or checks it; and the files to check it with."""

from __future__ import annotations

import gzip
import re
import shlex
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from events.middleware import allow_compression
from events.models import Event
from events.replica import newcomers_read_replica
from registrations.draw import snake
from registrations.models import Draw
from registrations.queries.draw_preview import preview_of
from registrations.queries.draw_published import (
    PUBLIC,
    decided_about,
    draw_to_announce,
    drawn_sessions,
    file_of_decisions,
    public_draws,
)
from registrations.queries.draw_standing import phase_of
from registrations.website.refusals import at_event
from registrations.website.summary import summary_of
from registrations.website.visitor import visitor_of

LONGEST_CODE = 64
# Seconds; a file never changes, but an event may be taken from the site.
KEPT = 3_600


@require_safe
@newcomers_read_replica
@at_event
def draw_page(request: HttpRequest, event: Event, uuid: UUID | None = None) -> HttpResponse:
    """The page of a draw, of the newest where none is named: terms, then the commitment, then all there is to check."""
    draws = list(public_draws(event))
    draw = next((each for each in draws if uuid in (None, each.uuid)), None)
    if draw is None:
        raise Http404("No such draw")
    visitor = visitor_of(request, event)
    context = {
        "event": event,
        "visitor": visitor,
        "summary": summary_of(visitor),
        "draw": draw,
        "others": [each for each in draws if each != draw],
        "phase": phase_of(draw, timezone.now()),
        "rows": drawn_sessions(draw),
        **(_result(request, draw) if draw.state in PUBLIC else {}),
    }
    response = render(request, "website/draw.html", context)
    if visitor.registration is None:
        allow_compression(response)
    return response


def announced(event: Event, at: datetime) -> dict[str, Any] | None:
    """What the event's page tells of its draw; None where it has none."""
    draw = draw_to_announce(event, at)
    if draw is None:
        return None
    return {"draw": draw, "is_planned": draw.is_planned(at), "is_open": draw.is_open(at)}


def _result(request: HttpRequest, draw: Draw) -> dict[str, Any]:
    """What the page says once all is public."""
    code = request.GET.get("ticket", "")[:LONGEST_CODE].strip().lower()
    return {
        "is_public": True,
        "preview": preview_of(draw),
        "is_asked": bool(code),
        "code": code,
        "decisions": decided_about(draw, code) if re.fullmatch("[0-9a-f]+", code) else [],
        # As a shell takes it: nothing of a number that is typed in is ever run.
        "number": shlex.quote(draw.public_number),
    }


@require_safe
@at_event
def draw_wishes(request: HttpRequest, event: Event, uuid: UUID) -> HttpResponse:
    """The frozen wishes, to the byte."""
    draw = _published(event, uuid)
    return _file(request, draw, "wishes.json", lambda: draw.frozen_file)


@require_safe
@at_event
def draw_decisions(request: HttpRequest, event: Event, uuid: UUID) -> HttpResponse:
    """All decisions, as they were carried out."""
    draw = _published(event, uuid)
    return _file(request, draw, "decisions.json", lambda: file_of_decisions(draw))


@require_safe
@at_event
def draw_script(request: HttpRequest, event: Event, uuid: UUID) -> HttpResponse:
    """The rule itself, which anybody may run: the very file that decided."""
    draw = _published(event, uuid)
    return _file(request, draw, "snake.py", lambda: Path(snake.__file__).read_text(encoding="utf-8"))


def _published(event: Event, uuid: UUID) -> Draw:
    draw = public_draws(event).filter(uuid=uuid, state__in=PUBLIC).first()
    if draw is None:
        raise Http404("No such draw, or nothing of it is public yet")
    return draw


def _file(request: HttpRequest, draw: Draw, name: str, written: Callable[[], str]) -> HttpResponse:
    """A file that never changes: written and compressed once, and not sent to whoever has it."""
    tag = f'"{draw.seed[:32]}-{name}"'
    response = get_conditional_response(request, etag=tag) or _content(request, draw, name, written)
    response["ETag"] = tag
    patch_cache_control(response, public=True, max_age=KEPT)
    return response


def _content(request: HttpRequest, draw: Draw, name: str, written: Callable[[], str]) -> HttpResponse:
    key = f"draw-file:{draw.uuid}:{draw.seed}:{name}"
    packed: bytes | None = cache.get(key)
    if packed is None:
        packed = gzip.compress(written().encode("utf-8"), compresslevel=6, mtime=0)
        cache.set(key, packed, KEPT)
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    kind = "text/x-python; charset=utf-8" if name.endswith(".py") else "application/json"
    response = HttpResponse(packed if takes_gzip else gzip.decompress(packed), content_type=kind)
    if takes_gzip:
        response["Content-Encoding"] = "gzip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
