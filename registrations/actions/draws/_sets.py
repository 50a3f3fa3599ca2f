"""One set of people to whom a draw is published: what is read of them under their locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from events.actors import Actor
from events.models import Contact
from registrations import locks, sql
from registrations.actions import steps
from registrations.actions.journal import Journal
from registrations.models import Draw, EventRegistration, TicketHolder
from registrations.models.tickets import MOST_ON_ONE_TICKET
from registrations.queries import standings_of
from registrations.rules.standing import Standing
from sessions_app.models import Session

Decisions = Mapping[int, Sequence[sql.Decided]]
# People in one transaction.
BATCH = 250


@dataclass
class Person:
    """One holder of a ticket, with what they have."""

    holder: TicketHolder
    contact: Contact
    standing: Standing

    @property
    def registration(self) -> EventRegistration | None:
        """The person's registration while it has a seat of the event; None since it has ended."""
        own = self.standing.registration
        is_in = own is not None and own.pk == self.holder.registration_id
        return own if is_in and own is not None and own.status == EventRegistration.Status.CONFIRMED else None


@dataclass(frozen=True)
class Step:
    """One of the two rounds of publishing."""

    # The column that says when somebody was served.
    mark: str
    # The sessions that are read and locked for these people, with what was decided for their tickets.
    sessions_of: Callable[[Sequence[TicketHolder], Decisions], set[int]]
    # Gives the people of a set what is theirs.
    serve: Callable[[Set], None]


@dataclass
class Set:
    """Some tickets of a draw, with their people, decisions and the sessions that these are about, all locked."""

    draw: Draw
    journal: Journal
    people: dict[int, list[Person]]
    decisions: dict[int, list[sql.Decided]]
    sessions: dict[int, Session]

    @property
    def holders(self) -> list[TicketHolder]:
        """Everybody in it."""
        return [person.holder for own in self.people.values() for person in own]


def next_set(draw: Draw, step: Step, actor: Actor, at: datetime) -> Set | None:
    """Lock the next tickets by their places, whole, and read what the step needs; None where it waits for nobody.

    The people's contacts are locked before anything is read again: who was served meanwhile is not in the set, which
    may be empty so.
    """
    waiting = TicketHolder.objects.filter(draw=draw, is_frozen=True, **{step.mark: None})
    first = _first(waiting)
    if not first:
        return None
    contacts = locks.lock_contacts(set(first.values()))
    holders = [
        holder
        for holder in sql.holders_with(first)
        if getattr(holder, step.mark) is None and holder.registration.contact_id in contacts
    ]
    return _read(draw, step, holders, contacts, actor, at)


def _first(waiting: QuerySet[TicketHolder]) -> dict[int, int]:
    """The next people with their contacts' ids, of each ticket all or none: as many as a set has room for."""
    most = BATCH - MOST_ON_ONE_TICKET + 1
    tickets = waiting.order_by("ticket__place", "pk").values_list("ticket", flat=True)[:most]
    return dict(waiting.filter(ticket__in=set(tickets)).values_list("pk", "registration__contact"))


def _read(
    draw: Draw,
    step: Step,
    holders: Sequence[TicketHolder],
    contacts: Mapping[int, Contact],
    actor: Actor,
    at: datetime,
) -> Set:
    decisions: dict[int, list[sql.Decided]] = defaultdict(list)
    for one in sql.decided_for({holder.ticket_id for holder in holders}):
        decisions[one.ticket_id].append(one)
    wanted = step.sessions_of(holders, decisions)
    seats = locks.lock_seats(sql.seat_counts_of(wanted))
    event = steps.fresh_event(draw.event)
    sessions = {session.pk: session for session in sql.sessions_ruled(wanted)}
    for session in sessions.values():
        sql.attach(session, event=event, seats=seats[session.seats_id])
    own = {holder.registration.contact_id for holder in holders}
    standings = standings_of(own, event, contacts)
    people: dict[int, list[Person]] = defaultdict(list)
    for holder in holders:
        contact = contacts[holder.registration.contact_id]
        people[holder.ticket_id].append(Person(holder, contact, standings[contact.pk]))
    return Set(draw, Journal(actor, at, seats, in_sets=True), people, decisions, sessions)
