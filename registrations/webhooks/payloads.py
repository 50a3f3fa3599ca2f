"""Payloads: what other systems are told of a ledger row, with the record as it was when that happened.

Everything is read in a few statements for many rows at once. Ids are those of the API.
"""

from __future__ import annotations

from typing import Any

from events.models import Contact, Event
from registrations.models import Activity, EventRegistration, WebhookEvent
from registrations.queries.as_it_was import target_then
from registrations.webhooks import shapes
from registrations.webhooks.draws import ABOUT_DRAWS, told_of_draw
from registrations.webhooks.facts import PayloadFacts, is_open, row_then
from registrations.webhooks.orders import ABOUT_ORDERS, told_of_order
from registrations.webhooks.then import entry_then, item_then, registrant_then
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Verb = Activity.Verb
Name = WebhookEvent
Status = EventRegistration.Status
Told = tuple[WebhookEvent, dict[str, Any]]

_GAINED = {Verb.REGISTERED, Verb.PAID, Verb.ADDED_PAST_CAPACITY, Verb.PROMOTED, Verb.ACCEPTED}
_LOST = {Verb.CANCELLED, Verb.SWAPPED_AWAY}
_IN_LINE = {
    Verb.WAITLISTED: Name.WAITLIST_ITEM_CREATED,
    Verb.ON_HOLD: Name.WAITLIST_ITEM_CREATED,
    Verb.PASSED_OVER: Name.WAITLIST_ITEM_UPDATED,
    Verb.BACK_IN_LINE: Name.WAITLIST_ITEM_UPDATED,
    Verb.MOVED_IN_LINE: Name.WAITLIST_ITEM_UPDATED,
    Verb.WAITING_CHOSEN: Name.WAITLIST_ITEM_UPDATED,
    Verb.INVITED: Name.WAITLIST_ITEM_INVITED,
    Verb.DECLINED: Name.WAITLIST_ITEM_DECLINED,
    Verb.EXPIRED: Name.WAITLIST_ITEM_EXPIRED,
    Verb.LEFT_WAITLIST: Name.WAITLIST_ITEM_REMOVED,
    Verb.REMOVED_FROM_WAITLIST: Name.WAITLIST_ITEM_REMOVED,
}
_ENDED_IN_LINE = {Verb.DECLINED, Verb.EXPIRED, Verb.LEFT_WAITLIST, Verb.REMOVED_FROM_WAITLIST}
# What is told of an entry at a door.
_ABOUT_ENTRIES = {
    Verb.CHECKED_IN: Name.CHECK_IN_CREATED,
    Verb.ADMITTED_ALL_THE_SAME: Name.CHECK_IN_CREATED,
    Verb.CHECKED_OUT: Name.CHECK_IN_UPDATED,
    Verb.CHECK_IN_CORRECTED: Name.CHECK_IN_UPDATED,
    Verb.CHECK_IN_UNDONE: Name.CHECK_IN_UNDONE,
}
# What is told of a person's registration as a whole, which stays.
_OF_ABSENCE = {Verb.NO_SHOW, Verb.NO_SHOW_UNDONE}
_OF_PERSON = {Verb.DETAILS_CHANGED, Verb.ADDRESS_CORRECTED} | _OF_ABSENCE


def told_of(row: Activity, facts: PayloadFacts) -> list[Told]:
    """Return what other systems are told of this ledger row; nothing of what concerns none of them.

    Of somebody who was erased meanwhile only a tombstone is told: the ids, states and times of their record.
    """
    if row.verb in ABOUT_ORDERS:
        told = told_of_order(row, facts.orders)
    else:
        told = told_of_draw(row, facts.draws) if row.verb in ABOUT_DRAWS else _told_of(row, facts)
    erased_at = facts.erased_at(row)
    if erased_at is None:
        return told
    return [(name, shapes.tombstone(data, erased_at)) for name, data in told]


def _told_of(row: Activity, facts: PayloadFacts) -> list[Told]:
    verb = Verb(row.verb)
    if _is_about_a_pass(row):
        return []
    if verb in Activity.OF_TARGETS:
        return [] if Activity.SAID_BY_ANOTHER in row.detail else [_of_target(row, facts)]
    if row.contact is None or row.contact_id is None:
        return []
    if verb in _ABOUT_ENTRIES:
        return _of_entry(row, verb, row.contact, facts)
    if verb in _OF_PERSON:
        is_of_session = verb in _OF_ABSENCE and row.session_id
        return (_of_absence if is_of_session else _of_person)(row, row.contact, facts)
    if verb == Verb.ERASED:
        mine = facts.registrations.get((row.contact_id, row.event_id), [])
        return [(Name.CONTACT_ERASED, shapes.erased_data(row, row.contact, mine))]
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
    mine = facts.seats.get((contact.pk, row.session_id or 0))
    seat = row_then(mine, row.at, "registered_at", "cancelled_at", ends=verb in _LOST)
    if seat is None:
        return []
    if verb in _LOST:
        is_no_show = seat.no_show_at is not None and seat.no_show_at <= row.at
        said = shapes.seat_data(seat, row, contact, cancelled_at=row.at, is_no_show=is_no_show)
        return [(Name.SESSION_REGISTRATION_CANCELLED, said)]
    said = shapes.seat_data(seat, row, contact, cancelled_at=None)
    return [(Name.SESSION_REGISTRATION_CREATED, said), *_promoted(row, contact, facts)]


