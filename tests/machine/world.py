"""The small world of one example: an event of its own, four sessions, five people, one clock."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from events.actors import Actor
from events.models import Event, Pass, User
from registrations.models import SessionRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.factories import FIRST_DAY, EventFactory, PassFactory, SessionFactory, UserFactory, at
from waitlists.models import InvitationSlot, WaitlistItem

# Three that overlap, one apart; sessions are moved among these.
SLOTS = [(at(10), at(11)), (at(10), at(11)), (at(10, 30), at(11, 30)), (at(12), at(13))]
PEOPLE = 5
# The most minutes that the column takes.
AN_AGE = 32_767
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass
class Seen:
    """Every row of the event at one moment."""

    rows: Rows
    items: list[WaitlistItem]
    last_activity: int
    last_mail: int

    def changes(self, other: Seen) -> list[str]:
        """The tables in which the two differ."""
        return [name for name, rows in self.rows.items() if rows != other.rows[name]]


class Errors(logging.Handler):
    """Keeps what the engine logs as an error: after a commit it answers the person and logs what went wrong."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message with its traceback."""
        self.records.append(logging.Formatter().format(record))


@dataclass
class World:
    """One event and everybody who has to do with it."""

    event: Event
    session_ids: list[int]
    pass_ids: list[int]
    people: list[Attendee]
    staff: Actor
    now: datetime = FIRST_DAY - timedelta(days=10)
    errors: Errors = field(default_factory=Errors)

    @classmethod
    def of(
        cls,
        capacities: Iterable[int],
        *,
        included: int | None = None,
        locked: int | None = None,
        passes: Iterable[dict[str, Any]] = (),
        **event: Any,
    ) -> World:
        """Make a world; `included` and `locked` name one session each."""
        made = EventFactory(**event)
        sessions = [
            SessionFactory(
                event=made,
                capacity=capacity,
                starts_at=start,
                ends_at=end,
                selection_control="included" if number == included else "optional",
                locked_when_saved=number == locked,
                # The doors stand open from the first day: whoever stands before one may be admitted at any time.
                own_standby_minutes=AN_AGE,
            )
            for number, (capacity, (start, end)) in enumerate(zip(capacities, SLOTS, strict=True))
        ]
        offered = [_offered(made, sessions, **one) for one in passes]
        people = [Attendee(f"p{n}.{made.pk}@example.org", f"P{n}", "Test") for n in range(PEOPLE)]
        return cls(made, [s.pk for s in sessions], offered, people, _staff())

    def session(self, number: int) -> Session:
        """One session as a view would find it."""
        rows = Session.objects.select_related("event__seats", "seats")
        return rows.get(pk=self.session_ids[number % len(self.session_ids)])

    def session_of(self, seat: SessionRegistration) -> Session:
        """The session of a seat as a view would find it."""
        return self.session(self.session_ids.index(seat.session_id))

    def sessions(self, numbers: Iterable[int]) -> list[Session]:
        """Several sessions, in the order asked for."""
        return [self.session(number) for number in numbers]

    def fresh_event(self) -> Event:
        """The event as a view would find it."""
        return Event.objects.select_related("seats").get(pk=self.event.pk)

    def event_pass(self, number: int | None) -> Pass | None:
        """One of the passes; None for none."""
        if number is None or not self.pass_ids:
            return None
        return Pass.objects.select_related("seats").get(pk=self.pass_ids[number % len(self.pass_ids)])

    def look(self) -> Seen:
        """Read every row of the event; in SQL, since a step reads them once or twice."""
        rows = {name: _read(sql, self.event.pk) for name, sql in _TABLES.items()}
        items = list(WaitlistItem.objects.filter(event=self.event).order_by("id"))
        rows["items"] = [
            tuple(getattr(item, f.attname) for f in item._meta.concrete_fields) for item in items
        ]
        last = {name: rows[name][-1][0] if rows[name] else 0 for name in ("ledger", "mails")}
        return Seen(rows, items, last["ledger"], last["mails"])

    def quarantine(self) -> None:
        """Leave an example so that no later sweep finds anything to do in it, however broken it is."""
        WaitlistItem.objects.filter(event=self.event).delete()
        sessions = Session.objects.filter(event=self.event).values_list("seats_id", flat=True)
        InvitationSlot.objects.filter(seats__in=[self.event.seats_id, *sessions]).delete()


_SEATS = """(SELECT seats_id FROM events_event WHERE id = %(event)s
    UNION SELECT seats_id FROM sessions_app_session WHERE event_id = %(event)s
    UNION SELECT seats_id FROM events_pass WHERE event_id = %(event)s)"""
_PEOPLE = "(SELECT id FROM registrations_eventregistration WHERE event_id = %(event)s)"
_TABLES = {
    "event": "SELECT * FROM events_event WHERE id = %(event)s",
    "sessions": "SELECT * FROM sessions_app_session WHERE event_id = %(event)s ORDER BY id",
    "seat counts": f"SELECT * FROM events_seatcount WHERE id IN {_SEATS} ORDER BY id",
    "registrations": "SELECT * FROM registrations_eventregistration WHERE event_id = %(event)s ORDER BY id",
    "seats": f"""SELECT * FROM registrations_sessionregistration
        WHERE event_registration_id IN {_PEOPLE} ORDER BY id""",
    "passes": f"""SELECT * FROM registrations_attendeepass
        WHERE event_registration_id IN {_PEOPLE} ORDER BY id""",
    "slots": f"SELECT * FROM waitlists_invitationslot WHERE seats_id IN {_SEATS} ORDER BY id",
    # No contact is made by what is refused.
    "contacts": "SELECT COUNT(*) FROM events_contact",
    "ledger": "SELECT id FROM registrations_activity WHERE event_id = %(event)s ORDER BY id",
    "mails": "SELECT id FROM registrations_notification WHERE event_id = %(event)s ORDER BY id",
}


def _read(sql: str, event_id: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"event": event_id})
        return cursor.fetchall()


def _offered(event: Event, sessions: list[Session], **words: Any) -> int:
    opens = words.pop("opens", [])
    offered = PassFactory(event=event, **words)
    offered.sessions.set([sessions[number] for number in opens])
    return offered.pk


def _staff() -> Actor:
    user = User.objects.filter(is_superuser=True).first() or UserFactory(is_superuser=True)
    return Actor.staff(user)
