"""Rows and groups of the list, and cells of the grid: each is drawn once for what it says, whoever asks for it.

What belongs to one request or one person alone (the form's token, the address to come back to, the personal link) is no
part of what is kept: marks stand in its place, which are replaced last.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from events.models import Event
from registrations.website.fragments import fragments
from registrations.website.grid import Cell
from registrations.website.seats import Seat, seat_with
from registrations.website.states import CSRF, HERE, marked_state
from registrations.website.timeline import Group
from sessions_app.models import Session

# Nobody outside this process knows them, so no text that a person wrote can hold one.
_TOKEN, _SEAT = (f"{name}{secrets.token_hex(16)}" for name in ("token", "seat"))

# Every word of a seat; the sessions and the personal link are put into the key in a form of their own.
_WORDS = attrgetter(
    *(each.name for each in fields(Seat) if each.name not in {"session", "give_up", "token", "gap"})
)
_OF_EVENT = attrgetter("slug", "format", "timezone", "building_id")
_OF_SESSION = attrgetter(
    "uuid", "name", "format", "date", "starts_at", "ends_at", "own_timezone", "building_id"
)
_OF_TRACK = attrgetter("pk", "name", "colour")


def rows_of(
    seats: Sequence[Seat],
    event: Event,
    here: str,
    csrf_token: Any,
    *,
    is_plain: bool = False,
    has_day: bool = False,
) -> SafeString:
    """The rows of these sessions, one after the other; `is_plain`: their buttons need no script."""
    drawn = [row_of(seat, event, is_plain=is_plain, has_day=has_day) for seat in seats]
    return joined(drawn, _token_in(seats), here, csrf_token)


def seat_of_page(seat: Seat, event: Event, in_line: Sequence[str], here: str, csrf_token: Any) -> SafeString:
    """What a session's own page says of its seat, its line and its star."""
    seat = _impersonal(seat)
    drawn = _drawn("_seat_of_page.html", tuple(in_line), seat, event, {"in_line": in_line})
    return joined([drawn], seat.token, here, csrf_token)


def alternatives_of(seats: Sequence[Seat], event: Event, here: str, csrf_token: Any) -> SafeString:
    """What may be had instead of something else, a line with a button each."""
    drawn = [_alternative(_impersonal(seat), event) for seat in seats]
    return joined(drawn, _token_in(seats), here, csrf_token)


def _alternative(seat: Seat, event: Event) -> str:
    session = seat.session
    said = (event.slug, event.timezone, _OF_SESSION(session), session.room and session.room.name)
    button = (seat.verb, seat.label, seat.url, seat.link, tuple([other.uuid for other in seat.give_up]))

    def draw() -> str:
        marked = {"seat": seat, "here": HERE, "csrf_token": CSRF}
        return get_template("website/partials/_alternative.html").render(marked)

    return fragments.drawn(("alternative", said, button), draw)


def group_of(group: Group, query: str) -> str:
    """One group of the timeline: its head, and the hole for its rows or the way to them."""

    def draw() -> str:
        return get_template("website/partials/_group.html").render({"group": group, "query": query})

    return draw() if group.is_drawn else fragments.drawn(("group", group.key, group.size, query), draw)


def joined(drawn: Iterable[str], token: str, here: str, csrf_token: Any) -> SafeString:
    """Rows or cells, one after the other, with what is the request's own: the personal link by its `token`."""
    html = "".join(drawn)
    # A page without a form asks for no token, and so sends no cookie.
    if CSRF in html:
        html = html.replace(CSRF, conditional_escape(str(csrf_token)))
    html = html.replace(HERE, conditional_escape(here)).replace(_TOKEN, token)
    return SafeString(html)  # nosec B703 # drawn by templates, and what was put in is escaped


def _token_in(seats: Iterable[Seat]) -> str:
    return next((seat.token for seat in seats if seat.token), "")


def row_of(seat: Seat, event: Event, **how: bool) -> str:
    """The row of a session, with marks for what is the request's own."""
    seat = _impersonal(seat)
    of_programme: Hashable = ()
    if "kept_as" not in vars(seat.session):
        of_track = seat.session.track and _OF_TRACK(seat.session.track)
        of_programme = of_track, tuple([(each.code, each.name) for each in seat.session.speakers.all()])
    return _drawn("_session_row.html", (seat.is_mine, of_programme, *how.values()), seat, event, how)


def cell_of(cell: Cell[Seat], event: Event) -> str:
    """The cell of a session, with marks for what is the request's own."""
    return _drawn(
        "_grid_cell.html", (cell.row, cell.rows, cell.column), _impersonal(cell.seat), event, {"cell": cell}
    )


def said_of(session: Session, event: Event) -> Hashable:
    """All that a row or a cell says of the session, but for its track and its speakers, as a part of a key."""
    if kept_as := vars(session).get("kept_as"):
        return kept_as
    return (
        _OF_EVENT(event),
        _OF_SESSION(session),
        session.room and session.room.name,
        session.building and session.building.name,
    )


def _drawn(template: str, said: Hashable, seat: Seat, event: Event, context: dict[str, Any]) -> str:
    """The partial, which says `said` besides the session, the star and what the visitor has."""
    key = (template, said, said_of(seat.session, event), seat.is_starred)

    def draw(**more: Any) -> str:
        marked = {**context, "seat": seat, "event": event, "here": HERE, "csrf_token": CSRF, **more}
        return get_template(f"website/partials/{template}").render(marked)

    def draw_seat() -> str:
        # Seats move all the time: what is around them is kept by itself.
        frame = fragments.drawn(("frame", key), lambda: draw(drawn_seat=_SEAT))
        return frame.replace(_SEAT, marked_state(seat, is_plain=context.get("is_plain", False)))

    # What was searched for is marked in it: hardly ever the same again.
    if seat.beginnings or seat.excerpt or not settings.FRAGMENTS_KEPT:
        return draw()
    return fragments.drawn((key, _WORDS(seat), tuple([other.uuid for other in seat.give_up])), draw_seat)


def _impersonal(seat: Seat) -> Seat:
    """The seat with a mark where its addresses have the personal link."""
    if not seat.token or not (seat.url or seat.link or seat.options):
        return seat
    return seat_with(
        seat,
        url=seat.url.replace(seat.token, _TOKEN),
        link=seat.link.replace(seat.token, _TOKEN),
        options=seat.options.replace(seat.token, _TOKEN),
    )
