"""The fixed statement of every page of an event: the event of the address, with its places."""

from __future__ import annotations

from functools import cache

from django.db import connection, router

from events.models import Building, Event, Room, SeatCount
from registrations.sql._reading import Statement, attach


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
