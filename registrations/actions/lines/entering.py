"""How people come into a line: each is asked for by the one list, registered if need be, and put at its end."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events.errors import Invalid, NoWaitlist, WrongLevel
from events.models import Contact, Event, SeatCount
from registrations import locks, rules
from registrations.actions import checks, giving, places, steps
from registrations.actions.decisions import Decision, decided_in
from registrations.actions.journal import Journal
from registrations.actions.targets import Target, event_of, fresh
from registrations.models import Activity, EventRegistration, Notification
from registrations.queries import included_sessions, length_of_line, standing_of
from registrations.rules.choices import Choices
from registrations.rules.doors import claiming, joining
from registrations.rules.people import Attendee
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Status = WaitlistItem.Status
Kind = Notification.Kind


@dataclass
class _Person:
    """One of those who join: who they are, what they have, and the place in this line they have already."""

    attendee: Attendee
    contact: Contact
    standing: Standing
    item: WaitlistItem | None
    # What the ledger keeps of what was decided past for them.
    recorded: dict[str, Any] = field(default_factory=dict)


@dataclass
class Entering:
    """One or several people who join one line in one go, all of them or none."""

    target: Target
    choices: Choices
    decision: Decision

    @contextmanager
    def joined(
        self, attendees: Sequence[Attendee], *, notify: bool, at: datetime
    ) -> Iterator[list[WaitlistItem]]:
        """Put everybody who is not there yet at the end of the line; give the items in the order of the people.

        Inside of it the transaction is still open: there whoever acts gets the answer that is kept with it.
        """
        self.choices.check()
        for attendee in attendees:
            attendee.check()
        with transaction.atomic(durable=True):
            contacts, seats, included = self._lock(attendees)
            people = [self._person(attendee, contacts[attendee.email]) for attendee in attendees]
            journal = Journal(self.decision.actor, at, seats, notify)
            self._let_in([person for person in people if person.item is None], journal, included)
            yield [person.item for person in people if person.item is not None]

    def _lock(
        self, attendees: Sequence[Attendee]
    ) -> tuple[Mapping[str, Contact], dict[int, SeatCount], list[Session]]:
        """Lock the contacts, the target and the included sessions: all that a newcomer would take, in its order."""
        contacts = locks.lock_attendees(attendees)
        event = event_of(self.target)
        included = included_sessions(event)
        seats = locks.lock_seats(steps.seats_of({self.target, event, *included}))
        self.target = fresh(self.target, seats)
        return contacts, seats, included

    def _person(self, attendee: Attendee, contact: Contact) -> _Person:
        standing = standing_of(contact, event_of(self.target))
        checks.check_still_registered(attendee, standing)
        session_id = self.target.pk if isinstance(self.target, Session) else None
        return _Person(attendee, contact, standing, standing.items.get(session_id))

    def _let_in(self, newcomers: list[_Person], journal: Journal, included: list[Session]) -> None:
        if not newcomers:
            return
        for person in newcomers:
            person.recorded = self._check(person.standing, len(newcomers), journal.at)
        length = length_of_line(self.target.seats_id)
        self.choices.check_in_line(self.target, length + len(newcomers), journal.at)
        together = uuid.uuid4() if len(newcomers) > 1 else None
        for person in newcomers:
            registration = self._registered(journal, person, included)
            person.item = self._take_place(journal, registration, together, person.recorded)
        journal.write()

    def _take_place(
        self,
        journal: Journal,
        registration: EventRegistration,
        together: uuid.UUID | None,
        recorded: dict[str, Any],
    ) -> WaitlistItem:
        is_on_hold = isinstance(self.target, Session) and not _is_confirmed(registration)
        item, activity = places.enqueue(
            journal,
            self.target,
            registration.contact,
            on_hold=is_on_hold,
            together=together,
            **self.choices.as_columns(),
            **recorded,
        )
        self._tell_joined(journal, item, registration, activity)
        return item

    def _registered(
        self, journal: Journal, person: _Person, included: Iterable[Session]
    ) -> EventRegistration:
        """The contact's registration, made if need be and then given the included sessions."""
        registration = self._registration_for(journal, person)
        if person.standing.registration is None:
            others = [session.pk for session in included if session.seats_id != self.target.seats_id]
            given = steps.fresh_sessions(others, event_of(self.target), journal.seats)
            _give_included(journal, registration, given.values(), person.standing)
        return registration

    def _registration_for(self, journal: Journal, person: _Person) -> EventRegistration:
        if person.standing.registration is not None:
            return person.standing.registration
        if isinstance(self.target, Event):
            return giving.open_registration(
                journal, self.target, person.contact, person.attendee, waitlisted=True
            )
        event = self.target.event
        door = claiming(self.decision.overlooks, by_staff=not journal.actor.obeys_self_service)
        rules.check(rules.refusals_at_event(event, None, at=journal.at), door)
        return giving.open_registration(journal, event, person.contact, person.attendee)

    def _tell_joined(
        self, journal: Journal, item: WaitlistItem, registration: EventRegistration, activity: Activity
    ) -> None:
        automatically = rules.registers_automatically(item, self.target)
        payload: dict[str, object] = {"automatically_register": automatically}
        if item.status == Status.ON_HOLD:
            payload["on_hold_session_ids"] = [self.target.pk]
        journal.tell(
            Kind.WAITLISTED,
            registration.contact,
            activity,
            # A wish on hold is told as part of waiting for the event.
            self.target if item.status == Status.WAITING else event_of(self.target),
            registration=registration,
            payload=payload,
        )

    def _check(self, standing: Standing, people: int, at: datetime) -> dict[str, Any]:
        """Raise what refuses a place in line; return what the ledger keeps of what was decided past."""
        target, actor = self.target, self.decision.actor
        _check_has_pass(target, standing, is_self_service=actor.obeys_self_service)
        door = joining(self.decision.overlooks, by_staff=not actor.obeys_self_service)
        is_session = isinstance(target, Session)
        has_seat = target.pk in standing.seats if is_session else _is_confirmed(standing.registration)
        if has_seat:
            raise NoWaitlist(_("There is nothing to wait for: the seat is held already."))
        if not target.waitlist_enabled:
            raise NoWaitlist
        if is_session and actor.obeys_self_service and not event_of(target).allow_custom_agenda:
            raise WrongLevel
        if isinstance(target, Session):
            found = rules.refusals_to_seat(target, standing, standing.held_sessions, at=at)
        else:
            found = rules.refusals_to_open(target, at)
        refused, overlooked = rules.judged(found, door)
        if refused:
            raise refused[0].refusal()
        available = target.seats.available
        if available is None or available >= people:
            raise NoWaitlist(_("There is a free seat. Register instead of waiting."))
        detail = decided_in(overlooked, self.decision.overlooks)
        return {"reason": self.decision.reason, "detail": detail} if detail else {}


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


def _is_confirmed(registration: EventRegistration | None) -> bool:
    return registration is not None and registration.status == EventRegistration.Status.CONFIRMED


def _check_has_pass(target: Target, standing: Standing, *, is_self_service: bool) -> None:
    """Raise Invalid for a newcomer who would register without a pass by waiting."""
    event = event_of(target)
    needs_pass = isinstance(target, Event) or event.passes_with_agenda
    if standing.registration is None and is_self_service and needs_pass and event.passes.offered().exists():
        raise Invalid(_("Choose a pass."), fields={"event_pass": [_("Choose a pass.")]})
