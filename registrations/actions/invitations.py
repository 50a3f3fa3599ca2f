"""Accept or decline an offered seat (requirements E3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.errors import Conflict, InvitationGone, NotLive, NotYours
from events.models import Contact, Event
from registrations import locks, rules
from registrations.actions import _steps as steps
from registrations.actions._door import action
from registrations.actions._journal import Journal
from registrations.actions._serving import promote
from registrations.actions._targets import fresh, reread, seats_for
from registrations.actions.settling import settle_after_commit
from registrations.actors import ATTENDEE
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.queries import standing_of
from sessions_app.models import Session
from waitlists.models import InvitationSlot, WaitlistItem

Status = WaitlistItem.Status
Verb = Activity.Verb


@action
def accept_invitation(
    item: WaitlistItem, *, contact: Contact, at: datetime | None = None
) -> SessionRegistration | EventRegistration:
    """Turn the held seat into the contact's; the others invited for it are told and return to their places.

    The first to accept gets it. Accepting goes on after registration has closed, not after the start. Raises
    NotYours for anybody else's invitation, InvitationGone when it was answered or its deadline has passed,
    Conflict when the contact holds an overlapping session, NotLive for what is cancelled or stopped.
    """
    at = at or timezone.now()
    if item.contact_id != contact.pk:
        raise NotYours
    with transaction.atomic(durable=True):
        locks.lock_contacts([contact.pk])
        journal = Journal(ATTENDEE, at, locks.lock_seats(seats_for([item])))
        mine = next((row for row in reread([item]) if row.status == Status.INVITED), None)
        slot = mine.invitation_slot if mine else None
        if mine is None or slot is None or slot.expires_at <= at:
            raise InvitationGone
        target = fresh(mine.target, dict(journal.seats))
        standing = standing_of(contact, mine.event)
        _check(target, standing.held_sessions)
        others = _step_back(journal, slot, mine, target)
        seat = promote(journal, mine, target, standing, verb=Verb.ACCEPTED)
        _tell_others(journal, others, target)
        journal.write()
    settle_after_commit([target.seats_id], [], at)
    return seat


def _check(target: Event | Session, held: list[Session]) -> None:
    event = target.event if isinstance(target, Session) else target
    if not (event.is_live and target.is_live):
        raise NotLive
    if isinstance(target, Session):
        clashing = rules.clashes(target, held)
        if clashing:
            raise Conflict(conflicts_with=clashing)


def _step_back(
    journal: Journal, slot: InvitationSlot, mine: WaitlistItem, target: Event | Session
) -> list[tuple[WaitlistItem, Activity]]:
    """Return the slot's other people to the line; they joined earlier than those behind, so they stay first."""
    others = WaitlistItem.objects.invited().filter(invitation_slot=slot).exclude(pk=mine.pk)
    moved = []
    for item in others.select_related("contact", "event").in_line():
        item.status, item.invitation_slot = Status.WAITING, None
        item.save(update_fields=["status", "invitation_slot"])
        activity = journal.move(Verb.BACK_IN_LINE, target, item.contact, waiting=rules.weight(item, target))
        moved.append((item, activity))
    return moved


def _tell_others(
    journal: Journal, others: list[tuple[WaitlistItem, Activity]], target: Event | Session
) -> None:
    event = target.event if isinstance(target, Session) else target
    contacts = [item.contact_id for item, _activity in others]
    rows = EventRegistration.objects.active().filter(event=event, contact_id__in=contacts)
    registrations = {registration.contact_id: registration for registration in rows}
    for item, activity in others:
        journal.tell(
            Notification.Kind.INVITATION_TAKEN,
            item.contact,
            activity,
            event,
            session=target if isinstance(target, Session) else None,
            registration=registrations.get(item.contact_id),
            payload={"item_id": item.pk},
        )


@action
def decline_invitation(item: WaitlistItem, *, contact: Contact, at: datetime | None = None) -> None:
    """End the contact's invitation; once nobody is left who was invited for the seat, the next in line are served.

    Raises NotYours for anybody else's, InvitationGone when it was answered or has expired.
    """
    at = at or timezone.now()
    if item.contact_id != contact.pk:
        raise NotYours
    with transaction.atomic(durable=True):
        seats = locks.lock_seats([item.seats_id])
        mine = next((row for row in reread([item]) if row.status == Status.INVITED), None)
        if mine is None:
            raise InvitationGone
        journal = Journal(ATTENDEE, at, seats)
        steps.end_invited(journal, mine, mine.target, Status.DECLINED, mine.event)
        journal.write()
    settle_after_commit(journal.freed, [], at)
