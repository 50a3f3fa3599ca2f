"""Skeletons of the programme's pages: all that they say to everybody, by the filters of their address."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from events.models import Event
from registrations.website.excerpts import excerpt_of
from registrations.website.grid import Cell, grid_of
from registrations.website.grid_hours import CELLS_AT_FIRST, GridHour, Placed, hours_of, row_of_now
from registrations.website.grid_hours import DRAWN_WHOLE as GRID_DRAWN_WHOLE
from registrations.website.narrowing import chips_of, loosened, narrowed_to
from registrations.website.paging import page_links
from registrations.website.parts import P, to_draw
from registrations.website.phases import clock_of, phase_of
from registrations.website.seats import seats_for
from registrations.website.shown_programme import sessions_now
from registrations.website.skeletons import Sketch, drawn
from registrations.website.stars import with_stars
from registrations.website.timeline import (
    DRAWN_WHOLE,
    ROWS_AT_FIRST,
    Entry,
    Group,
    TimelineDay,
    entries_of,
    key_of_now,
    timeline_of,
)
from registrations.website.visitor import Visitor
from sessions_app.filters import SessionFilterSet
from sessions_app.models import Session

HITS_A_PAGE = 50
LONGEST_ADDRESS = 200
# What the same address finds changes with the programme alone. What was searched for is hardly ever the same again;
# free seats, a visitor's agenda and stars change without it.
_PLAIN = frozenset({"day", "track", "room", "time", "kind", "level", "at"})

# What a session's place in the grid hangs on.
_PLACED = ("event_id", "uuid", "name", "format", "date", "starts_at", "ends_at", "room_id", "building_id")


@dataclass(frozen=True)
class Drawn:
    """What a page of the programme draws of its sessions: some groups of the timeline, or some hours of the grid."""

    status: int
    groups: list[Group] = field(default_factory=list)
    days: list[TimelineDay] = field(default_factory=list)
    hours: list[GridHour] = field(default_factory=list)
    # Where free times may stand.
    free_holes: tuple[str, ...] = ()
    without_time: str = ""
    # The beginnings of words by which the sessions were found.
    beginnings: tuple[str, ...] = ()

    @property
    def keys(self) -> list[int]:
        """The ids of the groups' sessions, in their order."""
        return [pk for group in self.groups for pk in group.keys]

    @property
    def cells(self) -> list[Cell[Placed]]:
        """The cells of the hours, in their order."""
        return [cell for hour in self.hours for cell in hour.cells]


def key_of(request: HttpRequest, visitor: Visitor) -> Hashable | None:
    """What a page of the programme says, but for the revision of the event; None where it is no plain address."""
    query = request.META.get("QUERY_STRING", "")
    if not _PLAIN.issuperset(request.GET) or len(query) > LONGEST_ADDRESS:
        return None
    asked = request.headers.get("HX-Target", "") if _is_asking_for_group(request) else _is_filtering(request)
    return request.path, query, asked, phase_of(visitor), clock_of(visitor)


def list_sketch(request: HttpRequest, visitor: Visitor) -> Sketch:
    """The list: the days with their groups, of which some are drawn; or what was searched for, the best match first."""
    event = visitor.event
    filters = SessionFilterSet(request.GET, event=event, mine=visitor.mine, starred=visitor.stars)
    entries = entries_of(filters.qs, event)
    context = {**_frame(request, visitor, filters), "view": "list", "count": len(entries)}
    days: list[TimelineDay] = []
    groups: list[Group] = []
    if not entries:
        context["loosened"] = loosened(filters, request.GET)
    elif filters.found:
        context |= _best_matches(request, visitor, filters, entries)
    else:
        days = timeline_of(entries, visitor.at)
        every = [group for day in days for group in day.groups]
        groups = _parts_to_draw(request, every, key_of_now(days), at_first=ROWS_AT_FIRST, whole=DRAWN_WHOLE)
        for group in groups:
            group.is_drawn = True
        context |= {"timeline": days, "groups": groups}
    free = tuple(f"free-{group.anchor}" for day in days for group in day.groups)
    data = Drawn(_status(filters), groups, days, free_holes=free, without_time=context["without_time"])
    if days and _is_asking_for_group(request):
        return drawn(request, "partials/_group_rows.html", context, replace(data, days=[], free_holes=()))
    return _whole_or_part(request, context, "session_list.html", "_programme.html", data)


