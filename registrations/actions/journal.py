"""One transaction's seat movements: counters, ledger rows and mails are written together, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from events.actors import Actor
from events.database_trouble import note_done
from events.errors import Full
from events.models import Contact, Event, Pass, SeatCount, Source
from registrations import locks, notifications, rules, sql
from registrations.actions.telling_once import keep_as_it_was
from registrations.models import (
    Activity,
    AttendeePass,
    EventRegistration,
    Notification,
    RegistrationResponse,
    SessionRegistration,
)
from registrations.queries.groups import groups_that_fit
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Target = Event | Session | Pass


@dataclass
class _Change:
    taken: int = 0
    held: int = 0
    waiting: int = 0
    # By how much all three together had grown when the last newcomer took a seat: so much must have fitted then.
    must_fit: int | None = None

    @property
    def growth(self) -> int:
        return self.taken + self.held + self.waiting


@dataclass
class Journal:
    """Collects the movements of one transaction; `write` makes them rows.

    `seats` holds the seat counts by id, locked unless `is_locked` says otherwise; their figures in memory follow
    each movement. `contact_seen` is the one person concerned where their contact was read without a lock.
    `in_sets` says that many people are registered in one go: then nothing at all is written before `write`, and
    new rows have no id until then. A forecast is such a journal that is never written.
    """

    actor: Actor
    at: datetime
    seats: Mapping[int, SeatCount]
    notify: bool = True
    is_locked: bool = True
    contact_seen: Contact | None = None
    in_sets: bool = False
    # Why passes with a price are given away by this act; empty where whoever gets one owes it.
    complimentary: str = ""
    # By which way whoever registers came, where that is another than the actor's own.
    by_way: Source | None = None
    activities: list[Activity] = field(default_factory=list)
    messages: list[notifications.Message] = field(default_factory=list)
    # Seats given and places in line ended: written with the ledger, in sets.
    seats_given: list[SessionRegistration] = field(default_factory=list)
    items_closed: list[WaitlistItem] = field(default_factory=list)
    # Of many people at once: what hangs on nothing yet, and what hangs on it.
    registrations_opened: list[EventRegistration] = field(default_factory=list)
    answers_given: list[RegistrationResponse] = field(default_factory=list)
    passes_issued: list[AttendeePass] = field(default_factory=list)
    items_opened: list[WaitlistItem] = field(default_factory=list)
    # Whoever gets a pass with a price, that was not paid; written by what is called last before the ledger.
    owed: list[Any] = field(default_factory=list)
    before_ledger: list[Callable[[], None]] = field(default_factory=list)
    # Lines to be served: a seat of theirs is free again, or somebody has left them.
    freed: set[int] = field(default_factory=set)
    lost_a_seat: set[int] = field(default_factory=set)
    _changes: dict[int, _Change] = field(default_factory=lambda: defaultdict(_Change))

    @property
    def source(self) -> Source:
        """The source that a registration records."""
        return self.by_way or self.actor.source

    def move(
        self,
        verb: Activity.Verb,
        target: Target,
        contact: Contact | None = None,
        *,
        taken: int = 0,
        held: int = 0,
        waiting: int = 0,
        by_newcomer: bool = False,
        reason: str = "",
        detail: dict[str, Any] | None = None,
    ) -> Activity:
        """Record one movement of the target's seats and return its ledger row (saved by `write`)."""
        seats = self.seats[target.seats_id]
        seats.taken, seats.held, seats.waiting = (
            seats.taken + taken,
            seats.held + held,
            seats.waiting + waiting,
        )
        change = self._changes[seats.pk]
        change.taken, change.held = change.taken + taken, change.held + held
        change.waiting += waiting
        if by_newcomer:
            change.must_fit = change.growth
        activity = self._row(verb, target, contact, reason, detail)
        activity.seats_id = seats.pk
        activity.taken_change, activity.held_change, activity.waiting_change = taken, held, waiting
        activity.capacity, activity.taken = seats.capacity, seats.taken
        activity.held, activity.waiting = seats.held, seats.waiting
        if taken < 0 or held < 0 or verb == Activity.Verb.CAPACITY_CHANGED:
            self.freed.add(seats.pk)
        if taken < 0 and contact is not None:
            self.lost_a_seat.add(contact.pk)
        self.activities.append(activity)
        return activity

    def note(
        self,
        verb: Activity.Verb,
        target: Event | Session,
        contact: Contact | None = None,
        *,
        reason: str = "",
        detail: dict[str, Any] | None = None,
    ) -> Activity:
        """Record a decision that moves no seat and return its ledger row (saved by `write`)."""
        activity = self._row(verb, target, contact, reason, detail)
        self.activities.append(activity)
        return activity

    def _row(
        self,
        verb: Activity.Verb,
        target: Target,
        contact: Contact | None,
        reason: str,
        detail: dict[str, Any] | None,
    ) -> Activity:
        return sql.new_row(
            Activity,
            at=self.at,
            verb=verb,
            event_id=target.pk if isinstance(target, Event) else target.event_id,
            session_id=target.pk if isinstance(target, Session) else None,
            contact_id=contact.pk if contact else None,
            user_id=self.actor.user.pk if self.actor.user else None,
            actor=self.actor.label,
            reason=reason[:300],
            detail=detail or {},
        )

    def tell(
        self,
        kind: Notification.Kind,
        contact: Contact,
        activity: Activity,
        about: Event | Session,
        *,
        registration: EventRegistration | None = None,
        payload: dict[str, Any] | None = None,
        always: bool = False,
        is_gathered: bool = False,
    ) -> None:
        """Have the contact told of `activity`, unless staff chose that nobody is and it is not `always` told.

        `is_gathered` lets it wait some minutes for what the person changes next, to be one mail with that.
        """
        if self.notify or always:
            session = about if isinstance(about, Session) else None
            event = about.event if isinstance(about, Session) else about
            self.messages.append(
                notifications.Message(
                    kind,
                    event,
                    contact,
                    activity,
                    session,
                    registration,
                    payload or {},
                    is_gathered=is_gathered,
                )
            )

    def write(self) -> None:
        """Write counters, seats, ledger and outbox.

        Raises Full when a newcomer finds no seat after all, or when what was read without a lock is true no more.
        """
        if self._is_one_claim and sql.can_write_in_one_statement():
            self._write_in_one_statement()
            transaction.on_commit(note_done)
            return
        assert not self.activities or connection.in_atomic_block, "several statements are one transaction"
        # After the commit somebody new could take a seat of theirs before the line is served.
        for item in groups_that_fit(self.seats, self.freed, self.items_closed):
            self.back_in_line(item, item.target)
        if self.activities and self.contact_seen and not locks.revise_contact(self.contact_seen):
            raise Full
        self._count()
        self._write_opened()
        self.write_seats()
        for write in self.before_ledger:
            write()
        keep_as_it_was(self.activities)
        sql.insert(self.activities)
        notifications.write(self.messages, self.at)
        transaction.on_commit(note_done)

    def back_in_line(self, item: WaitlistItem, target: Event | Session) -> None:
        """Let a passed-over item keep newcomers from a seat again. Needs: the target's seat count."""
        item.passed_over_at, item.passed_over_code, item.passed_over_reason = None, "", ""
        item.save(update_fields=["passed_over_at", "passed_over_code", "passed_over_reason"])
        self.move(Activity.Verb.BACK_IN_LINE, target, item.contact, waiting=rules.weight(item, target))

    def _write_opened(self) -> None:
        """Write the registrations of many people, and tell what hangs on each under which id it is stored."""
        sql.insert(self.registrations_opened)
        hanging: list[Any] = [*self.seats_given, *self.answers_given, *self.passes_issued]
        for row in hanging:
            row.event_registration_id = row.event_registration.pk
        # Of two rows about one person the later one's answer stands.
        answers = {(row.event_registration_id, row.field_id): row for row in self.answers_given}
        RegistrationResponse.objects.bulk_create(
            answers.values(),
            update_conflicts=True,
            unique_fields=["event_registration", "field"],
            update_fields=["value"],
        )
        sql.insert(self.passes_issued)
        sql.insert(self.items_opened)

    def write_seats(self) -> None:
        """Write the seats given and the places ended so far, for a read in the same transaction to find them."""
        sql.insert(self.seats_given)
        self.seats_given = []
        ids = defaultdict(list)
        for item in self.items_closed:
            ids[item.status].append(item.pk)
        for status, closed in ids.items():
            sql.close_items(closed, status, self.at)
        self.items_closed = []

    @property
    def _is_one_claim(self) -> bool:
        parts = (self._changes, self.seats_given, self.activities, self.messages)
        return not (self.is_locked or self.items_closed) and all(len(part) == 1 for part in parts)

    def _write_in_one_statement(self) -> None:
        [(seats_id, change)], [message] = self._changes.items(), self.messages
        counted = locks.change_of_counters(
            self.seats[seats_id],
            taken=change.taken,
            held=change.held,
            waiting=change.waiting,
            must_fit=change.must_fit,
            is_locked=False,
        )
        revised = locks.revision_of_contact(self.contact_seen) if self.contact_seen else None
        row = notifications.row_of(message, self.at)
        if not sql.write_in_one_statement(counted, self.seats_given[0], self.activities[0], row, revised):
            raise Full

    def _count(self) -> None:
        """Write all counters, by ascending id. Raises Full where one of them cannot be changed so."""
        changes = [
            locks.Change(self.seats[seats_id], change.taken, change.held, change.waiting, change.must_fit)
            for seats_id, change in sorted(self._changes.items())
            if change.taken or change.held or change.waiting
        ]
        supposed = [(one.seats.taken, one.seats.held, one.seats.waiting) for one in changes]
        if changes and not locks.change_counters(changes, is_locked=self.is_locked):
            raise Full
        if not self.is_locked:
            for one, figures in zip(changes, supposed, strict=True):
                self._set_right(one.seats, figures)

    def _set_right(self, seats: SeatCount, supposed: tuple[int, int, int]) -> None:
        """Let the ledger tell the figures as stored: others were counted since the read without a lock."""
        taken, held, waiting = supposed
        for activity in self.activities:
            if activity.seats_id == seats.pk:
                activity.capacity = seats.capacity
                activity.taken = (activity.taken or 0) + seats.taken - taken
                activity.held = (activity.held or 0) + seats.held - held
                activity.waiting = (activity.waiting or 0) + seats.waiting - waiting
