"""Pages of an event's programme: as a list, and as a grid by room and time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from events.middleware import allow_compression
from events.models import Event
from events.replica import newcomers_read_replica
from registrations.website.excerpts import excerpt_of
from registrations.website.grid import grid_of
from registrations.website.grid_hours import CELLS_AT_FIRST, GridHour, Placed, hours_of, row_of_now
from registrations.website.grid_hours import DRAWN_WHOLE as GRID_DRAWN_WHOLE
from registrations.website.narrowing import chips_of, loosened, narrowed_to
from registrations.website.paging import page_links
from registrations.website.parts import P, to_draw
from registrations.website.refusals import at_event
from registrations.website.seats import Seat, seats_for
from registrations.website.stars import with_stars
from registrations.website.summary import summary_of
from registrations.website.timeline import (
    DRAWN_WHOLE,
    ROWS_AT_FIRST,
    Entry,
    entries_of,
    key_of_now,
    timeline_of,
)
from registrations.website.visitor import Visitor, visitor_of
from sessions_app.filters import SessionFilterSet
from sessions_app.models import Session, Speaker

HITS_A_PAGE = 50
# Long, and no row of a list says them.
_NOT_SHOWN = ("description", "custom_fields", "external_data", "building__address", "room__directions")

# What a session's place in the grid hangs on.
_PLACED = ("event_id", "uuid", "name", "format", "date", "starts_at", "ends_at", "room_id", "building_id")


@newcomers_read_replica
@at_event
def session_list(request: HttpRequest, event: Event) -> HttpResponse:
    """The page of the sessions that the filters leave, each with its button: by time, or the best match first.

    With `at`, the key of a group of the timeline, that group is drawn and those behind it; or it alone, for htmx.
    """
    visitor = visitor_of(request, event)
    filters = SessionFilterSet(request.GET, event=event, mine=visitor.mine, starred=visitor.stars)
    entries = entries_of(filters.qs, event)
    context = {**_frame(request, visitor, filters), "view": "list", "count": len(entries)}
    if not entries:
        context["loosened"] = loosened(filters, request.GET)
    elif filters.found:
        context |= _best_matches(request, visitor, filters, entries)
    else:
        context |= _timeline(request, visitor, filters, entries)
        if _is_asking_for_group(request):
            return _answer(request, filters, context, "partials/_group_rows.html")
    return _whole_or_part(request, filters, context, "session_list.html", "_programme.html")


@newcomers_read_replica
@at_event
def session_grid(request: HttpRequest, event: Event) -> HttpResponse:
    """The grid of one day, rooms across and time down; on phones the same as a list by time."""
    visitor = visitor_of(request, event)
    chosen = request.GET.copy()
    filters = SessionFilterSet(chosen, event=event, mine=visitor.mine, starred=visitor.stars)
    if filters.days and chosen.get("day", "") not in {str(each) for each in filters.days}:
        chosen["day"] = str(_best_day(filters.days, visitor))
        filters.data = chosen
    grid = grid_of([Placed(session) for session in _belonging_to(event, _placed(filters))])
    hours, now = hours_of(grid), row_of_now(grid, visitor.at)
    context = {
        **_frame(request, visitor, filters),
        "view": "grid",
        "grid": grid,
        "hours": hours,
        "row_of_now": now,
        "count": len(grid.cells) + len(grid.untimed),
        "parts": _hours_to_draw(request, visitor, filters, hours, now),
    }
    if not context["count"]:
        context["loosened"] = loosened(filters, request.GET)
    if _is_asking_for_group(request):
        return _answer(request, filters, context, "partials/_grid_parts.html")
    return _whole_or_part(request, filters, context, "session_grid.html", "_grid.html")


def _best_matches(
    request: HttpRequest, visitor: Visitor, filters: SessionFilterSet, entries: list[Entry]
) -> dict[str, Any]:
    """The sessions that the words mean, fifty a page, with what their texts say of them."""
    assert filters.found
    left = {entry.pk for entry in entries}
    keys = [pk for pk in filters.found.keys if pk in left]
    page = Paginator(keys, HITS_A_PAGE).get_page(request.GET.get("page"))
    seats = _drawn(visitor, filters, list(page.object_list), with_text=True).values()
    hits = [replace(seat, excerpt=excerpt_of(seat)) for seat in _marked(seats, filters)]
    return {"hits": hits, "page": page, "pages": page_links(request, page)}


def _timeline(
    request: HttpRequest, visitor: Visitor, filters: SessionFilterSet, entries: list[Entry]
) -> dict[str, Any]:
    """The days with their groups, of which some are drawn."""
    days = timeline_of(entries, visitor.at, None if filters.data.get("time") else visitor.mine)
    every = [group for day in days for group in day.groups]
    groups = _parts_to_draw(request, every, key_of_now(days), at_first=ROWS_AT_FIRST, whole=DRAWN_WHOLE)
    drawn = _drawn(visitor, filters, [pk for group in groups for pk in group.keys])
    for group in groups:
        group.seats = [drawn[pk] for pk in group.keys if pk in drawn]
    return {"timeline": days, "groups": groups}


def _hours_to_draw(
    request: HttpRequest, visitor: Visitor, filters: SessionFilterSet, hours: list[GridHour], now: int | None
) -> list[GridHour]:
    """The hours of the grid that the page draws, with their buttons."""
    present = next((hour.key for hour in reversed(hours) if now and hour.row <= now), "")
    chosen = _parts_to_draw(request, hours, present, at_first=CELLS_AT_FIRST, whole=GRID_DRAWN_WHOLE)
    found = _shown(filters).prefetch_related(None).in_bulk([pk for hour in chosen for pk in hour.keys])
    sessions = _belonging_to(visitor.event, found.values())
    seats = {seat.session.pk: seat for seat in _marked(seats_for(visitor, sessions), filters)}
    for hour in chosen:
        hour.draw(seats)
    return chosen


def _parts_to_draw(request: HttpRequest, parts: list[P], now: str, **most: int) -> list[P]:
    """The parts that the page draws; the one alone that htmx asks for, because it came into sight."""
    wanted = request.GET.get("at", "")
    if _is_asking_for_group(request):
        return [part for part in parts if part.key == wanted]
    return to_draw(parts, wanted or now, **most)


def _drawn(
    visitor: Visitor, filters: SessionFilterSet, keys: list[int], *, with_text: bool = False
) -> dict[int, Seat]:
    """The sessions of these keys with their buttons, in this order; with their texts where those are asked for."""
    shown = _shown(filters)
    found = (shown.defer(None) if with_text else shown).in_bulk(keys)
    sessions = _belonging_to(visitor.event, (found[pk] for pk in keys if pk in found))
    return {seat.session.pk: seat for seat in with_stars(visitor, seats_for(visitor, sessions))}


def _shown(filters: SessionFilterSet) -> Any:
    names = Prefetch("speakers", Speaker.objects.only("id", "name", "code"))
    rows = filters.qs.select_related("seats", "room", "building", "track").defer(*_NOT_SHOWN)
    return rows.prefetch_related(names).in_programme_order()


def _placed(filters: SessionFilterSet) -> Any:
    """The sessions as far as their places in a grid go; each room and each building is one for all of them."""
    rows = filters.qs.only(*_PLACED).in_programme_order()
    return rows.prefetch_related("room", "building")


def _whole_or_part(
    request: HttpRequest, filters: SessionFilterSet, context: dict[str, Any], whole: str, part: str
) -> HttpResponse:
    """The page, or only what a changed filter changes on it."""
    context["is_part"] = _is_filtering(request)
    return _answer(request, filters, context, f"partials/{part}" if context["is_part"] else whole)


def _answer(
    request: HttpRequest, filters: SessionFilterSet, context: dict[str, Any], template: str
) -> HttpResponse:
    response = render(request, f"website/{template}", context, status=200 if filters.is_valid() else 400)
    if context["visitor"].registration is None:
        allow_compression(response)
    # One address, two answers: going back must not show the part without its page.
    patch_vary_headers(response, ["HX-Request", "HX-Target", "Cookie"])
    return response


def _marked(seats: Iterable[Seat], filters: SessionFilterSet) -> list[Seat]:
    """The seats with the words by which they were found."""
    if not filters.found:
        return list(seats)
    return [replace(seat, beginnings=filters.found.beginnings) for seat in seats]


def _belonging_to(event: Event, sessions: Iterable[Session]) -> list[Session]:
    """Give each session the event that is at hand, so that no query asks for it again."""
    found = list(sessions)
    for session in found:
        session.event = event
    return found


def _frame(request: HttpRequest, visitor: Visitor, filters: SessionFilterSet) -> dict[str, Any]:
    others = narrowed_to(request.GET, "day", "at", "page")
    chips = chips_of(filters, request.GET)
    return {
        "event": visitor.event,
        "visitor": visitor,
        "summary": summary_of(visitor),
        "filters": filters,
        "form": filters.form,
        "day_counts": filters.days,
        "day": filters.data.get("day", ""),
        "others": others.urlencode(),
        "query": narrowed_to(request.GET, "at", "page").urlencode(),
        "without_time": narrowed_to(request.GET, "day", "time", "fits", "at", "page").urlencode(),
        "here": request.get_full_path(),
        "chips": chips,
        "is_narrowed": bool(chips or filters.data.get("q")),
    }


def _is_asking_for_group(request: HttpRequest) -> bool:
    """True when htmx asks for one group of the timeline, because it came into sight."""
    return request.headers.get("HX-Target", "").startswith("at-")


def _is_filtering(request: HttpRequest) -> bool:
    """True when htmx asks for the list alone, because a filter was changed."""
    return (
        request.headers.get("HX-Target") == "programme"
        and "HX-History-Restore-Request" not in request.headers
    )


def _best_day(days: Iterable[date], visitor: Visitor) -> date:
    """The day to open the grid with: today while the event is on, else its first day."""
    today = visitor.at.astimezone(visitor.event.zone).date()
    every = list(days)
    return today if today in every else every[0]
