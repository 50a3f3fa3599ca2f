"""Go live, stop, cancel, delete: commands, never a drop-down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import HasRegistrations
from events.models import Contact, Event, Pass
from events.retrying import action
from registrations import locks
from registrations.actions import checks, steps
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.orders._seats import within_end_chosen
from registrations.actions.orders.ending import within_end_held
from registrations.actions.programme.refunding import refund_after_commit
from registrations.models import (
    Activity,
    AttendeePass,
    EventRegistration,
    Notification,
    SessionRegistration,
)
from registrations.queries import alternatives_to, registered_by_pass
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Target = Event | Session
Verb = Activity.Verb
Kind = Notification.Kind
Status = WaitlistItem.Status


@action
def cancel_session(
    session: Session, *, actor: Actor, reason: str = "", notify: bool = True, at: datetime | None = None
) -> int:
    """Cancel the session: seats are released, lines end, everyone is told and offered other times; records stay.

    People keep their registration at the event, and whatever they were passed over for because of this session
    is looked at again. Orders that wait for payment hold no seat in it any more. Returns how many held a seat.
    Repeating is harmless.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        seats = locks.lock_seats_to_change_facts([session.seats_id])
        fresh = Session.objects.select_related("event").get(pk=session.pk)
        if fresh.cancelled_at:
            return 0
        fresh.cancelled_at, fresh.cancel_reason = at, reason[:300]
        fresh.session_status = Session.Status.APPROVED
        fresh.calendar_sequence += 1
        fresh.save(
            update_fields=[
                "cancelled_at",
                "cancel_reason",
                "session_status",
                "calendar_sequence",
                "updated_at",
            ]
        )
        journal = Journal(actor, at, seats, notify)
        by_pass = registered_by_pass(fresh)
        cause = journal.note(Verb.TARGET_CANCELLED, fresh, reason=reason)
        within_end_chosen(journal, fresh, reason)
        released = _release_session(journal, fresh, reason, at, [(each, cause) for each in by_pass])
        journal.write()
        actor.done(released)
    settle_after_commit([], journal.lost_a_seat, at)
    return released


def _release_session(
    journal: Journal,
    session: Session,
    reason: str,
    at: datetime,
    by_pass: list[tuple[EventRegistration, Activity]],
) -> int:
    others = [other.pk for other in alternatives_to(session, Standing(), held=[session], at=at)]
    payload = {"reason": reason, "alternative_ids": others, "sequence": session.calendar_sequence}
    rows = SessionRegistration.objects.active().filter(session=session)
    seats = list(rows.select_related("contact", "event_registration").order_by("id"))
    rows.update(cancelled_at=at, cancel_reason=_("session cancelled"))
    registrations = {seat.contact_id: seat.event_registration for seat in seats}
    told: list[tuple[Contact, Activity]] = [
        (seat.contact, journal.move(Verb.CANCELLED, session, seat.contact, taken=-1, reason=reason))
        for seat in seats
    ]
    told += _end_lines(journal, WaitlistItem.objects.filter(session=session), session, reason)
    known = {contact.pk for contact, _activity in told}
    told += [(each.contact, cause) for each, cause in by_pass if each.contact_id not in known]
    for contact, activity in told:
        registration = (
            registrations.get(contact.pk)
            or EventRegistration.objects.active().filter(event=session.event, contact=contact).first()
        )
        journal.tell(
            Kind.SESSION_CANCELLED,
            contact,
            activity,
            session,
            registration=registration,
            payload=payload,
        )
    return len(seats)


def _end_lines(
    journal: Journal, items: Iterable[WaitlistItem], target: Target, reason: str
) -> list[tuple[Contact, Activity]]:
    rows = WaitlistItem.objects.open().filter(pk__in=[item.pk for item in items])
    return [
        (
            item.contact,
            steps.end_item(
                journal, item, target, Status.CANCELLED, Verb.REMOVED_FROM_WAITLIST, reason=reason
            ),
        )
        for item in rows.select_related("contact", "invitation_slot").in_line()
    ]


