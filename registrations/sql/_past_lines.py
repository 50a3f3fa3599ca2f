"""What became of those who waited: in lines that have ended, and in one person's line since a moment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache

from django.db import connection

from registrations.sql._reading import among, ids_value
from waitlists.order import LINE

# So many of the newest lines are read of each kind: what was longer ago says little about tomorrow.
MOST_LINES = 200
_ENDED = """
    SELECT t.id, t.seats_id, t.starts_at FROM {table} t
    WHERE t.starts_at <= %s AND t.cancelled_at IS NULL
    AND EXISTS (SELECT 1 FROM waitlists_waitlistitem w WHERE {theirs})
    ORDER BY t.starts_at DESC, t.id DESC LIMIT {most}
"""
_OF_SESSION = "w.session_id = t.id"
_OF_EVENT = "w.event_id = t.id AND w.session_id IS NULL"
_ITEMS = """
    SELECT w.id, w.seats_id, w.joined_at, w.closed_at, w.status, t.starts_at, {of_event} AS of_event
    FROM {ended} t JOIN waitlists_waitlistitem w ON {theirs} WHERE w.status <> 'on_hold'
"""
_PLACES = f"""
    WITH sessions AS ({_ENDED.format(table="sessions_app_session", theirs=_OF_SESSION, most=MOST_LINES)}),
    events AS ({_ENDED.format(table="events_event", theirs=_OF_EVENT, most=MOST_LINES)}),
    items AS (
        {_ITEMS.format(ended="sessions", theirs=_OF_SESSION, of_event=0)}
        UNION ALL {_ITEMS.format(ended="events", theirs=_OF_EVENT, of_event=1)}
    ),
    steps AS (
        SELECT id, seats_id, joined_at AS at, 1 AS step FROM items
        UNION ALL SELECT id, seats_id, closed_at, -1 FROM items WHERE closed_at IS NOT NULL
    ),
    places AS (
        SELECT id, step,
            sum(step) OVER (PARTITION BY seats_id ORDER BY at, id ROWS UNBOUNDED PRECEDING) AS place
        FROM steps
    )
    SELECT i.of_event, p.place, c.capacity, count(CASE WHEN i.status = 'registered' THEN 1 END), count(*)
    FROM places p JOIN items i ON i.id = p.id JOIN events_seatcount c ON c.id = i.seats_id
    WHERE p.step = 1 AND c.capacity IS NOT NULL AND i.joined_at < i.starts_at AND (
        i.status = 'registered'
        OR i.status NOT IN ('declined', 'expired') AND (i.closed_at IS NULL OR i.closed_at >= i.starts_at)
    )
    GROUP BY i.of_event, p.place, c.capacity
"""  # nosec B608 # names are ours


def ended_waits(at: datetime) -> list[tuple[int, int, int, int, int]]:
    """How waiting ended in the newest lines of sessions and of events that had begun `at` this moment.

    Each row: 1 for a line of an event, 0 for one of a session; the place at joining, among those who then waited or
    were invited; the capacity; how many of those who joined there got a seat, and how many they were. Whoever left,
    was removed, or was offered a seat and did not take it is in no row; nor is whoever was on hold to the end.
    """
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [moment, moment])
        return cursor.fetchall()


@cache
def _moved(vendor: str, order: tuple[str, ...]) -> str:
    return f"""
        SELECT mine.id, (
            SELECT count(*) FROM waitlists_waitlistitem w
            LEFT JOIN waitlists_invitationslot slot ON slot.id = w.invitation_slot_id
            WHERE w.session_id = mine.session_id AND {LINE.row("w.")} {LINE.ahead} {LINE.row("mine.")}
            AND (w.closed_at > mine.since OR w.status = 'invited' AND slot.opened_at > mine.since)
            AND NOT EXISTS (
                SELECT 1 FROM registrations_activity a WHERE a.contact_id = w.contact_id AND a.event_id = w.event_id
                AND a.session_id = w.session_id AND a.verb IN ('invited', 'on_hold') AND a.at >= w.joined_at
                AND a.at <= mine.since
            )
        ) - (
            SELECT count(DISTINCT w.id) FROM registrations_activity a
            JOIN waitlists_waitlistitem w ON w.contact_id = a.contact_id AND w.session_id = a.session_id
            WHERE a.session_id = mine.session_id AND a.at > mine.since
            AND a.verb IN ('waitlisted', 'back_in_line', 'moved_in_line')
            AND w.status = 'waiting' AND {LINE.row("w.")} {LINE.ahead} {LINE.row("mine.")}
        )
        FROM (
            SELECT w.id, w.session_id, w.joined_at, CASE WHEN w.joined_at > %s THEN w.joined_at ELSE %s END AS since
            FROM waitlists_waitlistitem w
            WHERE {among("w.id")} AND w.status = 'waiting' AND w.session_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM registrations_activity a WHERE a.contact_id = w.contact_id
                AND a.event_id = w.event_id AND a.session_id = w.session_id AND a.verb = 'moved_in_line' AND a.at > %s
            )
        ) mine
    """  # nosec B608 # names are ours


def moved_up(item_ids: Collection[int], since: datetime) -> dict[int, int]:
    """By how many places each item in a session's line has moved up since then, or since it joined; those that did.

    Whoever stood before it and is gone counts, less those who have come to stand before it. Where that cannot be
    told from having stood there all along, it is rather a place too few than one too many; whom staff moved
    themselves since then is left out.
    """
    moment = connection.ops.adapt_datetimefield_value(since)
    with connection.cursor() as cursor:
        cursor.execute(_moved(connection.vendor, LINE.columns), [moment, moment, ids_value(item_ids), moment])
        return {pk: places for pk, places in cursor.fetchall() if places > 0}
