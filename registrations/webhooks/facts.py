"""The rows that ledger rows are about, read in a few statements for many of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from events.models import Event
from registrations.models import (
    Activity,
    AttendeePass,
    CheckIn,
    Draw,
    EventRegistration,
    RegistrationResponse,
    SessionRegistration,
)
from registrations.queries.as_it_was import Facts, facts_of
from registrations.webhooks.draws import draws_of
from registrations.webhooks.orders import OrderFacts
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Row = TypeVar("Row")
Key = tuple[int, int, int | None]


@dataclass
class PayloadFacts:
    """The rows of the people concerned, by (contact, session) or (contact, event) or registration; the oldest first."""

    seats: dict[tuple[int, int], list[SessionRegistration]]
    registrations: dict[tuple[int, int], list[EventRegistration]]
    items: dict[Key, list[WaitlistItem]]
    entries: dict[Key, list[CheckIn]]
    seats_of: dict[int, list[SessionRegistration]]
    passes_of: dict[int, list[AttendeePass]]
    answers_of: dict[int, list[RegistrationResponse]]
    entries_of: dict[int, list[CheckIn]]
    # Since when whoever was erased, or forgotten at an event, is nobody there.
    erased: dict[tuple[int, int], datetime]
    targets: dict[tuple[type, int], Facts]
    draws: dict[int, Draw]
    orders: OrderFacts

    @classmethod
    def about(cls, rows: Sequence[Activity]) -> PayloadFacts:
        """Return the facts that these ledger rows need."""
        contacts = {row.contact_id for row in rows if row.contact_id}
        events = {row.event_id for row in rows}
        of_people = {"event_registration__contact__in": contacts, "event_registration__event__in": events}
        registrations = EventRegistration.objects.filter(contact__in=contacts, event__in=events)
        found = list(registrations.select_related("contact", "event", "order_line").order_by("id"))
        seats = list(SessionRegistration.objects.filter(**of_people).order_by("id"))
        items = WaitlistItem.objects.filter(contact__in=contacts, event__in=events)
        entered = CheckIn.objects.filter(**of_people).select_related("event_registration")
        entries = list(entered.order_by("id"))
        return cls(
            _by(seats, lambda row: (row.contact_id, row.session_id)),
            _by(found, lambda row: (row.contact_id, row.event_id)),
            _by(
                items.select_related("invitation_slot").order_by("id"),
                lambda row: (row.contact_id, row.event_id, row.session_id),
            ),
            _by(entries, _door_of),
            _by(seats, _registration_of),
            _by(AttendeePass.objects.filter(**of_people).order_by("id"), _registration_of),
            _by(RegistrationResponse.objects.filter(**of_people).order_by("id"), _registration_of),
            _by(entries, _registration_of),
            _erased(contacts, events),
            _targets_without_facts(rows),
            draws_of(rows),
            OrderFacts.about(rows),
        )

    def target_of(self, row: Activity) -> Facts:
        """What the session or event of a ledger row is now, for rows written before the ledger kept what it was."""
        return self.targets[(Session, row.session_id) if row.session_id else (Event, row.event_id)]

    def erased_at(self, row: Activity) -> datetime | None:
        """Since when the person of a ledger row is nobody at its event."""
        return self.erased.get((row.contact_id or 0, row.event_id))

    def items_of(self, registration: EventRegistration) -> list[WaitlistItem]:
        """The person's places in line at the event, ended ones too."""
        mine = (registration.contact_id, registration.event_id)
        return [item for key, items in self.items.items() if key[:2] == mine for item in items]


def row_then(
    rows: Sequence[Row] | None, at: datetime, begun: str, ended: str, *, ends: bool = False
) -> Row | None:
    """The person's row that a line of the ledger of that time is about: a person may have left and come back since.

    With `ends` it is the one that ended in that very moment, else the one that began then, or was open; an act that
    waited for another bears a moment before that one's, so the next that began is looked at too.
    """
    if not rows:
        return None
    exact = ended if ends else begun
    for row in reversed(rows):
        if getattr(row, exact) == at:
            return row
    for row in reversed(rows):
        if getattr(row, begun) <= at and is_open(getattr(row, ended), at):
            return row
    return next((row for row in rows if getattr(row, begun) > at), rows[-1])


def is_open(ended_at: datetime | None, at: datetime) -> bool:
    """True for what had not ended at that time."""
    return ended_at is None or ended_at > at


def _registration_of(row: Any) -> int:
    return row.event_registration_id


def _door_of(entry: CheckIn) -> Key:
    registration = entry.event_registration
    return registration.contact_id, registration.event_id, entry.session_id


def _erased(contacts: set[int], events: set[int]) -> dict[tuple[int, int], datetime]:
    rows = Activity.objects.filter(verb=Activity.Verb.ERASED, contact__in=contacts, event__in=events)
    return {(contact, event): at for contact, event, at in rows.values_list("contact_id", "event_id", "at")}


def _targets_without_facts(rows: Iterable[Activity]) -> dict[tuple[type, int], Facts]:
    bare = [
        row
        for row in rows
        if row.verb in Activity.OF_TARGETS and not Activity.FOR_OTHER_SYSTEMS & set(row.detail)
    ]
    sessions = {row.session_id for row in bare if row.session_id}
    return facts_of(sessions, {row.event_id for row in bare if not row.session_id})


def _by(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)
