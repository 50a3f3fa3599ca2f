"""Join a waitlist, leave it; staff invite and register from it (requirements E2, E6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.errors import Full, Invalid, NotPermitted, NoWaitlist, NotYours, WrongLevel
from events.models import Contact, Event
from registrations import locks, rules
from registrations.actions import _steps as steps
from registrations.actions._door import action
from registrations.actions._journal import Journal
from registrations.actions._serving import invite_together, promote
from registrations.actions.settling import settle_after_commit
from registrations.actors import ATTENDEE, Actor
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.outcomes import Outcome, PersonLine
from registrations.people import Attendee
from registrations.queries import standing_of, standings_of
from registrations.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Status = WaitlistItem.Status
Verb = Activity.Verb
Kind = Notification.Kind
Target = Event | Session


def _event_of(target: Target) -> Event:
    return target.event if isinstance(target, Session) else target


@action
def join_waitlist(
    target: Target,
    attendee: Attendee,
    *,
    automatically_register: bool | None = None,
    actor: Actor = ATTENDEE,
    notify: bool = True,
    at: datetime | None = None,
) -> WaitlistItem:
    """Put the person at the end of the target's line and tell them; repeating returns the same item.

    Somebody without a registration at the event gets one: for a session's line a confirmed one, for the event's
    own line a waitlisted one. Raises NoWaitlist where none is kept or a seat is free for the taking, and, for
    attendees, NotLive, Closed, CapacityMissing, and WrongLevel for a session where registrants do not choose.
    """
    at = at or timezone.now()
    attendee.check()
    with transaction.atomic(durable=True):
        contact = locks.lock_attendees([attendee])[attendee.email]
        seats = locks.lock_seats(steps.seats_of({target, _event_of(target)}))
        target = _fresh(target, seats)
        event = _event_of(target)
        standing = standing_of(contact, event)
        session_id = target.pk if isinstance(target, Session) else None
        if session_id in standing.items:
            return standing.items[session_id]
        _check_joining(target, standing, actor, at)
        journal = Journal(actor, at, seats, notify)
        registration = _registration_for(journal, target, contact, attendee, standing)
        item, activity = steps.enqueue(journal, target, contact, automatically_register=automatically_register)
        journal.tell(
            Kind.WAITLISTED,
            contact,
            activity,
            event,
            session=target if isinstance(target, Session) else None,
            registration=registration,
            payload={"automatically_register": rules.registers_automatically(item, target)},
        )
        journal.write()
    return item


def _fresh(target: Target, seats: dict) -> Target:
    """Read the target's facts after its seat count was locked."""
    event = steps.fresh_event(_event_of(target))
    steps.attach_seats(event, seats)
    return steps.fresh_sessions([target.pk], event, seats)[target.pk] if isinstance(target, Session) else event


def _check_joining(target: Target, standing: Standing, actor: Actor, at: datetime) -> None:
    is_session = isinstance(target, Session)
    has_seat = target.pk in standing.seats if is_session else _is_confirmed(standing)
    if has_seat:
        raise NoWaitlist(_("There is nothing to wait for: the seat is held already."))
    if not target.waitlist_enabled:
        raise NoWaitlist
    if isinstance(target, Session):
        if actor.is_attendee and not target.event.allow_custom_agenda:
            raise WrongLevel
        refusals = rules.refusals_to_claim(target, at=at, by_staff=not actor.is_attendee)
    else:
        refusals = rules.refusals_to_open(target, at) if actor.is_attendee else iter(())
    for refused in refusals:
        raise rules.refusal_for(refused)
    if target.seats.has_seat_for_newcomer:
        raise NoWaitlist(_("There is a free seat. Register instead of waiting."))


def _is_confirmed(standing: Standing) -> bool:
    registration = standing.registration
    return registration is not None and registration.status == EventRegistration.Status.CONFIRMED


