"""Staff move somebody in line; the order is the moment of joining, so that moment is what changes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import Invalid
from events.retrying import action
from registrations import locks
from registrations.actions.journal import Journal
from registrations.actions.lines.hindrances import too_far_back
from registrations.actions.lines.serving import pass_over
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.targets import reread
from registrations.models import Activity
from registrations.queries import positions
from waitlists.models import WaitlistItem
from waitlists.order import LINE


@action
def move_in_line(
    item: WaitlistItem, *, before: WaitlistItem, actor: Actor, reason: str = "", at: datetime | None = None
) -> WaitlistItem:
    """Put a waiting item right before another of the same line; everybody else keeps their order.

    The ledger keeps who did it, why, and since when the contact really waits. Raises Invalid for items of
    different lines, or no longer waiting.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        # Without it a promotion could read the line half moved.
        seats = locks.lock_seats({item.seats_id, before.seats_id})
        rows = {row.pk: row for row in reread([item, before]) if row.status == WaitlistItem.Status.WAITING}
        # One and the same person is one row.
        if len(rows) != len((item, before)) or item.seats_id != before.seats_id:
            raise Invalid(_("Choose two people who wait in the same line."))
        mine, other = rows[item.pk], rows[before.pk]
        journal = Journal(actor, at, seats)
        detail = {"joined_at": mine.joined_at.isoformat(), "before": other.contact_id}
        if mine.passed_over_at:
            # It stays so, and whoever is told of the line later must not think otherwise.
            detail["passed_over_reason"] = mine.passed_over_reason
        changed = LINE.put_before(mine, other)
        _make_room(mine, other)
        mine.save(update_fields=changed)
        _pass_over_too_far_back(journal, mine)
        journal.note(Activity.Verb.MOVED_IN_LINE, mine.target, mine.contact, reason=reason, detail=detail)
        journal.write()
    # Who is far enough forward again, by what they chose, is in line again.
    settle_after_commit([item.seats_id], [], at)
    return mine


def _pass_over_too_far_back(journal: Journal, moved: WaitlistItem) -> None:
    """Pass over those who stand behind the place now up to which they wait; they keep their places."""
    line = WaitlistItem.objects.eligible().filter(seats_id=moved.seats_id, place_at_most__isnull=False)
    items = list(line.select_related("contact", "session__event", "event").in_line())
    places = positions(items)
    for item in items:
        if hindrance := too_far_back(item, places[item.pk]):
            pass_over(journal, item, item.target, hindrance)


def _make_room(mine: WaitlistItem, other: WaitlistItem) -> None:
    """Shift those ahead of `other` back in time by as little as keeps them ahead of `mine`."""
    line = WaitlistItem.objects.open().filter(seats_id=other.seats_id).exclude(pk=mine.pk)
    ahead = line.filter(LINE.is_ahead_of(other))
    if ahead.exclude(LINE.is_ahead_of(mine)).exists():
        ahead.update(joined_at=F("joined_at") - 2 * LINE.step)
