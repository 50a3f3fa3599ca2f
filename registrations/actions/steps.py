"""Shared steps of the actions. Each expects the locks named in its docstring to be held."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db.models import F

from events.errors import Busy
from events.models import Contact, Event, Pass, SeatCount
from registrations import sql
from registrations.actions import places
from registrations.actions.journal import Journal
from registrations.models import (
    Activity,
    EventRegistration,
    Notification,
    SessionRegistration,
)
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Status = WaitlistItem.Status
Verb = Activity.Verb


def fresh_event(event: Event) -> Event:
    """Read the event's facts anew."""
    found = sql.event_even_archived(event.pk)
    if found is None:
        raise Event.DoesNotExist
    return found


def fresh_sessions(ids: Iterable[int], event: Event, seats: Mapping[int, SeatCount]) -> dict[int, Session]:
    """Read the sessions' facts after their seat counts were locked, with the locked counts attached."""
    sessions = {}
    for session in sql.sessions_numbered(set(ids)):
        session.event = event
        if session.seats_id in seats:
            session.seats = seats[session.seats_id]
        sessions[session.pk] = session
    return sessions


def attach_seats(event: Event, seats: dict[int, SeatCount]) -> None:
    """Make the event carry its locked seat count where it was locked."""
    if event.seats_id in seats:
        event.seats = seats[event.seats_id]


def seats_of(targets: Iterable[Event | Session | Pass]) -> set[int]:
    """The ids of the targets' seat counts."""
    return {target.seats_id for target in targets}


def seats_waited_for(event: Event, contacts: Mapping[str, Contact]) -> set[int]:
    """The seat counts of what these contacts get with the event's seat: the pass they chose, wishes on hold."""
    people = [contact.pk for contact in contacts.values()]
    items = WaitlistItem.objects.open().filter(event=event, contact_id__in=people)
    passes = items.filter(session=None).exclude(event_pass=None)
    on_hold = items.filter(status=WaitlistItem.Status.ON_HOLD)
    return {
        *passes.values_list("event_pass__seats_id", flat=True),
        *on_hold.values_list("seats_id", flat=True),
    }


def passes_waited_with(items: Iterable[WaitlistItem]) -> set[int]:
    """The seat counts of the passes with which these people wait for an event: an invitation may hold one of them."""
    passes = {item.event_pass_id for item in items if item.event_pass_id and item.session_id is None}
    return set(Pass.objects.filter(pk__in=passes).values_list("seats_id", flat=True)) if passes else set()


def give_back(
    journal: Journal,
    seat: SessionRegistration,
    session: Session,
    *,
    verb: Activity.Verb = Verb.CANCELLED,
    reason: str = "",
) -> Activity:
    """Cancel one seat and record it. Needs: the session's seat count, and the seat as it was read under its lock.

    Raises Busy where it has ended meanwhile.
    """
    seat.cancelled_at, seat.cancel_reason = journal.at, reason[:300]
    if not sql.cancel_seat(seat.pk, seat.cancelled_at, seat.cancel_reason):
        raise Busy
    return journal.move(verb, session, seat.contact, taken=-1, reason=reason)


def end_item(
    journal: Journal,
    item: WaitlistItem,
    target: Event | Session,
    status: Status,
    verb: Activity.Verb,
    *,
    reason: str = "",
) -> Activity:
    """End a waitlist item without a seat and record it. Needs: the target's seat count."""
    held, waiting = places.close_item(journal, item, target, status)
    if isinstance(target, Event):
        _end_hopes(journal, item, verb)
    return journal.move(verb, target, item.contact, held=held, waiting=waiting, reason=reason)


def _end_hopes(journal: Journal, item: WaitlistItem, verb: Activity.Verb) -> None:
    """Who waits for the event no more is not registered there either, and keeps no wishes on hold."""
    EventRegistration.objects.active().filter(
        event=item.event, contact=item.contact, status=EventRegistration.Status.WAITLISTED
    ).update(status=EventRegistration.Status.CANCELLED, cancelled_at=journal.at)
    wishes = WaitlistItem.objects.filter(event=item.event, contact=item.contact, status=Status.ON_HOLD)
    # What this very act has ended is written with its journal.
    on_hold = wishes.exclude(pk__in=[closed.pk for closed in journal.items_closed]).select_related("session")
    for wish in on_hold.order_by("id"):
        journal.note(verb, wish.target, item.contact)
    on_hold.update(status=Status.WITHDRAWN, closed_at=journal.at)


def lines_to_close(registrations: Collection[EventRegistration]) -> list[WaitlistItem]:
    """The open waitlist items that hang on these registrations."""
    contacts = [registration.contact_id for registration in registrations]
    events = {registration.event_id for registration in registrations}
    items = WaitlistItem.objects.open().filter(contact_id__in=contacts, event_id__in=events)
    # The event's own come last: with it the wishes on hold end that are not among these.
    in_order = items.order_by(F("session_id").asc(nulls_last=True), "id")
    return list(in_order.select_related("contact", "session", "event", "invitation_slot", "event_pass"))


def end_invited(
    journal: Journal,
    item: WaitlistItem,
    target: Event | Session,
    status: Status,
    event: Event,
    *,
    is_told: bool = True,
) -> None:
    """End an invited item whose holder declined or let it pass; the latter are told unless `is_told` says otherwise.

    Needs: the seat counts of the target and of a pass that is held with it.
    """
    verb = Verb.EXPIRED if status == Status.EXPIRED else Verb.DECLINED
    activity = end_item(journal, item, target, status, verb)
    if status == Status.EXPIRED and is_told:
        journal.tell(
            Notification.Kind.INVITATION_EXPIRED,
            item.contact,
            activity,
            target,
            registration=EventRegistration.objects.active().filter(event=event, contact=item.contact).first(),
            payload={"item_id": item.pk},
        )