def grid_sketch(request: HttpRequest, visitor: Visitor) -> Sketch:
    """The grid of the day that is asked for, else of today, else of the first."""
    event = visitor.event
    chosen = request.GET.copy()
    filters = SessionFilterSet(chosen, event=event, mine=visitor.mine, starred=visitor.stars)
    if filters.days and chosen.get("day", "") not in {str(each) for each in filters.days}:
        chosen["day"] = str(_best_day(filters.days, visitor))
        filters.data = chosen
    grid = grid_of([Placed(session) for session in _belonging_to(event, _placed(filters))])
    hours, now = hours_of(grid), row_of_now(grid, visitor.at)
    present = next((hour.key for hour in reversed(hours) if now and hour.row <= now), "")
    parts = _parts_to_draw(request, hours, present, at_first=CELLS_AT_FIRST, whole=GRID_DRAWN_WHOLE)
    for hour in parts:
        hour.is_drawn = True
    context = {
        **_frame(request, visitor, filters),
        "view": "grid",
        "grid": grid,
        "hours": hours,
        "row_of_now": now,
        "count": len(grid.cells) + len(grid.untimed),
        "parts": parts,
    }
    if not context["count"]:
        context["loosened"] = loosened(filters, request.GET)
    beginnings = filters.found.beginnings if filters.found else ()
    data = Drawn(_status(filters), hours=parts, beginnings=beginnings)
    if _is_asking_for_group(request):
        return drawn(request, "partials/_grid_parts.html", context, data)
    return _whole_or_part(request, context, "session_grid.html", "_grid.html", data)


def _whole_or_part(
    request: HttpRequest, context: dict[str, Any], whole: str, part: str, data: Drawn
) -> Sketch:
    """The page, or only what a changed filter changes on it."""
    context["is_part"] = _is_filtering(request)
    return drawn(request, f"partials/{part}" if context["is_part"] else whole, context, data)


def _status(filters: SessionFilterSet) -> int:
    return 200 if filters.is_valid() else 400


def _best_matches(
    request: HttpRequest, visitor: Visitor, filters: SessionFilterSet, entries: list[Entry]
) -> dict[str, Any]:
    """The sessions that the words mean, fifty a page, with what their texts say of them."""
    assert filters.found
    left = {entry.pk for entry in entries}
    page = Paginator([pk for pk in filters.found.keys if pk in left], HITS_A_PAGE).get_page(
        request.GET.get("page")
    )
    keys = list(page.object_list)
    texts = dict(Session.objects.filter(pk__in=keys).values_list("pk", "description"))
    hits = []
    for seat in with_stars(visitor, seats_for(visitor, sessions_now(visitor.event, keys))):
        seat.session.description = texts.get(seat.session.pk, "")
        marked = replace(seat, beginnings=filters.found.beginnings)
        hits.append(replace(marked, excerpt=excerpt_of(marked)))
    return {"hits": hits, "page": page, "pages": page_links(request, page)}


def _parts_to_draw(request: HttpRequest, parts: Sequence[P], now: str, **most: int) -> list[P]:
    """The parts that the page draws; the one alone that htmx asks for, because it came into sight."""
    wanted = request.GET.get("at", "")
    if _is_asking_for_group(request):
        return [part for part in parts if part.key == wanted]
    return to_draw(parts, wanted or now, **most)


def _placed(filters: SessionFilterSet) -> Any:
    """The sessions as far as their places in a grid go; each room and each building is one for all of them."""
    rows = filters.qs.only(*_PLACED).in_programme_order()
    return rows.prefetch_related("room", "building")


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
        "filters": filters,
        "form": filters.form,
        "day_counts": filters.days,
        "day": filters.data.get("day", ""),
        "others": others.urlencode(),
        "query": narrowed_to(request.GET, "at", "page").urlencode(),
        "without_time": narrowed_to(request.GET, "day", "time", "fits", "at", "page").urlencode(),
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
