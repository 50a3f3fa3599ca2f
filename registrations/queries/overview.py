"""An event in figures: seats, registrations over time, lines, who came, mails. Each is read in a fixed number of
statements however large the event is, and names nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, F, Func, Q, Sum

from events.models import Event
from registrations.models import (
    AgendaDraftLine,
    EventRegistration,
    Notification,
    RefusedTries,
)
from registrations.rules.outcomes import Outcome
from sessions_app.models import Session
from waitlists.models import WaitlistItem

HOUR = timedelta(hours=1)
# Fewer seats, or fewer people at the door, say nothing about how many come.
FEWEST_SEATS = 20


@dataclass(frozen=True, slots=True)
class SeatsOfSession:
    """One session's plan and seats."""

    pk: int
    name: str
    starts_at: datetime | None
    ends_at: datetime | None
    format: str
    room_id: int | None
    room: str
    fits: int | None
    capacity: int | None
    hard_limit: int | None
    taken: int
    held: int
    waiting: int

    @property
    def past_capacity(self) -> int:
        """Seats taken beyond the capacity."""
        return 0 if self.capacity is None else max(0, self.taken - self.capacity)

    @property
    def free(self) -> int:
        """Seats that nobody has, is offered or waits for; 0 where there is no limit."""
        return 0 if self.capacity is None else max(0, self.capacity - self.taken - self.held - self.waiting)

    @property
    def fill(self) -> float | None:
        """The share of the seats that is taken; None where there is no limit, or no seat."""
        return self.taken / self.capacity if self.capacity else None

    def overlaps(self, other: SeatsOfSession) -> bool:
        """True when both share a moment."""
        if not (self.starts_at and self.ends_at and other.starts_at and other.ends_at):
            return False
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def seats_of_sessions(event: Event) -> list[SeatsOfSession]:
    """Every session that takes place, in the order of the programme. One statement."""
    rows = Session.objects.not_archived().filter(event=event, cancelled_at=None).in_programme_order()
    columns = rows.values_list(
        *("pk", "name", "starts_at", "ends_at", "format", "room_id", "room__name"),
        *("layout__capacity", "room__capacity", "building__capacity"),
        *("seats__capacity", "seats__hard_limit", "seats__taken", "seats__held", "seats__waiting"),
    )
    return [_seats(*row) for row in columns]


def _seats(
    pk: int,
    name: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
    shape: str,
    room_id: int | None,
    room: str | None,
    *figures: Any,
) -> SeatsOfSession:
    # The most specific place that says how many fit, as for a session's own form.
    fits = next((place for place in figures[:3] if place is not None), None)
    return SeatsOfSession(pk, name, starts_at, ends_at, shape, room_id, room or "", fits, *figures[3:])


@dataclass(frozen=True, slots=True)
class Day:
    """One day by the event's clock: how many registered, and how many cancelled."""

    day: date
    registered: int
    cancelled: int


class _UpTo(Func):
    """A moment in UTC as text, as far as its hour or its minute: what the moments of one stretch have in common."""

    output_field = CharField()

    def __init__(self, column: str, *, minutes: bool) -> None:
        self.length, self.shape = (16, "YYYY-MM-DD HH24:MI") if minutes else (13, "YYYY-MM-DD HH24")
        super().__init__(F(column))

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> Any:
        """Stored as text in UTC: its beginning."""
        return self.as_sql(compiler, connection, template=f"substr(%(expressions)s, 1, {self.length})")

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> Any:
        """Said in UTC, whatever the connection's zone is."""
        template = f"to_char(%(expressions)s AT TIME ZONE 'UTC', '{self.shape}')"
        return self.as_sql(compiler, connection, template=template)


def registrations_by_day(event: Event) -> list[Day]:
    """Each day from the first registration to the last move, days without any too. Two statements."""
    # Whoever only waits for the event is not registered.
    rows = EventRegistration.objects.filter(event=event).exclude(status=EventRegistration.Status.WAITLISTED)
    came = _by_day(event, rows, "registered_at")
    went = _by_day(event, rows.filter(cancelled_at__isnull=False), "cancelled_at")
    days = came.keys() | went.keys()
    if not days:
        return []
    first, last = min(days), max(days)
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [Day(day, came[day], went[day]) for day in every]


