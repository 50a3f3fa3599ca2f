"""One set of people to whom a draw is published: what is read of them under their locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from events.actors import Actor
from events.models import Contact
from registrations import locks
from registrations.actions import steps
from registrations.actions.journal import Journal
from registrations.models import Draw, DrawDecision, DrawSession, EventRegistration, TicketHolder, Wish
from registrations.models.tickets import MOST_ON_ONE_TICKET
from registrations.queries import standings_of
from registrations.rules.standing import Standing
from sessions_app.models import Session

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


@dataclass
class Set:
    """Some tickets of a draw, with their people, decisions and the sessions that these are about, all locked."""

    draw: Draw
    journal: Journal
    people: dict[int, list[Person]]
    decisions: dict[int, list[DrawDecision]]
    sessions: dict[int, Session]

    @property
    def holders(self) -> list[TicketHolder]:
        """Everybody in it."""
        return [person.holder for own in self.people.values() for person in own]


def next_set(draw: Draw, waiting: QuerySet[TicketHolder], actor: Actor, at: datetime) -> Set | None:
    """Lock the next tickets by their places, whole, and read what is theirs; None where nobody is `waiting`.

    The people's contacts are locked before anything is read again: who was served meanwhile is not in the set.
    """
    first = _first(waiting)
    if not first:
        return None
    locks.lock_contacts({holder.registration.contact_id for holder in first})
    holders = list(_with_people(waiting.filter(pk__in=[holder.pk for holder in first])))
    return _read(draw, holders, actor, at)


def _first(waiting: QuerySet[TicketHolder]) -> list[TicketHolder]:
    """The next people, of each ticket all or none: as many whole tickets as a set has room for."""
    most = BATCH - MOST_ON_ONE_TICKET + 1
    tickets = list(
        dict.fromkeys(waiting.order_by("ticket__place", "pk").values_list("ticket", flat=True)[:most])
    )
    return list(_with_people(waiting.filter(ticket__in=tickets)))


def _with_people(holders: QuerySet[TicketHolder]) -> QuerySet[TicketHolder]:
    return holders.select_related("registration__contact", "ticket").order_by("ticket__place", "number")


def _read(draw: Draw, holders: Sequence[TicketHolder], actor: Actor, at: datetime) -> Set:
    tickets = {holder.ticket_id for holder in holders}
    decisions: dict[int, list[DrawDecision]] = defaultdict(list)
    for one in DrawDecision.objects.filter(ticket__in=tickets).order_by("ticket", "rank"):
        decisions[one.ticket_id].append(one)
    wanted = {one.session_id for own in decisions.values() for one in own}
    seat_ids = DrawSession.objects.filter(draw=draw, session__in=wanted).values_list(
        "session__seats", flat=True
    )
    seats = locks.lock_seats(set(seat_ids))
    event = steps.fresh_event(draw.event)
    sessions = steps.fresh_sessions(wanted, event, seats)
    contacts = {holder.registration.contact_id: holder.registration.contact for holder in holders}
    standings = standings_of(contacts, event, contacts)
    people: dict[int, list[Person]] = defaultdict(list)
    for holder in holders:
        contact = holder.registration.contact
        people[holder.ticket_id].append(Person(holder, contact, standings[contact.pk]))
    return Set(draw, Journal(actor, at, seats, in_sets=True), people, decisions, sessions)


def places_wished(tickets: Iterable[int]) -> dict[tuple[int, int], tuple[int, int | None]]:
    """The rank that a ticket gave to a session, and up to which place it waits there."""
    rows = Wish.objects.filter(ticket__in=tickets)
    return {(one.ticket_id, one.session_id): (one.rank, one.wait_at_most) for one in rows}
