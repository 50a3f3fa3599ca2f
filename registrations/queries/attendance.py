"""Who came to the sessions that are over, of those who had a seat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from events.models import Event, Source
from registrations.models import CheckIn, SessionRegistration
from registrations.queries.overview import FEWEST_SEATS, SeatsOfSession


@dataclass(frozen=True, slots=True)
class Attendance:
    """Of those who had a seat in a session that is over: how many came, by the door's record.

    Had one before the door opened: those admitted in the stead of absent people are not among them, and those whose
    seats were freed because they stayed away are.
    """

    session: SeatsOfSession
    seats: int
    came: int

    @property
    def missed(self) -> int:
        """People with a seat whom no door has seen."""
        return max(0, self.seats - self.came)


def attendance_of(event: Event, sessions: Iterable[SeatsOfSession], at: datetime) -> list[Attendance]:
    """The sessions that are over at `at` and had a door: where nobody was let in, nobody counted. Two statements."""
    over = {row.pk: row for row in sessions if row.ends_at is not None and row.ends_at <= at}
    if not over:
        return []
    seats = "event_registration__session_registrations"
    rows = CheckIn.objects.standing().filter(
        Q(**{f"{seats}__session": F("session"), f"{seats}__cancelled_at": None}), event=event
    )
    came = dict(
        rows.order_by().values_list("session_id").annotate(Count("event_registration", distinct=True))
    )
    at_doors = _seats_changed_at_doors([pk for pk in over if came.get(pk)])
    return [
        Attendance(over[pk], over[pk].taken - standby + freed, max(0, came[pk] - standby))
        for pk, (standby, freed) in at_doors.items()
    ]


def _seats_changed_at_doors(sessions: list[int]) -> dict[int, tuple[int, int]]:
    """How many seats of each session were given by standby, and how many taken from people who did not come."""
    given = Q(cancelled_at=None, source=Source.STANDBY)
    freed = Q(cancelled_at__isnull=False, no_show_at__isnull=False)
    rows = SessionRegistration.objects.filter(given | freed, session__in=sessions).order_by()
    counted = rows.values_list("session_id").annotate(
        standby=Count("pk", filter=given), freed=Count("pk", filter=freed)
    )
    return dict.fromkeys(sessions, (0, 0)) | {pk: (standby, freed) for pk, standby, freed in counted}


def show_up_rate(found: Iterable[Attendance]) -> float | None:
    """The share of seats whose people came; None where there were too few to say."""
    rows = list(found)
    seats = sum(row.seats for row in rows)
    return sum(row.came for row in rows) / seats if seats >= FEWEST_SEATS else None
