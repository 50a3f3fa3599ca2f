"""Undo what a go of many people made: exactly that, and only where nobody has touched it since."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.models import Event
from events.retrying import action
from registrations import locks
from registrations.actions import steps
from registrations.actions.endings import end_all, seats_touched
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.orders.ending import within_cancel_left
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from waitlists.models import WaitlistItem

Verb = Activity.Verb


class Undoing(StrEnum):
    """What became of undoing one row."""

    UNDONE = "undone"
    TOUCHED = "touched"
    GONE = "gone"
    CHANGED_OTHERS = "changed_others"


WORDS = {
    Undoing.UNDONE: _("Undone"),
    Undoing.TOUCHED: _("Kept: it was changed since"),
    Undoing.GONE: _("Was cancelled already"),
    Undoing.CHANGED_OTHERS: _("Kept: it had a place in line before, which cannot be given back"),
}


@dataclass(frozen=True)
class Made:
    """What one row made: the registration, if it is a new one, seats and places in line; by ids.

    `ledger` is the last entry about the person at the event by then, `at` the moment after which a change is later.
    """

    number: int
    contact_id: int
    registration_id: int
    is_new: bool
    seats: Sequence[int]
    items: Sequence[int]
    ledger: int
    at: datetime
    has_changed_others: bool = False


@action
def undo_many(
    event: Event,
    made: Sequence[Made],
    *,
    actor: Actor,
    notify: bool = True,
    reason: str = "",
    at: datetime | None = None,
) -> dict[int, Undoing]:
    """Take back what these rows made, and say by row what became of that. One transaction.

    What somebody has changed, cancelled or used since stays as it is. Freed seats go to the lines; each person is told
    once.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        # Without it somebody could be given another seat on the registration that is ended here.
        locks.lock_contacts([row.contact_id for row in made])
        found = {row.pk: row for row in _registrations(made)}
        ledger = _ledger(event, made)
        answers = {row.number: _answer(row, found.get(row.registration_id), ledger) for row in made}
        rows = [row for row in made if answers[row.number] == Undoing.UNDONE]
        journal = _take_back(rows, found, Journal(actor, at, {}, notify), reason)
        journal.write()
        actor.done(answers)
    settle_after_commit(journal.freed, journal.lost_a_seat, at)
    return answers


def _registrations(made: Sequence[Made]) -> Collection[EventRegistration]:
    rows = EventRegistration.objects.filter(pk__in=[row.registration_id for row in made])
    return rows.select_related("event__seats", "contact")


def _ledger(event: Event, made: Sequence[Made]) -> Mapping[int, int]:
    """The last entry of the ledger about each person at the event."""
    rows = Activity.objects.filter(event=event, contact__in=[row.contact_id for row in made]).order_by()
    return dict(rows.values_list("contact").annotate(last=Max("pk")))


def _answer(row: Made, registration: EventRegistration | None, ledger: Mapping[int, int]) -> Undoing:
    if registration is None or (registration.is_cancelled and row.is_new):
        return Undoing.GONE
    if row.has_changed_others:
        return Undoing.CHANGED_OTHERS
    is_touched = ledger.get(row.contact_id, 0) > row.ledger or (
        row.is_new and registration.updated_at > row.at
    )
    return Undoing.TOUCHED if is_touched else Undoing.UNDONE


def _take_back(
    rows: Sequence[Made], found: Mapping[int, EventRegistration], journal: Journal, reason: str
) -> Journal:
    """Give back everything of these rows; the journal with the locks that it needs. Needs: the contacts."""
    new = [found[row.registration_id] for row in rows if row.is_new]
    more = [row for row in rows if not row.is_new]
    seats = SessionRegistration.objects.active().filter(pk__in=[pk for row in more for pk in row.seats])
    seats = seats.select_related("session__event", "contact", "event_registration")
    items = WaitlistItem.objects.open().filter(pk__in=[pk for row in more for pk in row.items])
    items = items.select_related("session__event", "event", "contact", "invitation_slot")
    wanted = {seat.session.seats_id for seat in seats} | {item.seats_id for item in items}
    wanted |= steps.passes_waited_with(items)
    journal.seats = locks.lock_seats(wanted | (seats_touched(new) if new else set()))
    if new:
        end_all(journal, new, reason)
        within_cancel_left(journal, new, reason)
    told: dict[int, list[int]] = {}
    first: dict[int, Activity] = {}
    for seat in seats:
        activity = steps.give_back(journal, seat, seat.session, reason=reason)
        first.setdefault(seat.event_registration_id, activity)
        told.setdefault(seat.event_registration_id, []).append(seat.session_id)
    for item in items:
        activity = steps.end_item(
            journal, item, item.target, WaitlistItem.Status.REMOVED, Verb.REMOVED_FROM_WAITLIST, reason=reason
        )
        owner = next(row.registration_id for row in more if item.pk in row.items)
        first.setdefault(owner, activity)
    for pk, activity in first.items():
        _tell(journal, found[pk], activity, told.get(pk, []), reason)
    return journal


def _tell(
    journal: Journal, registration: EventRegistration, activity: Activity, session_ids: list[int], reason: str
) -> None:
    payload = {
        "reason": reason,
        "by_staff": True,
        "session_ids": session_ids,
        "everything": False,
        "waitlist": not session_ids,
    }
    kind = Notification.Kind.CANCELLED
    journal.tell(
        kind, registration.contact, activity, registration.event, registration=registration, payload=payload
    )
