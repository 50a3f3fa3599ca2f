"""Join a waitlist, leave it; staff invite and register from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import ATTENDEE, Actor
from events.errors import Invalid, NotYours, NoWaitlist, WrongLevel
from events.models import Contact, Event, SeatCount
from events.retrying import action
from registrations import locks, rules
from registrations.actions import checks, giving, places, steps
from registrations.actions.decisions import Decision, decided_in
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.targets import Target, event_of, fresh, lock_lines, reread
from registrations.models import Activity, EventRegistration, Notification
from registrations.queries import included_sessions, standing_of
from registrations.rules.doors import claiming, joining
from registrations.rules.people import Attendee
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Status = WaitlistItem.Status
Verb = Activity.Verb
Kind = Notification.Kind


@action
def join_waitlist(
    target: Target,
    attendee: Attendee,
    *,
    automatically_register: bool | None = None,
    when_clashing: WaitlistItem.WhenClashing = WaitlistItem.WhenClashing.ASK,
    actor: Actor = ATTENDEE,
    reason: str = "",
    override_closed: bool = False,
    notify: bool = True,
    at: datetime | None = None,
) -> WaitlistItem:
    """Put the person at the end of the target's line and tell them; repeating returns the same item.

    Somebody without a registration at the event gets one: for a session's line a confirmed one, for the event's
    own line a waitlisted one. Somebody who waits for the event itself has the session on hold until its seat
    comes. Raises NoWaitlist where none is kept or a seat is free for the taking, NotInPass, CapacityMissing, Closed
    after closing or start unless `override_closed`, which is recorded with the reason, and, for attendees and API
    clients, NotLive, NotOpenYet, WrongLevel for a session where registrants do not choose, and Invalid for a newcomer
    where a pass has to be chosen. Raises NotPermitted or Invalid as `add_to_session` does.
    """
    at = at or timezone.now()
    decision = Decision.checked(actor, reason, override_closed=override_closed)
    attendee.check()
    words = {"automatically_register": automatically_register, "when_clashing": when_clashing}
    with transaction.atomic(durable=True):
        contact, target, seats, included = _locked(target, attendee)
        standing = standing_of(contact, event_of(target))
        session_id = target.pk if isinstance(target, Session) else None
        checks.check_still_registered(attendee, standing)
        if session_id in standing.items:
            return standing.items[session_id]
        words |= _check_joining(target, standing, decision, at)
        journal = Journal(actor, at, seats, notify)
        registration = _registered(journal, target, contact, attendee, standing, included, decision)
        item = _take_place(journal, target, registration, words)
        journal.write()
        return actor.done(item)


def _locked(
    target: Target, attendee: Attendee
) -> tuple[Contact, Target, dict[int, SeatCount], list[Session]]:
    """The contact, the target and the included sessions, all that a newcomer would take locked in its order."""
    contact = locks.lock_attendees([attendee])[attendee.email]
    included = included_sessions(event_of(target))
    seats = locks.lock_seats(steps.seats_of({target, event_of(target), *included}))
    return contact, fresh(target, seats), seats, included


def _take_place(
    journal: Journal, target: Target, registration: EventRegistration, words: dict[str, Any]
) -> WaitlistItem:
    is_on_hold = isinstance(target, Session) and not _is_confirmed(registration)
    item, activity = places.enqueue(journal, target, registration.contact, on_hold=is_on_hold, **words)
    _tell_joined(journal, item, target, registration, activity)
    return item


def _registered(
    journal: Journal,
    target: Target,
    contact: Contact,
    attendee: Attendee,
    standing: Standing,
    included: Iterable[Session],
    decision: Decision,
) -> EventRegistration:
    """The contact's registration, made if need be and then given the included sessions."""
    registration = _registration_for(journal, target, contact, attendee, standing, decision)
    if standing.registration is None:
        others = [session.pk for session in included if session.seats_id != target.seats_id]
        given = steps.fresh_sessions(others, event_of(target), journal.seats)
        _give_included(journal, registration, given.values(), standing)
    return registration


def _give_included(
    journal: Journal, registration: EventRegistration, included: Iterable[Session], standing: Standing
) -> None:
    """Give a new registrant the included sessions; who waits for the event has them on hold until then."""
    if _is_confirmed(registration):
        by_staff = not journal.actor.obeys_self_service
        giving.give_included(journal, registration, included, standing, by_staff=by_staff)
        return
    for session in included:
        places.enqueue(journal, session, registration.contact, automatically_register=None, on_hold=True)


