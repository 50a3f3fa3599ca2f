"""Rows and cells known by figures: where all that decides is what it was before, no rule is asked again.

What stands beside a session hangs on the session, on the figures of its seats, on the moment, and on what the visitor
has. For most rows of most visitors all of it goes into a short key; the others are decided and drawn as ever. So this
holds no rule: it names what the rules look at, and where they look at more there is no key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping

from registrations.rules import clashes, in_the_way, may_limit_all
from registrations.sql import Figures, is_for_a_draw
from registrations.website.fragments import fragments
from registrations.website.grid import Cell
from registrations.website.grid_hours import Placed
from registrations.website.phases import phase_of
from registrations.website.rows import cell_of, row_of
from registrations.website.seats import Seat, seat_with, seats_for
from registrations.website.shown_programme import ShownProgramme, programme_of, sessions_now, with_seats
from registrations.website.stars import with_stars
from registrations.website.visitor import Visitor
from sessions_app.models import Session


class KnownBy:
    """What decides what stands beside a session of the programme for this visitor now, as a key."""

    def __init__(self, visitor: Visitor, programme: ShownProgramme) -> None:
        event, standing = visitor.event, visitor.standing
        self._visitor, self._programme = visitor, programme
        self._phase = phase_of(visitor)
        self._mine = in_the_way(standing, visitor.chosen)
        # What is their own says more than that: a place in line, a note, what else is chosen.
        self._own = {*standing.seats, *standing.items, *[session.pk for session in visitor.chosen]}
        self._says_more = (
            not event.allow_custom_agenda
            or may_limit_all(event)
            or (event.knows_walks and bool(visitor.mine))
        )
        self._clashes: dict[Hashable, Hashable] = {}

    def key(self, pk: int, session: Session, figures: Figures) -> Hashable | None:
        """The key for this session with these figures; None where more than that decides."""
        if self._says_more or pk in self._own or pk in self._programme.limited or is_for_a_draw(figures):
            return None
        has_started = session.has_started(self._visitor.at)
        return vars(session)["kept_as"], figures, has_started, self._clash(session), self._phase

    def _clash(self, session: Session) -> Hashable:
        """Which of what the visitor has clashes with the session."""
        if not self._mine:
            return ()
        # All that the rule looks at; sessions of one hour mostly have the same.
        times = session.starts_at, session.ends_at, session.prevent_session_conflicts
        if times not in self._clashes:
            self._clashes[times] = tuple([other.pk for other in clashes(session, self._mine)])
        return self._clashes[times]


def rows_now(visitor: Visitor, keys: Collection[int]) -> dict[int, str]:
    """The row of each of these sessions as it is now, by the session's id, with marks for the request's own."""
    stars = visitor.stars if visitor.event.allow_custom_agenda else frozenset()
    said = {pk: ("row", pk in stars) for pk in keys}

    def draw(seats: Iterable[Seat]) -> dict[int, str]:
        starred = with_stars(visitor, seats)
        return {
            seat.session.pk: row_of(seat, visitor.event, is_plain=False, has_day=False) for seat in starred
        }

    return _now(visitor, said, draw)


def cells_now(visitor: Visitor, cells: Iterable[Cell[Placed]], beginnings: tuple[str, ...]) -> dict[int, str]:
    """The cell of each of these sessions as it is now, with the words marked by which they were found."""
    places = {cell.seat.session.pk: cell for cell in cells}
    said = {pk: ("cell", cell.row, cell.rows, cell.column) for pk, cell in places.items()}

    def draw(seats: Iterable[Seat]) -> dict[int, str]:
        found = {}
        for seat in seats:
            place = places[seat.session.pk]
            marked = seat_with(seat, beginnings=beginnings) if beginnings else seat
            found[seat.session.pk] = cell_of(Cell(marked, place.row, place.rows, place.column), visitor.event)
        return found

    return _now(visitor, said, draw, is_found=bool(beginnings))


def _now(
    visitor: Visitor,
    said: Mapping[int, Hashable],
    draw: Callable[[Iterable[Seat]], dict[int, str]],
    *,
    is_found: bool = False,
) -> dict[int, str]:
    """The row or cell of each session of which more is `said` besides, known or drawn."""
    event, programme = visitor.event, programme_of(visitor.event)
    # What was searched for is marked in it: hardly ever the same again.
    if programme is None or is_found:
        return draw(seats_for(visitor, sessions_now(event, list(said))))
    now, known_by = programme.now(said), KnownBy(visitor, programme)
    keys = {
        pk: (said[pk], key)
        for pk, (session, figures) in now.items()
        if (key := known_by.key(pk, session, figures)) is not None
    }
    found = fragments.known(keys)
    rest = [with_seats(session, event, figures) for pk, (session, figures) in now.items() if pk not in found]
    drawn = draw(seats_for(visitor, rest)) if rest else {}
    fragments.keep({keys[pk]: html for pk, html in drawn.items() if pk in keys})
    return found | drawn