def _by_day(event: Event, rows: Any, column: str) -> Counter[date]:
    """The database counts by the hour, whose day by the event's clock is known; by the minute in zones like India's."""
    zone = event.zone
    summer, winter = (datetime(2031, month, 1, tzinfo=zone).utcoffset() for month in (1, 7))
    minutes = any(offset is not None and offset % HOUR for offset in (summer, winter))
    found: Counter[date] = Counter()
    stretches = rows.order_by().values_list(_UpTo(column, minutes=minutes)).annotate(number=Count("pk"))
    for moment, number in stretches:
        began = datetime.fromisoformat(f"{moment if minutes else f'{moment}:00'}+00:00")
        found[began.astimezone(zone).date()] += number
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One session's line, or the event's own: who is in it, and what became of those who were."""

    session_id: int | None
    waiting: int
    invited: int
    registered: int
    left: int


def lines_of(event: Event) -> list[Line]:
    """The lines that anybody ever joined, the longest first. One statement."""
    status, gone = WaitlistItem.Status, [*WaitlistItem.OPEN, WaitlistItem.Status.REGISTERED]
    rows = WaitlistItem.objects.filter(event=event).order_by().values_list("session_id")
    counted = rows.annotate(
        waiting=Count("pk", filter=Q(status__in=[status.WAITING, status.ON_HOLD])),
        invited=Count("pk", filter=Q(status=status.INVITED)),
        registered=Count("pk", filter=Q(status=status.REGISTERED)),
        left=Count("pk", filter=~Q(status__in=gone)),
    )
    return sorted((Line(*row) for row in counted), key=lambda line: (-line.waiting, line.session_id or 0))


@dataclass(frozen=True, slots=True)
class Mails:
    """Mails of one kind."""

    kind: str
    sent: int
    due: int
    failed: int


def mails_of(event: Event) -> list[Mails]:
    """The event's mails by kind. One statement."""
    rows = Notification.objects.filter(event=event).order_by("kind").values_list("kind")
    counted = rows.annotate(
        sent=Count("sent_at"),
        due=Count("pk", filter=Q(sent_at=None, given_up_at=None)),
        failed=Count("pk", filter=Q(sent_at=None, given_up_at__isnull=False)),
    )
    return [Mails(*row) for row in counted]


def wishes_of(event: Event) -> dict[int, int]:
    """How many agendas that nobody has put a name on hold each session. One statement."""
    rows = AgendaDraftLine.objects.filter(draft__event=event, draft__registration=None).order_by()
    return dict(rows.values_list("session_id").annotate(Count("pk")))


@dataclass(frozen=True, slots=True)
class Demand:
    """What was wished of one session, or of the event itself, and met no seat."""

    session_id: int | None
    full: int
    clash: int
    otherwise: int
    waiting: int
    wished: int

    @property
    def refused(self) -> int:
        """Refused tries, whatever the reason."""
        return self.full + self.clash + self.otherwise

    @property
    def all(self) -> int:
        """Refused tries, people waiting and unfinished agendas together."""
        return self.refused + self.waiting + self.wished


def demand_of(event: Event, sessions: Iterable[SeatsOfSession]) -> list[Demand]:
    """The sessions that take place, and the event itself, of which more was wished than met a seat. Two statements."""
    refused: dict[int | None, Counter[str]] = {}
    rows = RefusedTries.objects.filter(event=event).order_by().values_list("session_id", "outcome")
    for session_id, outcome, number in rows.annotate(number=Sum("number")):
        refused.setdefault(session_id, Counter())[outcome] += number
    wished = wishes_of(event)
    targets = [(row.pk, row.waiting) for row in sessions]
    found = [_demand(pk, waiting, refused, wished) for pk, waiting in [*targets, (None, event.seats.waiting)]]
    return sorted((one for one in found if one.all), key=lambda one: -one.all)


def _demand(
    pk: int | None, waiting: int, refused: dict[int | None, Counter[str]], wished: dict[int, int]
) -> Demand:
    tries = refused.get(pk, Counter())
    full, clash = tries[Outcome.FULL], tries[Outcome.CONFLICT]
    return Demand(pk, full, clash, tries.total() - full - clash, waiting, wished.get(pk or 0, 0))


def running_total(days: Iterable[Day]) -> list[int]:
    """How many were registered at the end of each day."""
    total, found = 0, []
    for day in days:
        total += day.registered - day.cancelled
        found.append(total)
    return found
