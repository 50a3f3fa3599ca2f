"""The event of the soak: many small sessions, two at each hour, and what everybody sees of it meanwhile."""

from __future__ import annotations

import random
import threading
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connections

from events.actors import Actor
from events.models import Event, User
from registrations.actions import add_to_event
from registrations.links import manage_token
from registrations.models import EventRegistration, SessionRegistration
from registrations.rules.people import Attendee as Person
from sessions_app.models import Session
from tests.api.conftest import make_api_client, make_token
from tests.factories import EventFactory, SessionFactory, UserFactory, at
from waitlists.models import WaitlistItem

HOURS, SEATS, PEOPLE = 6, 3, 60
# Whoever is first in line is asked before they get the seat.
INVITES = {"own_auto_register_waitlisted": False, "own_contacts_choose_auto_register": False}
MINUTES_OF_A_TOKEN = 24 * 60


@dataclass
class Stage:
    """One event with its sessions and people, and whoever works on it."""

    event: Event
    sessions: list[Session]
    people: list[EventRegistration]
    admin: User
    api_token: str

    @classmethod
    def new(cls) -> Stage:
        """Return a new one: at each hour two sessions, of which one registers from its line and one invites."""
        event = EventFactory(
            slug=f"soak-{uuid.uuid4().hex[:8]}", name="Soak", contacts_choose_auto_register=True
        )
        sessions = [
            SessionFactory(
                event=event,
                name=f"{'Left' if left else 'Right'} {hour}",
                capacity=SEATS,
                starts_at=at(8 + hour),
                ends_at=at(8 + hour) + timedelta(minutes=50),
                **({} if left else INVITES),
                own_invitations_per_slot=1 + hour % 2,
                validate_registrants=True,
            )
            for hour in range(HOURS)
            for left in (True, False)
        ]
        admin = UserFactory(is_superuser=True)
        people = [Person(f"attendee{number}@example.org", "Ada", f"No. {number}") for number in range(PEOPLE)]
        lines = add_to_event(event, people, actor=Actor.staff(admin), notify=False)
        scopes = "read write override"
        token = make_token(make_api_client("Soak", scopes), scopes, MINUTES_OF_A_TOKEN)
        return cls(event, sessions, [line.registration for line in lines if line.registration], admin, token)

    @property
    def links(self) -> list[str]:
        """The personal links' tokens of those who are registered from the start."""
        return [manage_token(person) for person in self.people]

    def parallel(self, session: Session) -> Session:
        """The other one at the same hour."""
        return self.sessions[self.sessions.index(session) ^ 1]


def identity_in(token: str) -> str:
    """Whose personal link it is: the registration's identity, as rows have it."""
    return str(uuid.UUID(token.split(".", maxsplit=1)[0]))


@dataclass
class Seen:
    """What is so at one moment: who holds what, who waits for what, by identity and session."""

    held: dict[str, dict[int, int]] = field(default_factory=dict)
    waiting: dict[str, dict[int, int]] = field(default_factory=dict)
    invited: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)
    in_line: set[int] = field(default_factory=set)
    registered: list[int] = field(default_factory=list)

    def is_full(self, session: Session) -> bool:
        """True where a newcomer gets no seat, as far as one can see."""
        return session.pk in self.in_line or self.taken.get(session.pk, 0) >= session.seats.capacity

    @classmethod
    def now(cls, event: Event) -> Seen:
        """Read it from the rows."""
        seen = cls()
        seats = SessionRegistration.objects.active().filter(event=event)
        for pk, who, session in seats.values_list("pk", "event_registration__uuid", "session"):
            seen.held.setdefault(str(who), {})[session] = pk
            seen.taken[session] = seen.taken.get(session, 0) + 1
        people = EventRegistration.objects.active().filter(event=event)
        by_contact = {contact: str(who) for contact, who in people.values_list("contact", "uuid")}
        items = WaitlistItem.objects.open().filter(event=event)
        for pk, contact, session, status, name in items.values_list(
            "pk", "contact", "session", "status", "uuid"
        ):
            who = by_contact.get(contact, "")
            seen.in_line.add(session)
            seen.waiting.setdefault(who, {})[session] = pk
            if status == WaitlistItem.Status.INVITED:
                seen.invited.setdefault(who, []).append((session, str(name)))
        seen.registered = list(people.values_list("pk", flat=True))
        return seen


class Watcher(threading.Thread):
    """Looks again and again, so that everybody else need not; patient with a database that is away."""

    def __init__(self, event: Event, every: float) -> None:
        super().__init__(daemon=True)
        self.seen, self._event, self._every = Seen.now(event), event, every
        self._stop_asked = threading.Event()

    def run(self) -> None:
        """Look until asked to stop."""
        while not self._stop_asked.wait(self._every):
            try:
                self.seen = Seen.now(self._event)
            except (DatabaseError, InterfaceError):
                connections.close_all()
        connections.close_all()

    def stop(self) -> None:
        """Look no more."""
        self._stop_asked.set()
        self.join(30)


def some(chance: random.Random, found: Any) -> Any:
    """One of them; None where there is none."""
    listed = list(found)
    return chance.choice(listed) if listed else None