def _of_absence(row: Activity, contact: Contact, facts: PayloadFacts) -> list[Told]:
    """That somebody did not come to a session, or did after all: their seat stays what it was."""
    mine = facts.seats.get((contact.pk, row.session_id or 0))
    seat = row_then(mine, row.at, "registered_at", "cancelled_at")
    if seat is None:
        return []
    ended_at = None if is_open(seat.cancelled_at, row.at) else seat.cancelled_at
    is_no_show = row.verb == Verb.NO_SHOW
    said = shapes.seat_data(seat, row, contact, cancelled_at=ended_at, is_no_show=is_no_show)
    return [(Name.SESSION_REGISTRATION_UPDATED, said)]


def _of_event_seat(row: Activity, verb: Activity.Verb, contact: Contact, facts: PayloadFacts) -> list[Told]:
    registration = _registration(row, contact, facts, ends=verb in _LOST)
    if registration is None:
        return []
    if verb in _LOST:
        # Who only waited for the event held none of its seats; that is told with the end of the waiting.
        told = (Name.REGISTRANT_CANCELLED, _registrant(registration, row, Status.CANCELLED, facts))
        return [told] if row.taken_change < 0 else []
    is_new = registration.registered_at >= row.at
    name = Name.REGISTRANT_CREATED if is_new else Name.REGISTRANT_UPDATED
    said = _registrant(registration, row, Status.CONFIRMED, facts)
    return [(name, said), *_promoted(row, contact, facts)]


def _promoted(row: Activity, contact: Contact, facts: PayloadFacts) -> list[Told]:
    """The item that ended in this very moment, because its contact got the seat, by whichever door."""
    items = facts.items.get((contact.pk, row.event_id, row.session_id), [])
    registered = WaitlistItem.Status.REGISTERED
    ended = [item for item in items if item.status == registered and item.closed_at == row.at]
    return [(Name.WAITLIST_ITEM_PROMOTED, _item(item, row, contact, facts)) for item in ended[-1:]]


def _of_line(row: Activity, verb: Activity.Verb, contact: Contact, facts: PayloadFacts) -> list[Told]:
    items = facts.items.get((contact.pk, row.event_id, row.session_id), [])
    is_over = verb in _ENDED_IN_LINE
    item = row_then(items, row.at, "joined_at", "closed_at", ends=is_over)
    told: list[Told] = [(_IN_LINE[verb], _item(item, row, contact, facts))] if item else []
    registration = None if row.session_id else _registration(row, contact, facts, ends=is_over)
    if registration is None:
        return told
    # Who waits for the event is registered as waiting, and is not any more when the waiting ends.
    if verb == Verb.WAITLISTED and registration.registered_at >= row.at:
        told.append((Name.REGISTRANT_CREATED, _registrant(registration, row, Status.WAITLISTED, facts)))
    elif verb in _ENDED_IN_LINE and registration.cancelled_at == row.at:
        told.append((Name.REGISTRANT_CANCELLED, _registrant(registration, row, Status.CANCELLED, facts)))
    return told


def _of_entry(row: Activity, verb: Activity.Verb, contact: Contact, facts: PayloadFacts) -> list[Told]:
    entries = facts.entries.get((contact.pk, row.event_id, row.session_id), [])
    named = [entry for entry in entries if entry.pk == row.detail.get("check_in")]
    entry = row_then(named or entries, row.at, "known_at", "undone_at")
    if entry is None:
        return []
    told: list[Told] = [(_ABOUT_ENTRIES[verb], shapes.entry_data(entry_then(entry, verb), row, contact))]
    # Whoever is in no more has not attended; somebody cancelled stays so.
    has_changed = verb == Verb.CHECK_IN_UNDONE and row.detail.get("status") != Status.CANCELLED
    return [*told, *_of_person(row, contact, facts)] if has_changed else told


def _of_person(row: Activity, contact: Contact, facts: PayloadFacts) -> list[Told]:
    registration = _registration(row, contact, facts)
    if registration is None:
        return []
    status = Status(row.detail.get("status", Status.CONFIRMED))
    said = _registrant(registration, row, status, facts)
    # With another address it is another contact, who has all that this one had at the event.
    moved = {name: row.detail[name] for name in ("from_contact_id",) if name in row.detail}
    return [(Name.REGISTRANT_UPDATED, said | moved)]


def _of_target(row: Activity, facts: PayloadFacts) -> Told:
    is_session = row.session_id is not None
    kept = row.detail.get(Activity.AS_IT_WAS) or facts.target_of(row)
    then = target_then(Session if is_session else Event, kept, row.event)
    said = shapes.target_data(then, row)
    if row.verb == Verb.PLANNED:
        return (Name.SESSION_CREATED if is_session else Name.EVENT_CREATED), said
    if row.verb == Verb.TARGET_CANCELLED:
        return (Name.SESSION_CANCELLED if is_session else Name.EVENT_CANCELLED), said
    if row.detail.get("deleted"):
        return (Name.SESSION_DELETED if is_session else Name.EVENT_DELETED), said
    return (Name.SESSION_UPDATED if is_session else Name.EVENT_UPDATED), said


def _registration(
    row: Activity, contact: Contact, facts: PayloadFacts, *, ends: bool = False
) -> EventRegistration | None:
    rows = facts.registrations.get((contact.pk, row.event_id))
    return row_then(rows, row.at, "registered_at", "cancelled_at", ends=ends)


def _registrant(
    registration: EventRegistration, row: Activity, status: EventRegistration.Status, facts: PayloadFacts
) -> dict[str, Any]:
    return shapes.registrant_data(registrant_then(registration, row, status, facts), row)


def _item(item: WaitlistItem, row: Activity, contact: Contact, facts: PayloadFacts) -> dict[str, Any]:
    then = item_then(item, row, contact)
    vars(then)["registrant_id"] = getattr(_registration(row, contact, facts), "pk", None)
    return shapes.item_data(then, row)
