"""Fixed statements of every page of an event: the event of the address, and what everybody's agenda begins with."""

from __future__ import annotations

from functools import cache

from django.db import connection, router

from events.models import Building, Event, Room, SeatCount
from registrations.sql._reading import Statement, attach
from sessions_app.models import Session, SessionTrack


@cache
def _event(vendor: str) -> Statement:
    return Statement(
        """
        FROM events_event e
        JOIN events_seatcount ec ON ec.id = e.seats_id
        LEFT JOIN events_building b ON b.id = e.building_id
        LEFT JOIN events_room o ON o.id = e.room_id
        WHERE e.slug = %s AND e.archived_at IS NULL
        """,
        e=Event,
        ec=SeatCount,
        b=Building,
        o=Room,
    )


def event_with(slug: str) -> Event | None:
    """The event with this readable ID, with its seats, building and room; None for a deleted one."""
    # A newcomer's page may be read from the replica.
    using = router.db_for_read(Event)
    for event, seats, building, room in _event(connection.vendor).rows([slug], using):
        attach(event, seats=seats, building=building, room=room)
        return event
    return None


@cache
def _of_everybody(vendor: str) -> Statement:
    return Statement(
        """
        FROM sessions_app_session s
        JOIN events_seatcount sc ON sc.id = s.seats_id
        LEFT JOIN events_building b ON b.id = s.building_id
        LEFT JOIN events_room o ON o.id = s.room_id
        LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
        WHERE s.event_id = %s AND (s.selected_by_default OR s.selection_control = 'included')
        AND s.session_status = 'live' AND s.cancelled_at IS NULL AND s.archived_at IS NULL
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
