"""Groups of people who wait together and lack only seats: which of them could be served by those that are free now."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from events.models import SeatCount
from registrations import sql
from waitlists.models import WaitlistItem


def groups_that_fit(
    seats: Mapping[int, SeatCount], seat_ids: Collection[int], closed: Collection[WaitlistItem] = ()
) -> list[WaitlistItem]:
    """The passed-over items of groups for whom enough of these seats are free now, the oldest group first.

    `closed` are places that end in the same transaction, and may stand open in the database. Whatever else keeps a
    group back is found when it is served.
    """
    able = {pk for pk in seat_ids if (free := seats[pk].free) is None or free > 1}
    if not able:
        return []
    lacking = sql.lacking_seats(able) - {item.pk for item in closed}
    if not lacking:
        return []
    rows = WaitlistItem.objects.filter(pk__in=lacking)
    groups: dict[object, list[WaitlistItem]] = {}
    for item in rows.select_related("contact", "event", "session__event").in_line():
        groups.setdefault(item.together, []).append(item)
    left, fitting = {pk: seats[pk].free for pk in able}, []
    for group in groups.values():
        free = left[group[0].seats_id]
        if free is None or free >= len(group):
            left[group[0].seats_id] = None if free is None else free - len(group)
            fitting += group
    return fitting