def _registration_for(
    journal: Journal, target: Target, contact: Contact, attendee: Attendee, standing: Standing
) -> EventRegistration:
    if standing.registration is not None:
        return standing.registration
    if isinstance(target, Event):
        return steps.open_registration(journal, target, contact, attendee, waitlisted=True)
    if not target.event.seats.has_seat_for_newcomer:
        raise Full(_("The event itself is fully booked."))
    return steps.open_registration(journal, target.event, contact, attendee)


@action
def leave_waitlist(
    item: WaitlistItem, *, contact: Contact, actor: Actor = ATTENDEE, at: datetime | None = None
) -> None:
    """End the contact's own place in line, or their invitation; a seat held for them goes to the next.

    Repeating is harmless. Raises NotYours for anybody else's item.
    """
    if item.contact_id != contact.pk:
        raise NotYours
    _end([item], Status.WITHDRAWN, Verb.LEFT_WAITLIST, actor, "", at or timezone.now(), notify=False)


@action
def remove_from_waitlist(
    items: Iterable[WaitlistItem],
    *,
    actor: Actor,
    reason: str = "",
    notify: bool = True,
    at: datetime | None = None,
) -> int:
    """End these places in line on staff's word and tell the people; return how many were open."""
    return _end(
        list(items), Status.REMOVED, Verb.REMOVED_FROM_WAITLIST, actor, reason, at or timezone.now(), notify=notify
    )


def _end(
    items: list[WaitlistItem], status: Status, verb: Verb, actor: Actor, reason: str, at: datetime, *, notify: bool
) -> int:
    with transaction.atomic(durable=True):
        locked = locks.lock_seats({item.seats_id for item in items})
        journal = Journal(actor, at, locked, notify)
        rows = _reread(items)
        for item in rows:
            activity = steps.end_item(journal, item, item.target, status, verb, reason=reason)
            if status == Status.REMOVED:
                _tell_removed(journal, item, activity, reason)
        journal.write()
    settle_after_commit(journal.freed, journal.lost_a_seat, at)
    return len(rows)


def _tell_removed(journal: Journal, item: WaitlistItem, activity: Activity, reason: str) -> None:
    payload = {"reason": reason, "by_staff": True, "session_ids": [], "everything": False, "waitlist": True}
    registration = EventRegistration.objects.filter(contact=item.contact, event=item.event).order_by("-id").first()
    journal.tell(
        Kind.CANCELLED,
        item.contact,
        activity,
        item.event,
        session=item.session,
        registration=registration,
        payload=payload,
    )


def _reread(items: Iterable[WaitlistItem]) -> list[WaitlistItem]:
    """The items as they are under the lock, those still open, in line order."""
    rows = WaitlistItem.objects.open().filter(pk__in=[item.pk for item in items])
    related = ("contact", "event__seats", "session__event", "session__seats", "invitation_slot", "event_pass__seats")
    return list(rows.select_related(*related).in_line())


@action
def invite(items: Iterable[WaitlistItem], *, actor: Actor, notify: bool = True, at: datetime | None = None) -> int:
    """Hold one free seat for these people, whatever their places, until the deadline; tell them.

    All must wait for the same target. Returns how many were invited; those invited already are left as they
    are. Raises Full without a free seat, Invalid for items of several targets (requirements E6).
    """
    at = at or timezone.now()
    items = list(items)
    with transaction.atomic(durable=True):
        seats = locks.lock_seats({item.seats_id for item in items})
        rows = [item for item in _reread(items) if item.status == Status.WAITING]
        if not rows:
            return 0
        target = _one_target(rows, seats)
        if not target.seats.has_seat_for_line:
            raise Full(_("There is no free seat to offer. Raise the capacity, or register past capacity."))
        for why in rules.refusals_to_serve(target, at):
            raise NoWaitlist(_("Nobody can be invited: %(why)s.") % {"why": why})
        journal = Journal(actor, at, seats, notify)
        standings = standings_of([item.contact_id for item in rows], _event_of(target))
        invite_together(journal, target, rows, standings)
        journal.write()
    return len(rows)


