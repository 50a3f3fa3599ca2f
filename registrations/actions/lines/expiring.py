"""Invitations end when their time is over; so do places in line whose holders chose a last moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import SYSTEM
from events.models import Pass
from events.retrying import action
from registrations import locks, rules
from registrations.actions import places, steps
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import do_each, settle_after_commit
from registrations.actions.targets import event_of, lock_lines, reread, target_of
from registrations.models import Activity, EventRegistration, Notification
from waitlists.models import MOST_UNTIL_HOURS, InvitationSlot, WaitlistItem


@action
def expire_invitations(at: datetime | None = None) -> int:
    """End every invitation whose deadline has passed; each held seat goes to the next in line.

    One for which an order was placed ends with the order. Those who let it pass are told and leave the line; they may
    join again at its end.
    Returns how many invitations ended. One that cannot be ended is left for the next time and its failure raised,
    once the others are done.
    """
    at = at or timezone.now()
    slots = InvitationSlot.objects.filter(closed_at=None, ordered_at=None, expires_at__lte=at)
    late = slots.order_by("expires_at", "id").values_list("id", flat=True)
    return do_each([partial(_expire_and_settle, slot_id, at) for slot_id in late])


@action
def end_late_waiting(at: datetime | None = None) -> int:
    """End every place in line whose holder wants the seat no more so shortly before the start; they are told.

    Returns how many places ended. One that cannot be ended is left for the next time and its failure raised, once the
    others are done.
    """
    at = at or timezone.now()
    latest = at + timedelta(hours=MOST_UNTIL_HOURS)
    starting = Q(session__starts_at__lte=latest) | Q(session=None, event__starts_at__lte=latest)
    rows = WaitlistItem.objects.waiting().filter(starting, until_hours__isnull=False)
    late = [item for item in rows.select_related("session", "event").in_line() if _is_late(item, at)]
    return do_each([partial(_end_late, item, at) for item in late])


def _is_late(item: WaitlistItem, at: datetime) -> bool:
    gives_up_at = rules.gives_up_at(item.until_hours, item.target)
    return gives_up_at is not None and gives_up_at <= at


def _end_late(item: WaitlistItem, at: datetime) -> int:
    with transaction.atomic(durable=True):
        journal = Journal(SYSTEM, at, lock_lines([item]))
        for mine in reread([item]):
            if mine.status == WaitlistItem.Status.WAITING and _is_late(mine, at):
                status, verb = WaitlistItem.Status.WITHDRAWN, Activity.Verb.LEFT_WAITLIST
                reason = _("As chosen: not later than %(n)d hours before the start") % {"n": mine.until_hours}
                activity = steps.end_item(journal, mine, mine.target, status, verb, reason=reason)
                payload = {"waitlist": True, "until_hours": mine.until_hours}
                mine_here = EventRegistration.objects.filter(contact=mine.contact, event=mine.event)
                journal.tell(
                    Notification.Kind.CANCELLED,
                    mine.contact,
                    activity,
                    mine.target,
                    registration=mine_here.order_by("-id").first(),
                    payload=payload,
                )
        journal.write()
    settle_after_commit(journal.freed, journal.lost_a_seat, at)
    return len(journal.activities)


def _expire_and_settle(slot_id: int, at: datetime) -> int:
    freed = _expire(slot_id, at)
    settle_after_commit(freed, [], at)
    return int(bool(freed))


def _expire(slot_id: int, at: datetime) -> set[int]:
    """End the invitation; return the seat counts of what it held, none where it had ended."""
    held = InvitationSlot.objects.get(pk=slot_id)
    held_ids = {pk for pk in (held.seats_id, held.pass_seats_id) if pk is not None}
    with transaction.atomic(durable=True):
        # Without the lock an accept and an expiry would both count the held seat as theirs.
        seats = lock_lines(_invited_for(slot_id)) or locks.lock_seats(held_ids)
        slot = InvitationSlot.objects.filter(pk=slot_id, closed_at=None, ordered_at=None).first()
        target = target_of(held.seats_id)
        if slot is None or target is None:
            return set()
        event = event_of(target)
        journal = Journal(SYSTEM, at, seats)
        items = _invited_for(slot_id)
        for item in items:
            steps.end_invited(journal, item, target, WaitlistItem.Status.EXPIRED, event)
        if not items:
            # Nobody is left who could answer; without this its seat would be held for ever.
            places.close_slot(slot, at)
            journal.move(Activity.Verb.EXPIRED, target, held=-1)
            for each in Pass.objects.filter(seats=slot.pass_seats_id):
                journal.move(Activity.Verb.RELEASED, each, held=-1)
        journal.write()
    return held_ids


def _invited_for(slot_id: int) -> list[WaitlistItem]:
    items = WaitlistItem.objects.invited().filter(invitation_slot=slot_id)
    return list(items.select_related("contact", "invitation_slot", "event_pass").in_line())
