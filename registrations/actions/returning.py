"""Those who wait together and lacked only seats come back into line in the transaction that frees enough of them.

Without it somebody new could take one of these seats between that commit and the moment when the line is served.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from events.models import Event
from registrations import rules
from registrations.models import Activity
from sessions_app.models import Session
from waitlists.models import WaitlistItem

if TYPE_CHECKING:
    from registrations.actions.journal import Journal

Code = WaitlistItem.PassedOver


def let_groups_return(journal: Journal, seat_ids: Iterable[int]) -> None:
    """Put groups back in line for whom enough of these seats are free now, the oldest first.

    Needs: the seat counts. Whatever else keeps one of them back is found when they are served.
    """
    able = {pk for pk in seat_ids if (free := journal.seats[pk].free) is None or free > 1}
    if not able:
        return
    lacking = WaitlistItem.objects.waiting().filter(
        seats_id__in=able, passed_over_at__isnull=False, passed_over_code=Code.TOO_FEW_SEATS
    )
    closed = [item.pk for item in journal.items_closed]
    rows = lacking.exclude(pk__in=closed).select_related("contact", "session__event").in_line()
    groups: dict[object, list[WaitlistItem]] = {}
    for item in rows:
        groups.setdefault(item.together, []).append(item)
    left = {pk: journal.seats[pk].free for pk in able}
    for group in groups.values():
        free = left[group[0].seats_id]
        if free is None or free >= len(group):
            left[group[0].seats_id] = None if free is None else free - len(group)
            for item in group:
                back_in_line(journal, item, item.target)


def back_in_line(journal: Journal, item: WaitlistItem, target: Event | Session) -> None:
    """Let a passed-over item keep newcomers from a seat again. Needs: the target's seat count."""
    if item.passed_over_at is None:
        return
    item.passed_over_at, item.passed_over_code, item.passed_over_reason = None, "", ""
    item.save(update_fields=["passed_over_at", "passed_over_code", "passed_over_reason"])
    journal.move(Activity.Verb.BACK_IN_LINE, target, item.contact, waiting=rules.weight(item, target))
