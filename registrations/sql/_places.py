"""Places in line, counted from the nearer end. They are never stored: staff move people, and those in front leave."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from django.db import connection

from registrations.sql._reading import among, ids_value
from waitlists.order import LINE

_LINE = "waitlists_waitlistitem WHERE seats_id = c.id AND status = 'waiting'"
# `SeatCount.waiting` is 0 while the line is not served: then its length is not known without counting.
_IS_KNOWN = "c.waiting > 0"
_LENGTH = f"c.waiting + (SELECT count(*) FROM {_LINE} AND passed_over_at IS NOT NULL)"  # nosec B608 # names are ours


def _count(condition: str) -> str:
    return f"(SELECT count(*) FROM {_LINE} AND {condition})"  # nosec B608 # names are ours


@cache
def _text(vendor: str, order: tuple[str, ...]) -> str:
    key, first = LINE.key, "ends" if LINE.is_descending else "begins"
    return f"""
        WITH shown AS (
            SELECT id, seats_id, {key} FROM waitlists_waitlistitem
            WHERE {among("id")} AND status = 'waiting'
        ),
        spans AS (
            SELECT seats_id, min(id) AS id, min({key}) AS begins, max({key}) AS ends
            FROM shown GROUP BY seats_id
        ),
        lines AS MATERIALIZED (
            SELECT s.seats_id, s.begins, s.ends, CASE
                WHEN {_IS_KNOWN} AND 2 * s.id > (SELECT id FROM {_LINE} ORDER BY {LINE.by()} LIMIT 1)
                    + (SELECT id FROM {_LINE} ORDER BY {LINE.from_the_end()} LIMIT 1)
                THEN {_LENGTH} - {_count(f"{key} {LINE.not_ahead} s.{first}")}
                ELSE {_count(f"{key} {LINE.ahead} s.{first}")} END AS ahead
            FROM spans s JOIN events_seatcount c ON c.id = s.seats_id
        ),
        ranked AS (
            SELECT w.id, l.ahead + row_number() OVER (PARTITION BY w.seats_id ORDER BY {LINE.by("w.")}) AS place
            FROM lines l JOIN waitlists_waitlistitem w
            ON w.seats_id = l.seats_id AND w.status = 'waiting' AND w.{key} BETWEEN l.begins AND l.ends
        )
        SELECT ranked.id, ranked.place FROM ranked JOIN shown ON shown.id = ranked.id
    """  # nosec B608 # names are ours


def places_of(item_ids: Collection[int]) -> dict[int, int]:
    """The places by item id, counting from 1, passed over or not; items that are in no line are left out.

    For each line those before the first of its items are counted, and then the rows up to its last one. The line's
    length is had without counting, as those who may be served (`SeatCount.waiting`, which is 0 while nobody is)
    and those passed over; so where the first item seems to stand in the back half, those behind are counted
    instead. Which end is nearer is guessed by the ids, which grow with the line; a wrong guess costs time only.
    All in one statement, since a line that moved between two would give places that nobody had.
    """
    with connection.cursor() as cursor:
        cursor.execute(_text(connection.vendor, LINE.columns), [ids_value(item_ids)])
        return dict(cursor.fetchall())


def ahead_of(item_id: int, most: int) -> int | None:
    """The number of people before this item, counted no further than `most`; None for an item that is in no line."""
    text = f"""
        SELECT (SELECT count(*) FROM (
            SELECT w.id FROM waitlists_waitlistitem w
            WHERE w.seats_id = i.seats_id AND w.status = 'waiting' AND {LINE.row("w.")} {LINE.ahead} {LINE.row("i.")}
            LIMIT %s
        ) AS counted)
        FROM waitlists_waitlistitem i WHERE i.id = %s AND i.status = 'waiting'
    """  # nosec B608 # names are ours
    with connection.cursor() as cursor:
        cursor.execute(text, [most, item_id])
        found = cursor.fetchone()
    return found[0] if found else None


def length_of(seats_id: int) -> int:
    """The number of people in this line, passed over or not."""
    text = f"""
        SELECT CASE WHEN {_IS_KNOWN} THEN {_LENGTH} ELSE (SELECT count(*) FROM {_LINE}) END
        FROM events_seatcount c WHERE c.id = %s
    """  # nosec B608 # names are ours
    with connection.cursor() as cursor:
        cursor.execute(text, [seats_id])
        return cursor.fetchone()[0]