def _one_target(items: list[WaitlistItem], seats: dict) -> Target:
    if len({item.seats_id for item in items}) != 1:
        raise Invalid(_("Choose people who wait for the same session."))
    target = items[0].target
    target.seats = seats[target.seats_id]
    return target


@action
def register_from_waitlist(
    items: Iterable[WaitlistItem],
    *,
    actor: Actor,
    reason: str = "",
    past_capacity: bool = False,
    notify: bool = True,
    at: datetime | None = None,
) -> list[PersonLine]:
    """Give these people the seats they wait for, in the order of the line; return what became of each.

    Without `past_capacity` only free seats are given; with it the capacity stops nobody, which is flagged and
    recorded with the reason. Raises NotPermitted or Invalid as `add_to_session` does.
    """
    at = at or timezone.now()
    items = list(items)
    if past_capacity and not actor.has_perm_past_capacity:
        raise NotPermitted(_("You may not register people past capacity. Ask an Event Administrator."))
    if past_capacity and not reason.strip():
        raise Invalid(_("Say why: it is kept in the ledger."), fields={"reason": [_("Give a reason.")]})
    with transaction.atomic(durable=True):
        locks.lock_contacts({item.contact_id for item in items})
        journal = Journal(actor, at, locks.lock_seats(_seats_for(items)), notify)
        rows = [item for item in _reread(items) if item.status != Status.ON_HOLD]
        lines = [_register_one(journal, item, reason.strip(), past_capacity) for item in rows]
        journal.write()
    settle_after_commit(journal.freed, journal.lost_a_seat, at)
    return lines


def _seats_for(items: list[WaitlistItem]) -> set[int]:
    """The seat counts of what is waited for, of passes, and of wishes on hold for an event."""
    ids = {item.seats_id for item in items}
    event_items = [item for item in items if item.session_id is None]
    held_back = WaitlistItem.objects.filter(
        status=Status.ON_HOLD,
        contact_id__in=[item.contact_id for item in event_items],
        event_id__in=[item.event_id for item in event_items],
    )
    passes = WaitlistItem.objects.filter(pk__in=[item.pk for item in items]).exclude(event_pass=None)
    return (
        ids
        | set(held_back.values_list("seats_id", flat=True))
        | set(passes.values_list("event_pass__seats_id", flat=True))
    )


def _register_one(journal: Journal, item: WaitlistItem, reason: str, past_capacity: bool) -> PersonLine:
    target = item.target
    target.seats = journal.seats[target.seats_id]  # type: ignore[assignment]
    standing = standing_of(item.contact, item.event)
    attendee = Attendee.of_contact(item.contact)
    clashing = rules.clashes(target, standing.held_sessions) if isinstance(target, Session) else []
    if clashing:
        return PersonLine(attendee, Outcome.CONFLICT, standing.registration, clashing)
    has_own_seat = item.status == Status.INVITED
    is_over = not target.seats.has_seat_for_line and not has_own_seat
    if is_over and not past_capacity:
        return PersonLine(attendee, Outcome.FULL, standing.registration)
    recorded: dict[str, object] = {"reason": reason}
    if isinstance(target, Session):
        recorded["is_past_capacity"] = is_over
    verb = Verb.ADDED_PAST_CAPACITY if is_over else Verb.PROMOTED
    seat = promote(journal, item, target, standing, verb=verb, **recorded)
    if isinstance(seat, EventRegistration) and is_over:
        seat.is_past_capacity, seat.reason = True, reason
        seat.save(update_fields=["is_past_capacity", "reason"])
    registration = seat.event_registration if isinstance(seat, SessionRegistration) else seat
    over = target.seats.past_capacity if is_over else 0
    return PersonLine(attendee, Outcome.REGISTERED, registration, is_past_capacity=is_over, over_by=over)
