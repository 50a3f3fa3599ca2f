"""Pages of an event's programme: as a list, and as a grid by room and time.

What a page says to everybody is a kept skeleton (`programme_sketches`); here its rows are put in, with their seats as
they are now and with what the visitor has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from events.middleware import allow_compression
from events.models import Event
from events.replica import newcomers_read_replica
from registrations.website.fragments import fragments
from registrations.website.free_times import FreeTime
from registrations.website.known_rows import cells_now, rows_now
from registrations.website.own_parts import own_parts
from registrations.website.programme_sketches import Drawn, grid_sketch, key_of, list_sketch
from registrations.website.refusals import at_event
from registrations.website.rows import joined
from registrations.website.skeletons import Sketch, answer, form_token, sketch_of
from registrations.website.timeline import free_before
from registrations.website.visitor import Visitor, visitor_of

Hole = Callable[[], str]


@newcomers_read_replica
@at_event
def session_list(request: HttpRequest, event: Event) -> HttpResponse:
    """The page of the sessions that the filters leave, each with its button: by time, or the best match first.

    With `at`, the key of a group of the timeline, that group is drawn and those behind it; or it alone, for htmx.
    """
    visitor = visitor_of(request, event)
    sketch = sketch_of(event, key_of(request, visitor), lambda: list_sketch(request, visitor))
    drawn: Drawn = sketch.data
    rows = rows_now(visitor, drawn.keys)
    holes = {f"rows-{group.anchor}": _joined(request, visitor, rows, group.keys) for group in drawn.groups}
    if drawn.days and not request.GET.get("time"):
        holes |= _free_times(drawn, visitor)
    return _answer(request, visitor, sketch, {**dict.fromkeys(drawn.free_holes, str), **holes})


@newcomers_read_replica
@at_event
def session_grid(request: HttpRequest, event: Event) -> HttpResponse:
    """The grid of one day, rooms across and time down; on phones the same as a list by time."""
    visitor = visitor_of(request, event)
    sketch = sketch_of(event, key_of(request, visitor), lambda: grid_sketch(request, visitor))
    drawn: Drawn = sketch.data
    cells = cells_now(visitor, drawn.cells, drawn.beginnings)
    holes = {f"cells-{hour.anchor}": _joined(request, visitor, cells, hour.keys) for hour in drawn.hours}
    return _answer(request, visitor, sketch, holes)


def _joined(request: HttpRequest, visitor: Visitor, drawn: Mapping[int, str], keys: Iterable[int]) -> Hole:
    """The rows or cells of those sessions that are there yet, one after the other."""

    def join() -> str:
        there = [drawn[pk] for pk in keys if pk in drawn]
        return joined(there, visitor.token, request.get_full_path(), form_token(request))

    return join


def _free_times(drawn: Drawn, visitor: Visitor) -> dict[str, Hole]:
    """The visitor's free times, each before what begins in it."""
    found = free_before(drawn.days, visitor.at, visitor.mine)
    return {f"free-{anchor}": _free(times, drawn.without_time) for anchor, times in found.items()}


def _free(found: Iterable[tuple[date, FreeTime]], without_time: str) -> Hole:
    def draw(day: date, free: FreeTime) -> str:
        context = {"day": day, "free": free, "without_time": without_time}
        return fragments.drawn(
            ("free", day, free, without_time),
            lambda: render_to_string("website/partials/_free_time.html", context),
        )

    return lambda: "".join(draw(day, free) for day, free in found)


def _answer(request: HttpRequest, visitor: Visitor, sketch: Sketch, holes: dict[str, Hole]) -> HttpResponse:
    response = answer(request, sketch, {**own_parts(visitor), **holes}, status=sketch.data.status)
    if visitor.registration is None:
        allow_compression(response)
    # One address, two answers: going back must not show the part without its page.
    patch_vary_headers(response, ["HX-Request", "HX-Target", "Cookie"])
    return response
