"""Fixed statements of every page of an event: the event of the address, and what everybody's agenda begins with."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, connections, router

from events import shown
from events.models import Building, Event, Room, SeatCount
from registrations.sql._reading import Shape, Statement, attach
from sessions_app.models import Session, SessionTrack

# The words of the event's changes, and of those that concern every event: each added up.
_REVISION = ", ".join(
    f"(SELECT sum(word) FROM {shown.TABLE} WHERE event_id = {which})"  # nosec B608 # ours
    for which in ("{event}", "0")
)
# Both, of the event that a statement names so.
REVISION_OF_E = [_REVISION.format(event="e.id")]
_PARTS: tuple[tuple[type[Any], str], ...] = ((Event, "e"), (SeatCount, "ec"), (Building, "b"), (Room, "o"))


@cache
def _event(vendor: str) -> tuple[str, list[tuple[int, int, Shape]]]:
    parts, columns, begin = [], [], 0
    for model, alias in _PARTS:
        shape = Shape(model, alias, "")
        parts.append((begin, begin := begin + len(shape.names), shape))
        columns.append(shape.columns)
    text = f"""
        SELECT {", ".join([*columns, *REVISION_OF_E])}
        FROM events_event e
        JOIN events_seatcount ec ON ec.id = e.seats_id
        LEFT JOIN events_building b ON b.id = e.building_id
        LEFT JOIN events_room o ON o.id = e.room_id
        WHERE e.slug = %s AND e.archived_at IS NULL
        """  # nosec B608 # names are ours
    return text, parts


def event_with(slug: str) -> Event | None:
    """The event with this readable ID, with its seats, building and room; None for a deleted one.

    It carries the revision of what its public pages show.
    """
    text, parts = _event(connection.vendor)
    # A newcomer's page may be read from the replica: revision and rows then come from there.
    with connections[router.db_for_read(Event)].cursor() as cursor:
        cursor.execute(text, [slug])
        row = cursor.fetchone()
    if row is None:
        return None
    event, *related = (shape.read(row[begin:end]) if row[begin] else None for begin, end, shape in parts)
    assert isinstance(event, Event)
    attach(event, **dict(zip(("seats", "building", "room"), related, strict=True)))
    event.shown_as = revision_in(*row[-2:])
    return event


@cache
def _numbered(vendor: str) -> Statement:
    text = "FROM events_event e JOIN events_seatcount ec ON ec.id = e.seats_id WHERE e.id = %s"
    return Statement(text, e=Event, ec=SeatCount)


def event_numbered(pk: int) -> Event | None:
    """The event with this id, with its seats; None for a deleted one."""
    event = event_even_archived(pk)
    return event if event and event.archived_at is None else None


def event_even_archived(pk: int) -> Event | None:
    """The event with this id, with its seats, even a deleted one; None where there is none."""
    for event, seats in _numbered(connection.vendor).rows([pk]):
        attach(event, seats=seats)
        return event
    return None


def revision_of(event: Event) -> Any:
    """The revision of what the event's public pages show as it is now; None where nobody knows."""
    with connections[router.db_for_read(Event)].cursor() as cursor:
        cursor.execute(f"SELECT {_REVISION.format(event='%s')}", [event.pk])  # nosec B608 # ours
        return revision_in(*cursor.fetchone())


def revision_in(of_event: Any, of_all: Any) -> Any:
    """The revision that the two columns say; None while nobody watches the tables, as in the midst of a migration."""
    return None if of_all is None else (of_event, of_all)


_FOR_EVERYBODY = """
    s.event_id = %s AND (s.selected_by_default OR s.selection_control = 'included')
    AND s.session_status = 'live' AND s.cancelled_at IS NULL AND s.archived_at IS NULL
"""


@cache
def _of_everybody(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM sessions_app_session s
        JOIN events_seatcount sc ON sc.id = s.seats_id
        LEFT JOIN events_building b ON b.id = s.building_id
        LEFT JOIN events_room o ON o.id = s.room_id
        LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
        WHERE {_FOR_EVERYBODY}
        ORDER BY CASE WHEN s.starts_at IS NULL THEN 1 ELSE 0 END, s.starts_at, s.name, s.id
        """,
        s=Session,
        sc=SeatCount,
        b=Building,
        o=Room,
        t=SessionTrack,
    )


def sessions_of_everybody(event: Event) -> list[Session]:
    """The live sessions that are selected by default or included for everybody, in programme order."""
    found = _of_everybody(connection.vendor).rows([event.pk], router.db_for_read(Session))
    for session, seats, building, room, track in found:
        attach(session, event=event, seats=seats, building=building, room=room, track=track)
    return [row[0] for row in found]


# By event: the revision of what its pages show, and whether it has such sessions then. Most events have none.
_have_such: dict[int, tuple[Any, bool]] = {}
MOST_KNOWN = 2_000


def may_have_sessions_of_everybody(event: Event) -> bool:
    """False where the event has no such sessions, by the revision that it carries; asked once for each revision.

    That is older than any lock of the request: whoever gives seats reads the sessions themselves.
    """
    if event.shown_as is None or not settings.FRAGMENTS_KEPT:
        return True
    revision, found = _have_such.get(event.pk, (None, True))
    if revision == event.shown_as:
        return found
    text = f"""
        SELECT {_REVISION.format(event="%s")}, EXISTS (SELECT 1 FROM sessions_app_session s WHERE {_FOR_EVERYBODY})
    """  # nosec B608 # ours
    with connections[router.db_for_read(Session)].cursor() as cursor:
        cursor.execute(text, [event.pk, event.pk])
        *words, there = cursor.fetchone()
    if len(_have_such) >= MOST_KNOWN:
        _have_such.clear()
    _have_such[event.pk] = revision_in(*words), bool(there)
    return bool(there)
