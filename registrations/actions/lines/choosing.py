"""Whoever waits chooses anew how a seat reaches them, and until when they want it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.actors import ATTENDEE, Actor
from events.errors import NotWaiting, NotYours
from events.models import Contact
from events.retrying import action
from registrations import locks
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.targets import fresh, reread
from registrations.models import Activity
from registrations.queries import position
from registrations.rules.choices import Choices
from waitlists.models import WaitlistItem


@action
def choose_waiting(
    item: WaitlistItem,
    choices: Choices,
    *,
    contact: Contact,
    alone: bool = False,
    actor: Actor = ATTENDEE,
    at: datetime | None = None,
) -> WaitlistItem:
    """Let the place in line be what the contact chooses now; with `alone` they wait with their group no more.

    Nobody's place changes. Whoever was passed over for what they chose is looked at again. Raises NotYours for anybody
    else's item, NotWaiting for one that is not in line (any more), and Invalid where by these choices they would be
    passed over at once: the place they have is told.
    """
    at = at or timezone.now()
    if item.contact_id != contact.pk:
        raise NotYours
    choices.check()
    with transaction.atomic(durable=True):
        # Without it the line could be served by what was chosen before.
        seats = locks.lock_seats([item.seats_id])
        mine = next((row for row in reread([item]) if row.status == WaitlistItem.Status.WAITING), None)
        if mine is None:
            raise NotWaiting
        target = fresh(mine.target, seats)
        choices.check_in_line(target, position(mine) or 0, at)
        journal = Journal(actor, at, seats)
        detail = _change(mine, choices, alone=alone)
        if detail:
            journal.note(Activity.Verb.WAITING_CHOSEN, target, mine.contact, detail=detail)
        journal.write()
    settle_after_commit([item.seats_id], [contact.pk], at)
    return mine


def _change(item: WaitlistItem, choices: Choices, *, alone: bool) -> dict[str, object]:
    """Write what is chosen otherwise; return it with what was chosen before, for the ledger."""
    new = choices.as_columns()
    if alone and item.together is not None:
        new["together"] = None
    changed = {name: value for name, value in new.items() if getattr(item, name) != value}
    before = {name: getattr(item, name) for name in changed if name != "together"}
    for name, value in changed.items():
        setattr(item, name, value)
    if changed:
        item.save(update_fields=list(changed))
    after = {name: value for name, value in changed.items() if name != "together"}
    said: dict[str, object] = {"before": before, "after": after} if after else {}
    return said | ({"alone": True} if "together" in changed else {})
