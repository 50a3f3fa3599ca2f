"""Payloads: what other systems are told of a ledger row, with the state as it is now.

Everything is read in a few statements for many rows at once. Ids are those of the API.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from events.models import Contact
from registrations.models import Activity, CheckIn, EventRegistration, SessionRegistration, WebhookEvent
from registrations.webhooks import shapes
from waitlists.models import WaitlistItem

Verb = Activity.Verb
Name = WebhookEvent
Row = TypeVar("Row")
Told = tuple[WebhookEvent, dict[str, Any]]

_GAINED = {Verb.REGISTERED, Verb.ADDED_PAST_CAPACITY, Verb.PROMOTED, Verb.ACCEPTED}
_LOST = {Verb.CANCELLED, Verb.SWAPPED_AWAY}
_IN_LINE = {
    Verb.WAITLISTED: Name.WAITLIST_ITEM_CREATED,
    Verb.ON_HOLD: Name.WAITLIST_ITEM_CREATED,
    Verb.PASSED_OVER: Name.WAITLIST_ITEM_UPDATED,
    Verb.BACK_IN_LINE: Name.WAITLIST_ITEM_UPDATED,
    Verb.MOVED_IN_LINE: Name.WAITLIST_ITEM_UPDATED,
    Verb.INVITED: Name.WAITLIST_ITEM_INVITED,
    Verb.DECLINED: Name.WAITLIST_ITEM_DECLINED,
    Verb.EXPIRED: Name.WAITLIST_ITEM_EXPIRED,
    Verb.LEFT_WAITLIST: Name.WAITLIST_ITEM_REMOVED,
    Verb.REMOVED_FROM_WAITLIST: Name.WAITLIST_ITEM_REMOVED,
}
_ENDED_IN_LINE = {Verb.DECLINED, Verb.EXPIRED, Verb.LEFT_WAITLIST, Verb.REMOVED_FROM_WAITLIST}
_AT_THE_DOOR = {Verb.CHECKED_IN, Verb.ADMITTED_ALL_THE_SAME}
_OF_TARGETS = {
    Verb.MOVED,
    Verb.CAPACITY_CHANGED,
    Verb.WAITLIST_SETTINGS_CHANGED,
    Verb.WENT_LIVE,
    Verb.STOPPED,
    Verb.AGENDA_SWITCHED,
}


@dataclass
class PayloadFacts:
    """The facts that ledger rows are about, by (contact, session) or (contact, event); the oldest first."""

    seats: dict[tuple[int, int], list[SessionRegistration]]
    registrations: dict[tuple[int, int], list[EventRegistration]]
    items: dict[tuple[int, int, int | None], list[WaitlistItem]]
    entries: dict[tuple[int, int, int | None], list[CheckIn]]

    @classmethod
    def about(cls, rows: Sequence[Activity]) -> PayloadFacts:
        """Return the facts that these ledger rows need."""
        contacts = {row.contact_id for row in rows if row.contact_id}
        sessions = {row.session_id for row in rows if row.session_id}
        events = {row.event_id for row in rows}
        seats = SessionRegistration.objects.filter(contact__in=contacts, session__in=sessions)
        registrations = EventRegistration.objects.filter(contact__in=contacts, event__in=events)
        items = WaitlistItem.objects.filter(contact__in=contacts, event__in=events)
        doors = {row.contact_id for row in rows if row.verb in _AT_THE_DOOR}
        entries = CheckIn.objects.filter(
            event_registration__contact__in=doors, event_registration__event__in=events
        )
        return cls(
            _by(seats.order_by("id"), lambda row: (row.contact_id, row.session_id)),
            _by(registrations.order_by("id"), lambda row: (row.contact_id, row.event_id)),
            _by(
                items.select_related("invitation_slot").order_by("id"),
                lambda row: (row.contact_id, row.event_id, row.session_id),
            ),
            _by(
                entries.select_related("event_registration").order_by("id"),
                lambda row: (
                    row.event_registration.contact_id,
                    row.event_registration.event_id,
                    row.session_id,
                ),
            ),
        )


def told_of(row: Activity, facts: PayloadFacts) -> list[Told]:
    """Return what other systems are told of this ledger row; nothing of what concerns none of them."""
    verb = Verb(row.verb)
    if verb in _OF_TARGETS or verb == Verb.TARGET_CANCELLED:
        return [_of_target(row)]
    if row.contact is None or row.contact_id is None or _is_about_a_pass(row):
        return []
    if verb in _AT_THE_DOOR:
        return _of_entry(row, row.contact, facts)
    if verb in _IN_LINE:
        return _of_line(row, verb, row.contact, facts)
    if verb in _GAINED | _LOST:
        of_seat = _of_session_seat if row.session_id else _of_event_seat
        return of_seat(row, verb, row.contact, facts)
    return []


def _is_about_a_pass(row: Activity) -> bool:
    """A pass's own count moves beside the event's; the registrant is told of once."""
    return row.session_id is None and row.seats_id is not None and row.seats_id != row.event.seats_id


def _of_session_seat(row: Activity, verb: Activity.Verb, contact: Contact, facts: PayloadFacts) -> list[Told]:
    seat = _then(facts.seats.get((contact.pk, row.session_id or 0)), row.at, lambda one: one.registered_at)
    if seat is None:
        return []
    if verb in _LOST:
        return [(Name.SESSION_REGISTRATION_CANCELLED, shapes.seat_data(seat, row, contact))]
    return [
        (Name.SESSION_REGISTRATION_CREATED, shapes.seat_data(seat, row, contact)),
        *_promoted(row, contact, facts),
    ]


def _of_event_seat(row: Activity, verb: Activity.Verb, contact: Contact, facts: PayloadFacts) -> list[Told]:
    registration = _registration(row, contact, facts)
    if registration is None:
        return []
    said = shapes.registrant_data(registration, row, contact)
    if verb in _LOST:
        # Who only waited for the event held none of its seats; that is told with the end of the waiting.
        return [(Name.REGISTRANT_CANCELLED, said)] if row.taken_change < 0 else []
    is_new = registration.registered_at >= row.at
    name = Name.REGISTRANT_CREATED if is_new else Name.REGISTRANT_UPDATED
    return [(name, said), *_promoted(row, contact, facts)]


def _promoted(row: Activity, contact: Contact, facts: PayloadFacts) -> list[Told]:
    """The item that ended in this very moment, because its contact got the seat, by whichever door."""
    items = facts.items.get((contact.pk, row.event_id, row.session_id), [])
    registered = WaitlistItem.Status.REGISTERED
    ended = [item for item in items if item.status == registered and item.closed_at == row.at]
    return [(Name.WAITLIST_ITEM_PROMOTED, shapes.item_data(item, row, contact)) for item in ended[-1:]]


def _of_line(row: Activity, verb: Activity.Verb, contact: Contact, facts: PayloadFacts) -> list[Told]:
    items = facts.items.get((contact.pk, row.event_id, row.session_id), [])
    item = _then(items, row.at, lambda one: one.joined_at)
    told: list[Told] = [(_IN_LINE[verb], shapes.item_data(item, row, contact))] if item else []
    registration = None if row.session_id else _registration(row, contact, facts)
    if registration is None:
        return told
    # Who waits for the event is registered as waiting, and is not any more when the waiting ends.
    said = shapes.registrant_data(registration, row, contact)
    if verb == Verb.WAITLISTED and registration.registered_at >= row.at:
        told.append((Name.REGISTRANT_CREATED, said))
    elif verb in _ENDED_IN_LINE and registration.cancelled_at == row.at:
        told.append((Name.REGISTRANT_CANCELLED, said))
    return told


def _of_entry(row: Activity, contact: Contact, facts: PayloadFacts) -> list[Told]:
    entries = facts.entries.get((contact.pk, row.event_id, row.session_id), [])
    entry = _then(entries, row.at, lambda one: one.checked_in_at)
    if entry is None:
        return []
    return [(Name.CHECK_IN_CREATED, shapes.entry_data(entry, row, contact))]


def _of_target(row: Activity) -> Told:
    is_session = row.session is not None
    said = shapes.session_data(row.session, row) if row.session else shapes.event_data(row.event, row)
    if row.verb == Verb.TARGET_CANCELLED:
        return (Name.SESSION_CANCELLED if is_session else Name.EVENT_CANCELLED), said
    if row.detail.get("deleted"):
        return (Name.SESSION_DELETED if is_session else Name.EVENT_DELETED), said
    return (Name.SESSION_UPDATED if is_session else Name.EVENT_UPDATED), said


def _registration(row: Activity, contact: Contact, facts: PayloadFacts) -> EventRegistration | None:
    rows = facts.registrations.get((contact.pk, row.event_id))
    return _then(rows, row.at, lambda one: one.registered_at)


def _then(rows: Sequence[Row] | None, at: datetime, begun: Callable[[Row], datetime]) -> Row | None:
    """The person's row that was the latest at that time: a person may have left and come back since."""
    if not rows:
        return None
    return next((row for row in reversed(rows) if begun(row) <= at), rows[-1])


def _by(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)
