"""Standby at a session's door: from when on, how many may be admitted, and whom first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from events.models import Source
from registrations import rules
from registrations.models import CheckIn, EventRegistration, SessionRegistration
from sessions_app.models import Session
from waitlists.models import WaitlistItem


@dataclass(frozen=True)
class InLine:
    """One person who stands in the session's line, at their place; `item` is that place."""

    item: WaitlistItem
    registration: EventRegistration

    @property
    def is_kept_back(self) -> bool:
        """True for somebody passed over: they may be admitted, and nobody waits for them."""
        return self.item.passed_over_at is not None


@dataclass(frozen=True)
class Standby:
    """A session's door as it is at one moment.

    `open_from` is None where standby is off; `free` is None without a limit; `expected` have a seat and have not come;
    `line` is whoever waits, in the order in which they are admitted.
    """

    session: Session
    open_from: datetime | None
    is_open: bool
    free: int | None
    inside: int
    expected: int
    line: list[InLine]

    def ahead_of(
        self, registration: EventRegistration, not_here: Collection[EventRegistration] = ()
    ) -> list[InLine]:
        """The people in line who are admitted before this person; `not_here` were called, and nobody answered."""
        absent = {one.pk for one in not_here}
        ahead = []
        for one in self.line:
            if one.registration.pk == registration.pk:
                break
            if not (one.is_kept_back or one.registration.pk in absent):
                ahead.append(one)
        return ahead

    def keeping_out(
        self, registration: EventRegistration, not_here: Collection[EventRegistration] = ()
    ) -> list[InLine]:
        """The people ahead who take all the places that are free, so that none is left for this person; none otherwise.

        While a place is left for each of those ahead, whoever stands at the door need not wait for them.
        """
        ahead = self.ahead_of(registration, not_here)
        return [] if self.free is None or self.free > len(ahead) else ahead

    def walk_ups(self) -> QuerySet[EventRegistration]:
        """Who is admitted after the line: registered at the event, with neither a seat nor a place in line here."""
        mine = {"contact": OuterRef("contact"), "session": self.session}
        seated = SessionRegistration.objects.active().filter(**mine)
        waiting = WaitlistItem.objects.open().filter(**mine)
        rows = EventRegistration.objects.confirmed().filter(event=self.session.event_id)
        return rows.filter(~Exists(seated), ~Exists(waiting))


def standby_at(session: Session, at: datetime) -> Standby:
    """Standby at the session's door at this moment; the session carries its event and its seat count."""
    inside = CheckIn.objects.inside().filter(session=session).count()
    return Standby(
        session,
        rules.standby_opens_at(session),
        rules.is_standby_open(session, at),
        rules.free_at_the_door(session.seats, inside),
        inside,
        absent_from(session).count(),
        _line_of(session),
    )


def house_of(session: Session) -> rules.House:
    """Who is inside the session, and how many seats were given at its door."""
    inside = CheckIn.objects.inside().filter(session=session).count()
    given = SessionRegistration.objects.active().filter(session=session, source=Source.STANDBY)
    return rules.House(inside, given.count())


def absent_from(session: Session) -> QuerySet[SessionRegistration]:
    """The seats in the session whose holders its door has not let in."""
    entries = CheckIn.objects.standing().filter(
        event_registration=OuterRef("event_registration"), session=OuterRef("session")
    )
    return SessionRegistration.objects.active().filter(~Exists(entries), session=session)


def _line_of(session: Session) -> list[InLine]:
    statuses = (WaitlistItem.Status.WAITING, WaitlistItem.Status.INVITED)
    items = list(WaitlistItem.objects.filter(session=session, status__in=statuses).in_line())
    rows = EventRegistration.objects.confirmed().filter(
        event=session.event_id, contact__in=[item.contact_id for item in items]
    )
    registrations = {row.contact_id: row for row in rows.select_related("contact")}
    return [
        InLine(item, registrations[item.contact_id]) for item in items if item.contact_id in registrations
    ]
