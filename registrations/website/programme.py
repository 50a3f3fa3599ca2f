"""Pages of an event's programme: as a list, as a grid by room and time, and session by session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from events.middleware import allow_compression
from events.models import Event
from events.replica import newcomers_read_replica
from registrations.queries import alternatives_to
from registrations.website.grid import grid_of
from registrations.website.paging import page_links
from registrations.website.programme_days import by_day
from registrations.website.refusals import at_event
from registrations.website.seats import Seat, seats_for
from registrations.website.summary import summary_of
from registrations.website.visitor import Visitor, visitor_of
from sessions_app.filters import SessionFilterSet
from sessions_app.models import Session, Speaker

SESSIONS_A_PAGE = 50


@newcomers_read_replica
@at_event
def session_list(request: HttpRequest, event: Event) -> HttpResponse:
    """The page of the sessions that the filters leave, fifty a page, each with its button."""
    visitor = visitor_of(request, event)
    filters = SessionFilterSet(request.GET, event=event, mine=visitor.mine)
    shown = _shown(filters)
    page = Paginator(_ranked(shown, filters), SESSIONS_A_PAGE).get_page(request.GET.get("page"))
    sessions = _belonging_to(event, _read(shown, page.object_list))
    seats = _marked(seats_for(visitor, sessions), filters)
    context = {
        **_frame(request, visitor, filters),
        "page": page,
        # What was looked for stands by how well it fits; all else by its time.
        "days": [(None, seats)] if filters.found and seats else by_day(seats),
        "pages": page_links(request, page),
    }
    return _whole_or_part(request, filters, context, "session_list.html", "_programme.html")


@newcomers_read_replica
@at_event
def session_grid(request: HttpRequest, event: Event) -> HttpResponse:
    """The grid of one day, rooms across and time down; on phones the same as a list by time."""
    visitor = visitor_of(request, event)
    chosen = request.GET.copy()
    filters = SessionFilterSet(chosen, event=event, mine=visitor.mine)
    if filters.days and chosen.get("day", "") not in {str(each) for each in filters.days}:
        chosen["day"] = str(_best_day(filters.days, visitor))
        filters.data = chosen
    seats = _marked(seats_for(visitor, _belonging_to(event, _shown(filters))), filters)
    context = {**_frame(request, visitor, filters), "grid": grid_of(seats), "grid_count": len(seats)}
    return _whole_or_part(request, filters, context, "session_grid.html", "_grid.html")


@newcomers_read_replica
@at_event
def session_page(request: HttpRequest, event: Event, uuid: str) -> HttpResponse:
    """The page of one session: all about it, its button, and what else may be had where it is full."""
    rows = Session.objects.live().filter(event=event).prefetch_related("speakers")
    session = rows.select_related("seats", "room", "building", "layout", "track").filter(uuid=uuid).first()
    if session is None:
        raise Http404("No such session")
    session.event = event
    visitor = visitor_of(request, event)
    seat = seats_for(visitor, [session])[0]
    wants_another = seat.state in {"join", "full", "clash", "swap"}
    context = {
        "event": event,
        "visitor": visitor,
        "summary": summary_of(visitor),
        "session": session,
        "seat": seat,
        "alternatives": [],
    }
    if wants_another:
        mine = visitor.mine
        context["alternatives"] = alternatives_to(session, visitor.standing, held=mine, at=visitor.at)
    return render(request, "website/session_page.html", context)


def _shown(filters: SessionFilterSet) -> Any:
    names = Prefetch("speakers", Speaker.objects.only("id", "name", "code"))
    rows = filters.qs.select_related("seats", "room", "building", "track").defer("description")
    return rows.prefetch_related(names).in_programme_order()


def _whole_or_part(
    request: HttpRequest, filters: SessionFilterSet, context: dict[str, Any], whole: str, part: str
) -> HttpResponse:
    """The page, or only what a changed filter changes on it."""
    template = f"website/partials/{part}" if _is_filtering(request) else f"website/{whole}"
    response = render(request, template, context, status=200 if filters.is_valid() else 400)
    if context["visitor"].registration is None:
        allow_compression(response)
    # One address, two answers: going back must not show the part without its page.
    patch_vary_headers(response, ["HX-Request", "HX-Target", "Cookie"])
    return response


def _marked(seats: list[Seat], filters: SessionFilterSet) -> list[Seat]:
    """The seats with the words by which they were found."""
    if not filters.found:
        return seats
    return [replace(seat, beginnings=filters.found.beginnings) for seat in seats]


def _ranked(shown: Any, filters: SessionFilterSet) -> Any:
    """The rows by time; where words were looked for, their keys by how well they fit."""
    if filters.found is None:
        return shown
    kept = set(shown.values_list("pk", flat=True))
    return [pk for pk in filters.found.keys if pk in kept]


def _read(shown: Any, page: Any) -> Iterable[Session]:
    if not isinstance(page, list):
        return page
    found = shown.in_bulk(page)
    return [found[pk] for pk in page if pk in found]


def _belonging_to(event: Event, sessions: Iterable[Session]) -> list[Session]:
    """Give each session the event that is at hand, so that no query asks for it again."""
    found = list(sessions)
    for session in found:
        session.event = event
    return found


def _frame(request: HttpRequest, visitor: Visitor, filters: SessionFilterSet) -> dict[str, Any]:
    others = request.GET.copy()
    for key in ("day", "page"):
        others.pop(key, None)
    return {
        "event": visitor.event,
        "visitor": visitor,
        "summary": summary_of(visitor),
        "filters": filters,
        "form": filters.form,
        "day_counts": filters.days,
        "day": filters.data.get("day", ""),
        "others": others.urlencode(),
        "here": request.get_full_path(),
        "narrowed_by": sum(bool(others.get(key)) for key in ("track", "room", "free", "fits")),
        "is_narrowed": any(others.get(key) for key in ("q", "track", "room", "free", "fits")),
    }


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
