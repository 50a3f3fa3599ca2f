"""Rows and groups of the list, and cells of the grid: each is drawn once for what it says, whoever asks for it.

What belongs to one request or one person alone (the form's token, the address to come back to, the personal link) is no
part of what is kept: marks stand in its place, which are replaced last.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from events.models import Event
from registrations.website.fragments import fragments
from registrations.website.grid import Cell
from registrations.website.seats import Seat
from registrations.website.timeline import Group

# Nobody outside this process knows them, so no text that a person wrote can hold one.
_CSRF, _HERE, _TOKEN = (f"{name}{secrets.token_hex(16)}" for name in ("csrf", "here", "token"))

# Every word of a seat; the sessions and the personal link are put into the key in a form of their own.
_WORDS = attrgetter(
    *(each.name for each in fields(Seat) if each.name not in {"session", "give_up", "token", "gap"})
)
_OF_EVENT = attrgetter("slug", "format", "timezone", "building_id")
_OF_SESSION = attrgetter(
    "uuid", "name", "format", "date", "starts_at", "ends_at", "own_timezone", "building_id"
)
_OF_TRACK = attrgetter("pk", "name", "colour")


def rows_of(seats: Sequence[Seat], event: Event, here: str, csrf_token: Any) -> SafeString:
    """The rows of these sessions, one after the other."""
    return _joined([_row(seat, event) for seat in seats], seats, here, csrf_token)


def cells_of(cells: Sequence[Cell[Seat]], event: Event, here: str, csrf_token: Any) -> SafeString:
    """The cells of a part of the grid, one after the other."""
    return _joined([_cell(cell, event) for cell in cells], [cell.seat for cell in cells], here, csrf_token)


def seat_of_page(seat: Seat, event: Event, in_line: Sequence[str], here: str, csrf_token: Any) -> SafeString:
    """What a session's own page says of its seat, its line and its star."""
    seat = _impersonal(seat)
    key = ("seat", _said(seat, event), tuple(in_line))
    drawn = _drawn("_seat_of_page.html", key, seat, {"seat": seat, "event": event, "in_line": in_line})
    return _joined([drawn], [seat], here, csrf_token)


def group_of(group: Group, query: str) -> str:
    """One group of the timeline: its head, and the hole for its rows or the way to them."""

    def draw() -> str:
        return get_template("website/partials/_group.html").render({"group": group, "query": query})

    return draw() if group.is_drawn else fragments.drawn(("group", group.key, group.size, query), draw)


def _joined(drawn: list[str], seats: Sequence[Seat], here: str, csrf_token: Any) -> SafeString:
    html = "".join(drawn)
    token = next((seat.token for seat in seats if seat.token), "")
    # A page without a form asks for no token, and so sends no cookie.
    if _CSRF in html:
        html = html.replace(_CSRF, conditional_escape(str(csrf_token)))
    html = html.replace(_HERE, conditional_escape(here)).replace(_TOKEN, token)
    return SafeString(html)  # nosec B703 # drawn by templates, and what was put in is escaped


def _row(seat: Seat, event: Event) -> str:
    seat = _impersonal(seat)
    key: Hashable = ("row", _said(seat, event))
    if "kept_as" not in vars(seat.session):
        of_track = seat.session.track and _OF_TRACK(seat.session.track)
        key = key, of_track, tuple([(each.code, each.name) for each in seat.session.speakers.all()])
    return _drawn("_session_row.html", key, seat, {"seat": seat, "event": event})


def _cell(cell: Cell[Seat], event: Event) -> str:
    seat = _impersonal(cell.seat)
    key = ("cell", _said(seat, event), cell.row, cell.rows, cell.column)
    return _drawn("_grid_cell.html", key, seat, {"cell": cell, "seat": seat, "event": event})


def _said(seat: Seat, event: Event) -> Hashable:
    """All that a row or a cell says of the session and to the visitor, but for the track and the speakers."""
    session = seat.session
    to_visitor = _WORDS(seat), tuple([other.uuid for other in seat.give_up])
    if kept_as := vars(session).get("kept_as"):
        return kept_as, to_visitor
    return (
        to_visitor,
        _OF_EVENT(event),
        _OF_SESSION(session),
        session.room and session.room.name,
        session.building and session.building.name,
    )


def _drawn(template: str, key: Hashable, seat: Seat, context: dict[str, Any]) -> str:
    def draw() -> str:
        marked = {**context, "here": _HERE, "csrf_token": _CSRF}
        return get_template(f"website/partials/{template}").render(marked)

    # What was searched for is marked in it: hardly ever the same again.
    return draw() if seat.beginnings or seat.excerpt else fragments.drawn(key, draw)


def _impersonal(seat: Seat) -> Seat:
    """The seat with a mark where its addresses have the personal link."""
    if not seat.token or not (seat.url or seat.link or seat.options):
        return seat
    return replace(
        seat,
        url=seat.url.replace(seat.token, _TOKEN),
        link=seat.link.replace(seat.token, _TOKEN),
        options=seat.options.replace(seat.token, _TOKEN),
    )
