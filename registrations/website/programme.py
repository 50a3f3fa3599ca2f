"""Pages of an event's programme: as a list, and as a grid by room and time.

What a page says to everybody is a kept skeleton (`programme_sketches`); here its rows are put in, with their seats as
they are now and with what the visitor has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from events.middleware import allow_compression
from events.models import Event
from events.replica import newcomers_read_replica
from registrations.website.fragments import fragments
from registrations.website.free_times import FreeTime
from registrations.website.own_parts import own_parts
from registrations.website.programme_sketches import Drawn, grid_sketch, key_of, list_sketch
from registrations.website.refusals import at_event
from registrations.website.rows import cells_of, rows_of
from registrations.website.seats import Seat, seats_for
from registrations.website.shown_programme import sessions_now
from registrations.website.skeletons import Sketch, answer, form_token, sketch_of
from registrations.website.stars import with_stars
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
    seats = _seats(visitor, drawn.keys)
    holes = {
        f"rows-{group.anchor}": _rows(request, event, [seats[pk] for pk in group.keys if pk in seats])
        for group in drawn.groups
    }
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
    seats = _seats(visitor, drawn.keys, stars=False)
    if drawn.beginnings:
        seats = {pk: replace(seat, beginnings=drawn.beginnings) for pk, seat in seats.items()}
    holes = {f"cells-{hour.anchor}": _cells(request, event, hour.with_buttons(seats)) for hour in drawn.hours}
    return _answer(request, visitor, sketch, holes)


def _seats(visitor: Visitor, keys: list[int], *, stars: bool = True) -> dict[int, Seat]:
    seats = seats_for(visitor, sessions_now(visitor.event, keys))
    return {seat.session.pk: seat for seat in (with_stars(visitor, seats) if stars else seats)}


def _rows(request: HttpRequest, event: Event, seats: list[Seat]) -> Hole:
    return lambda: rows_of(seats, event, request.get_full_path(), form_token(request))


def _cells(request: HttpRequest, event: Event, cells: Any) -> Hole:
    return lambda: cells_of(cells, event, request.get_full_path(), form_token(request))


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
