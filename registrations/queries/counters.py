"""What each seat count belongs to, and what it ought to say, counted from the rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count, F, Value
from django.db.models.functions import Coalesce

from events.models import Event, Pass, SeatCount
from registrations.models import AttendeePass, EventRegistration, OrderLine, OrderSeat, SessionRegistration
from registrations.queries.asked_once import Question, Rows, Within
from sessions_app.models import Session
from waitlists.models import InvitationSlot, WaitlistItem

Target = Event | Session | Pass


class Counters(NamedTuple):
    """What a seat count counts."""

    taken: int
    held: int
    waiting: int

    @classmethod
    def of(cls, seats: SeatCount) -> Counters:
        """Return what is stored."""
        return cls(seats.taken, seats.held, seats.waiting)

    def __str__(self) -> str:
        return f"{self.taken} taken, {self.held} held, {self.waiting} waiting"


class Stored(NamedTuple):
    """What is stored of one target's seats, read without the target."""

    seats_id: int
    taken: int
    held: int
    waiting: int
    capacity: int | None
    hard_limit: int | None
    named_event_id: int | None
    event_id: int
    has_line: int

    @property
    def counters(self) -> Counters:
        """The three counters."""
        return Counters(self.taken, self.held, self.waiting)

    @property
    def is_full(self) -> bool:
        """True when there is no seat that the line may be given."""
        return self.capacity is not None and self.taken + self.held >= self.capacity


def _stored(rows: Rows, event: str, has_line: Any) -> Rows:
    names = ("taken", "held", "waiting", "capacity", "hard_limit", "event")
    return rows.values_list("seats", *(f"seats__{name}" for name in names), event, has_line)


@Question
def _of_events(within: Within) -> Rows:
    return _stored(within.narrow(Event.objects.all(), "pk"), "pk", F("waitlist_enabled"))


@Question
def _of_sessions(within: Within) -> Rows:
    has_line = Coalesce("own_waitlist_enabled", "event__waitlist_enabled")
    return _stored(within.narrow(Session.objects.all()), "event", has_line)


@Question
def _of_passes(within: Within) -> Rows:
    return _stored(within.narrow(Pass.objects.all()), "event", Value(0))


@dataclass(frozen=True)
class Scope:
    """All targets, or those of one event, by the id of their seat count."""

    event: Event | None

    @property
    def event_id(self) -> int | None:
        """The event's id; None for all events."""
        return self.event.pk if self.event else None

    @cached_property
    def stored(self) -> dict[int, Stored]:
        """What is stored of each target's seats."""
        found = [row for each in (_of_events, _of_sessions, _of_passes) for row in each.rows(self.event_id)]
        return {row[0]: Stored(*row) for row in found}

    @cached_property
    def targets(self) -> dict[int, Target]:
        """The targets themselves, with their seat counts."""
        events = Event.objects.all() if self.event is None else Event.objects.filter(pk=self.event.pk)
        sessions = Session.objects.filter(event__in=events).select_related("event", "seats")
        passes = Pass.objects.filter(event__in=events).select_related("seats")
        found: list[Target] = [*events.select_related("seats"), *sessions, *passes]
        return {target.seats_id: target for target in found}

    def name(self, seats_id: int) -> str:
        """Return how the target is called in a report."""
        target = self.targets.get(seats_id)
        return f"{target._meta.verbose_name} “{target}”" if target else f"seat count {seats_id}"


def targets_by_seats(event: Event | None = None) -> dict[int, Target]:
    """Return what each seat count belongs to, by its id; the targets carry their seat counts."""
    return Scope(event).targets


def true_counters(event: Event | None = None) -> dict[int, Counters]:
    """Return what each seat count ought to say, counted from the rows, by the id of the seat count."""
    return counted(Scope(event))


def counted(scope: Scope) -> dict[int, Counters]:
    """Return what the seat counts of `scope` ought to say."""
    taken = {seats_id: number for each in _TAKEN for seats_id, number in each.rows(scope.event_id)}
    waiting = dict(_waiting.rows(scope.event_id))
    held: Counter[int] = Counter()
    for each in _HELD:
        held.update(dict(each.rows(scope.event_id)))
    return {
        seats_id: Counters(
            taken.get(seats_id, 0),
            held[seats_id],
            waiting.get(seats_id, 0) if stored.has_line else 0,
        )
        for seats_id, stored in scope.stored.items()
    }


@Question
def _confirmed(within: Within) -> Rows:
    return _count_by(within.narrow(EventRegistration.objects.confirmed()), "event__seats")


@Question
def _seated(within: Within) -> Rows:
    seated = within.narrow(SessionRegistration.objects.active(), "session__event")
    return _count_by(seated, "session__seats")


@Question
def _issued(within: Within) -> Rows:
    issued = within.narrow(AttendeePass.objects.filter(cancelled_at=None), "event_pass__event")
    return _count_by(issued, "event_pass__seats")


@Question
def _invited(_within: Within) -> Rows:
    return _count_by(InvitationSlot.objects.filter(closed_at=None, ordered_at=None), "seats")


@Question
def _passes_invited(_within: Within) -> Rows:
    slots = InvitationSlot.objects.filter(closed_at=None, ordered_at=None, pass_seats__isnull=False)
    return _count_by(slots, "pass_seats")


@Question
def _ordered(within: Within) -> Rows:
    return _count_by(within.narrow(OrderLine.objects.filter(is_held=True)), "event__seats")


@Question
def _passes_ordered(within: Within) -> Rows:
    return _count_by(within.narrow(OrderLine.objects.filter(is_held=True)), "event_pass__seats")


@Question
def _sessions_ordered(within: Within) -> Rows:
    held = within.narrow(OrderSeat.objects.filter(is_held=True), "order_line__event")
    return _count_by(held, "session__seats")


@Question
def _waiting(within: Within) -> Rows:
    return _count_by(within.narrow(WaitlistItem.objects.eligible()), "seats")


_TAKEN = (_confirmed, _seated, _issued)
_HELD = (_invited, _passes_invited, _ordered, _passes_ordered, _sessions_ordered)


def _count_by(rows: Rows, path: str) -> Rows:
    return rows.order_by().values_list(path).annotate(number=Count("pk"))
