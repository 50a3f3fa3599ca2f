"""What somebody had at the moment of a ledger row, from rows that have changed since.

Who they are is told as it is known now: a name that was put right, or a person erased, stays so.
"""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from events.models import Contact
from registrations.api.reading import Registrant
from registrations.models import Activity, CheckIn, EventRegistration
from registrations.queries.as_it_was import unsaved
from registrations.webhooks.facts import PayloadFacts, is_open
from waitlists.models import InvitationSlot, WaitlistItem

Verb = Activity.Verb
Status = WaitlistItem.Status
# The status that a line of the ledger gave an item; where it ended one, its last status is its own.
_STATUS = {
    Verb.WAITLISTED: Status.WAITING,
    Verb.ON_HOLD: Status.ON_HOLD,
    Verb.PASSED_OVER: Status.WAITING,
    Verb.BACK_IN_LINE: Status.WAITING,
    Verb.MOVED_IN_LINE: Status.WAITING,
    Verb.WAITING_CHOSEN: Status.WAITING,
    Verb.INVITED: Status.INVITED,
}


def registrant_then(
    registration: EventRegistration, row: Activity, status: EventRegistration.Status, facts: PayloadFacts
) -> Registrant:
    """The registration with what it had then, ready for the API's serializer."""
    at = row.at
    is_over = status == EventRegistration.Status.CANCELLED
    entered = any(
        entry.known_at <= at and is_open(entry.undone_at, at)
        for entry in facts.entries_of.get(registration.pk, [])
    )
    return Registrant.of(
        registration,
        status=status,
        cancelled_at=at if is_over else None,
        registration_status=_status_then(row, status, entered=entered),
        changed_at=at,
        live_seats=[] if is_over else _had(facts.seats_of.get(registration.pk, []), "registered_at", at),
        live_passes=[] if is_over else _had(facts.passes_of.get(registration.pk, []), "issued_at", at),
        open_items=[] if is_over else _waited(facts.items_of(registration), at),
        given_answers=facts.answers_of.get(registration.pk, []),
    )


def _status_then(row: Activity, status: EventRegistration.Status, *, entered: bool) -> str:
    if status != EventRegistration.Status.CONFIRMED:
        return str(status)
    if row.verb == Verb.NO_SHOW:
        return "no_show"
    return "attended" if entered else str(status)


def _had(rows: list[Any], begun: str, at: datetime) -> list[Any]:
    return [row for row in rows if getattr(row, begun) <= at and is_open(row.cancelled_at, at)]


def _waited(items: list[WaitlistItem], at: datetime) -> list[WaitlistItem]:
    found = [item for item in items if item.joined_at <= at and is_open(item.closed_at, at)]
    for item in found:
        vars(item).setdefault("place", None)
    return found


def item_then(item: WaitlistItem, row: Activity, contact: Contact) -> WaitlistItem:
    """The item as this line of the ledger left it, ready for the API's serializer."""
    then = copy.copy(item)
    then.contact = contact
    vars(then)["place"] = None
    status = _STATUS.get(Verb(row.verb))
    if status is None:
        return then
    then.status, then.closed_at, then.invitation_slot = status, None, None
    then.passed_over_reason = row.detail.get("passed_over_reason", "")
    if row.verb == Verb.PASSED_OVER:
        then.passed_over_reason = row.reason
    if status == Status.INVITED:
        deadline = {name: value for name, value in row.detail.items() if name == "expires_at"}
        then.invitation_slot = unsaved(InvitationSlot, deadline) if deadline else item.invitation_slot
    return then


def entry_then(entry: CheckIn, verb: Activity.Verb) -> CheckIn:
    """The entry as this line of the ledger left it: made, put at an earlier time, ended by leaving, or undone."""
    then = copy.copy(entry)
    if verb != Verb.CHECK_IN_UNDONE:
        then.undone_at = None
        # Who had left when it became known that they came earlier has left still.
        then.left_at = entry.left_at if verb in {Verb.CHECKED_OUT, Verb.CHECK_IN_CORRECTED} else None
    return then
