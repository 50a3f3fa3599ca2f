"""Seat counts with what each belongs to, and what it ought to say, counted from the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet

from events.models import Event, Pass, SeatCount
from registrations.models import AttendeePass, EventRegistration, SessionRegistration
from sessions_app.models import Session
from waitlists.models import InvitationSlot, WaitlistItem

Target = Event | Session | Pass


class Counters(NamedTuple):
    """The counters of one seat count."""

    taken: int
    held: int
    waiting: int

    @classmethod
    def of(cls, seats: SeatCount) -> Counters:
        """Return the counters that a seat count stores."""
        return cls(seats.taken, seats.held, seats.waiting)

    def __str__(self) -> str:
        return f"{self.taken} taken, {self.held} held, {self.waiting} waiting"


@dataclass(frozen=True)
class Scope:
    """The targets, all or one event's, by the id of their seat count."""

    event: Event | None
    targets: dict[int, Target]

    @classmethod
    def of(cls, event: Event | None) -> Scope:
        """Return the scope of one event, or of all, with its targets read."""
        events = Event.objects.all() if event is None else Event.objects.filter(pk=event.pk)
        sessions = Session.objects.filter(event__in=events).select_related("event", "seats")
        passes = Pass.objects.filter(event__in=events).select_related("seats")
        found: list[Target] = [*events.select_related("seats"), *sessions, *passes]
        return cls(event, {target.seats_id: target for target in found})

    def narrow(self, rows: QuerySet[Any], path: str = "event") -> QuerySet[Any]:
        """Return those rows that belong to the event, all when no event was asked for."""
        return rows if self.event is None else rows.filter(**{path: self.event})

    def name(self, seats_id: int) -> str:
        """Return how the target is called in a report."""
        target = self.targets.get(seats_id)
        return f"{target._meta.verbose_name} “{target}”" if target else f"seat count {seats_id}"


def targets_by_seats(event: Event | None = None) -> dict[int, Target]:
    """Return what each seat count belongs to, by its id; the targets carry their seat counts."""
    return Scope.of(event).targets


def true_counters(event: Event | None = None) -> dict[int, Counters]:
    """Return what each seat count ought to say, counted from the rows, by the id of the seat count."""
    return counted(Scope.of(event))


def counted(scope: Scope) -> dict[int, Counters]:
    """Return what the seat counts of `scope` ought to say."""
    taken: dict[int, int] = {}
    confirmed = scope.narrow(EventRegistration.objects.confirmed())
    seated = scope.narrow(SessionRegistration.objects.active(), "session__event")
    issued = scope.narrow(AttendeePass.objects.filter(cancelled_at=None), "event_pass__event")
    for rows, path in (
        (confirmed, "event__seats"),
        (seated, "session__seats"),
        (issued, "event_pass__seats"),
    ):
        taken.update(_count_by(rows, path))
    held = _count_by(InvitationSlot.objects.filter(closed_at=None), "seats")
    waiting = _count_by(scope.narrow(WaitlistItem.objects.eligible()), "seats")
    return {
        seats_id: Counters(
            taken.get(seats_id, 0),
            held.get(seats_id, 0),
            waiting.get(seats_id, 0) if getattr(target, "waitlist_enabled", False) else 0,
        )
        for seats_id, target in scope.targets.items()
    }


def _count_by(rows: QuerySet[Any], path: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(path).annotate(number=Count("pk")))