@action
def cancel_event(
    event: Event, *, actor: Actor, reason: str = "", notify: bool = True, at: datetime | None = None
) -> int:
    """Cancel the event and with it every session: all seats are released, each person is told once.

    Orders that wait for payment end; whoever pays for one all the same is to be given the money back. Orders that were
    paid, or are owed, end right after it, the worker going on where there are many: their money is to be refunded,
    their invoices are credited, and every payer is told.

    Returns how many registrations were live. Repeating is harmless.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        contacts = EventRegistration.objects.active().filter(event=event).values_list("contact_id", flat=True)
        # Without it a claim in progress would hang a seat on a registration that ends here.
        locks.lock_contacts(set(contacts))
        sessions = list(Session.objects.filter(event=event).select_related("event"))
        passes = list(Pass.objects.filter(event=event))
        seats = locks.lock_seats_to_change_facts(steps.seats_of([event, *sessions, *passes]))
        fresh = steps.fresh_event(event)
        if fresh.cancelled_at:
            return 0
        fresh.cancelled_at, fresh.publish_status = at, Event.PublishStatus.CANCELLED
        fresh.save(update_fields=["cancelled_at", "publish_status", "updated_at"])
        # Calendars take the cancelled entries for newer than those that they have.
        Session.objects.filter(event=fresh).update(calendar_sequence=F("calendar_sequence") + 1)
        journal = Journal(actor, at, seats, notify)
        journal.note(Verb.TARGET_CANCELLED, fresh, reason=reason)
        released = _release_event(journal, fresh, reason, at)
        within_end_held(journal, fresh, reason)
        journal.write()
        actor.done(released)
    settle_after_commit([], journal.lost_a_seat, at)
    refund_after_commit(fresh, actor=actor, reason=reason, at=at)
    return released


def _release_event(journal: Journal, event: Event, reason: str, at: datetime) -> int:
    active = EventRegistration.objects.active().filter(event=event)
    # Read and ended first: the end of an item for the event ends its waitlisted registration, which is told too.
    registrations = list(active.select_related("contact").order_by("id"))
    active.update(
        status=EventRegistration.Status.CANCELLED, cancelled_at=at, cancel_reason=_("event cancelled")
    )
    seats = SessionRegistration.objects.active().filter(session__event=event)
    for seat in seats.select_related("session", "contact").order_by("id"):
        journal.move(Verb.CANCELLED, seat.session, seat.contact, taken=-1, reason=reason)
    seats.update(cancelled_at=at, cancel_reason=_("event cancelled"))
    for item in (
        WaitlistItem.objects.open()
        .filter(event=event)
        .select_related("contact", "invitation_slot", "session__event", "event")
        .order_by(F("session_id").asc(nulls_last=True), "id")
    ):
        steps.end_item(
            journal, item, item.target, Status.CANCELLED, Verb.REMOVED_FROM_WAITLIST, reason=reason
        )
    issued = AttendeePass.objects.filter(event_pass__event=event, cancelled_at=None)
    for one in issued.select_related("event_pass", "event_registration__contact"):
        journal.move(Verb.CANCELLED, one.event_pass, one.event_registration.contact, taken=-1, reason=reason)
    issued.update(cancelled_at=at)
    for registration in registrations:
        taken = -1 if registration.status == EventRegistration.Status.CONFIRMED else 0
        activity = journal.move(Verb.CANCELLED, event, registration.contact, taken=taken, reason=reason)
        journal.tell(
            Kind.EVENT_CANCELLED,
            registration.contact,
            activity,
            event,
            registration=registration,
            payload={"reason": reason},
        )
    return len(registrations)


@action
def archive(target: Event | Session | Pass, *, actor: Actor, at: datetime | None = None) -> None:
    """Delete: hide the target everywhere, once nobody hangs on it; no attendee's record breaks.

    Raises HasRegistrations, with `registered` and `waiting` counts, while somebody does, or pays for it right now.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        # Without the lock somebody could register between the count and the hiding.
        seats = locks.lock_seats_to_change_facts([target.seats_id])
        actor.ask_condition()
        checks.check_not_ordered(target)
        registered, waiting = people_on(target)
        if registered or waiting:
            raise HasRegistrations(registered=registered, waiting=waiting)
        fresh = type(target)._default_manager.get(pk=target.pk)
        fresh.archived_at = at
        fresh.save(update_fields=["archived_at", "updated_at"])
        if not isinstance(fresh, Pass):
            journal = Journal(actor, at, seats)
            journal.note(Verb.STOPPED, fresh, detail={"deleted": True})
            journal.write()


def people_on(target: Event | Session | Pass) -> tuple[int, int]:
    """How many are registered, and how many wait or are invited."""
    items = WaitlistItem.objects.open()
    if isinstance(target, Session):
        registered = SessionRegistration.objects.active().filter(session=target)
        return registered.count(), items.filter(session=target).count()
    if isinstance(target, Pass):
        issued = AttendeePass.objects.filter(event_pass=target, cancelled_at=None)
        return issued.count(), items.filter(event_pass=target).count()
    confirmed = EventRegistration.objects.active().filter(event=target)
    return confirmed.count(), items.filter(event=target).count()