def _tell_joined(
    journal: Journal, item: WaitlistItem, target: Target, registration: EventRegistration, activity: Activity
) -> None:
    payload: dict[str, object] = {"automatically_register": rules.registers_automatically(item, target)}
    if item.status == Status.ON_HOLD:
        payload["on_hold_session_ids"] = [target.pk]
    journal.tell(
        Kind.WAITLISTED,
        registration.contact,
        activity,
        # A wish on hold is told as part of waiting for the event.
        target if item.status == Status.WAITING else event_of(target),
        registration=registration,
        payload=payload,
    )


def _check_joining(target: Target, standing: Standing, decision: Decision, at: datetime) -> dict[str, Any]:
    """Raise what refuses a place in line; return what the ledger keeps of what was decided past."""
    actor = decision.actor
    _check_has_pass(target, standing, actor)
    door = joining(decision.overlooks, by_staff=not actor.obeys_self_service)
    if isinstance(target, Session):
        found = rules.refusals_to_seat(target, standing, standing.held_sessions, at=at)
    else:
        found = rules.refusals_to_open(target, at)
    is_session = isinstance(target, Session)
    has_seat = target.pk in standing.seats if is_session else _is_confirmed(standing.registration)
    if has_seat:
        raise NoWaitlist(_("There is nothing to wait for: the seat is held already."))
    if not target.waitlist_enabled:
        raise NoWaitlist
    if is_session and actor.obeys_self_service and not event_of(target).allow_custom_agenda:
        raise WrongLevel
    refused, overlooked = rules.judged(found, door)
    if refused:
        raise refused[0].refusal()
    if target.seats.has_seat_for_newcomer:
        raise NoWaitlist(_("There is a free seat. Register instead of waiting."))
    detail = decided_in(overlooked, decision.overlooks)
    return {"reason": decision.reason, "detail": detail} if detail else {}


def _is_confirmed(registration: EventRegistration | None) -> bool:
    return registration is not None and registration.status == EventRegistration.Status.CONFIRMED


def _check_has_pass(target: Target, standing: Standing, actor: Actor) -> None:
    """Raise Invalid for a newcomer who would register without a pass by waiting."""
    event = event_of(target)
    needs_pass = isinstance(target, Event) or event.passes_with_agenda
    if (
        standing.registration is None
        and actor.obeys_self_service
        and needs_pass
        and event.passes.offered().exists()
    ):
        raise Invalid(_("Choose a pass."), fields={"event_pass": [_("Choose a pass.")]})


def _registration_for(
    journal: Journal,
    target: Target,
    contact: Contact,
    attendee: Attendee,
    standing: Standing,
    decision: Decision,
) -> EventRegistration:
    if standing.registration is not None:
        return standing.registration
    if isinstance(target, Event):
        return giving.open_registration(journal, target, contact, attendee, waitlisted=True)
    door = claiming(decision.overlooks, by_staff=not journal.actor.obeys_self_service)
    rules.check(rules.refusals_at_event(target.event, None, at=journal.at), door)
    return giving.open_registration(journal, target.event, contact, attendee)


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
        list(items),
        Status.REMOVED,
        Verb.REMOVED_FROM_WAITLIST,
        actor,
        reason,
        at or timezone.now(),
        notify=notify,
    )


def _end(
    items: list[WaitlistItem],
    status: Status,
    verb: Verb,
    actor: Actor,
    reason: str,
    at: datetime,
    *,
    notify: bool,
) -> int:
    with transaction.atomic(durable=True):
        journal = Journal(actor, at, lock_lines(items), notify)
        actor.ask_condition()
        rows = reread(items)
        for item in rows:
            activity = steps.end_item(journal, item, item.target, status, verb, reason=reason)
            if status == Status.REMOVED:
                _tell_removed(journal, item, activity, reason)
        journal.write()
        actor.done(len(rows))
    settle_after_commit(journal.freed, journal.lost_a_seat, at)
    return len(rows)


def _tell_removed(journal: Journal, item: WaitlistItem, activity: Activity, reason: str) -> None:
    payload = {"reason": reason, "by_staff": True, "session_ids": [], "everything": False, "waitlist": True}
    registration = (
        EventRegistration.objects.filter(contact=item.contact, event=item.event).order_by("-id").first()
    )
    journal.tell(
        Kind.CANCELLED,
        item.contact,
        activity,
        item.target,
        registration=registration,
        payload=payload,
    )
