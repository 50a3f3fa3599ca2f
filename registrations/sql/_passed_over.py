"""Fixed statements that find whoever was passed over in a line: mostly nobody, which costs next to nothing to know."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection

from registrations.sql._reading import among, ids_value


def lacking_seats(seat_ids: Collection[int]) -> set[int]:
    """The waiting items of these lines that were passed over because too few seats were free for their group."""
    return _ids(f"passed_over_code = 'too_few_seats' AND {among('seats_id')}", [seat_ids])


def passed_over(
    contact_ids: Collection[int],
    seat_ids: Collection[int],
    pass_seat_ids: Collection[int],
    shorter_seat_ids: Collection[int],
) -> set[int]:
    """The waiting items passed over of these contacts, in these lines or with one of these passes.

    In the lines of `shorter_seat_ids` those who look at their place or wait together.
    """
    of_pass = f"event_pass_id IN (SELECT id FROM events_pass WHERE {among('seats_id')})"  # nosec B608 # names are ours
    choosy = f"({among('seats_id')} AND (together IS NOT NULL OR place_at_most IS NOT NULL))"
    conditions = [
        (among("contact_id"), contact_ids),
        (among("seats_id"), seat_ids),
        (of_pass, pass_seat_ids),
        (choosy, shorter_seat_ids),
    ]
    wanted = [(text, ids) for text, ids in conditions if ids]
    return _ids(f"({' OR '.join(text for text, _ids in wanted)})", [ids for _text, ids in wanted])


def _ids(condition: str, parameters: list[Collection[int]]) -> set[int]:
    text = f"""
        SELECT id FROM waitlists_waitlistitem
        WHERE status = 'waiting' AND passed_over_at IS NOT NULL AND {condition}
    """  # nosec B608 # names are ours
    values: list[Any] = [ids_value(ids) for ids in parameters]
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return {pk for (pk,) in cursor.fetchall()}
