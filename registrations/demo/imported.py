"""A schedule of your own instead of the demo programme."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from events.models import Event
from registrations.demo.accounts import join_team, make_staff
from registrations.demo.crowd import register_guests
from sessions_app.models import Session

SEATS_IN_ROOMS_NOBODY_KNOWS = 60
WEEK = timedelta(weeks=1)
# As for the demo's own programme: far enough ahead that there is time to try everything.
AHEAD = timedelta(days=14)


def load_schedule(path: Path, stdout: Any) -> Event:
    """Import the schedule, live and with seats, and register three guests; raises what `import_schedule` raises.

    A programme of the past is moved ahead by whole weeks: nobody could register for what is over.
    """
    call_command(
        "import_schedule",
        path,
        live=True,
        capacity=str(SEATS_IN_ROOMS_NOBODY_KNOWS),
        timezone="UTC",
        stdout=stdout,
    )
    event = Event.objects.latest("id")
    weeks = move_ahead(event, timezone.now() + AHEAD)
    if weeks:
        stdout.write(f"The programme lies in the past: the demo moves it {weeks} weeks ahead.")
    organizer, desk = make_staff()
    Event.objects.filter(pk=event.pk, created_by=None).update(created_by=organizer)
    join_team(desk, event)
    register_guests(event)
    return event


def move_ahead(event: Event, earliest: datetime) -> int:
    """Move event and sessions by whole weeks so that nothing begins before `earliest`; return how many weeks.

    Nobody is registered yet, so there is nobody to tell. Wall-clock times stay as they are.
    """
    weeks = max(0, -((event.starts_at - earliest) // WEEK))
    if not weeks:
        return 0
    by = weeks * WEEK
    sessions = list(Session.objects.filter(event=event).select_related("event"))
    for session in sessions:
        session.date += by
        if session.starts_at and session.ends_at:
            session.starts_at = _later(session.starts_at, by, session.zone)
            session.ends_at = _later(session.ends_at, by, session.zone)
    Session.objects.bulk_update(sessions, ["date", "starts_at", "ends_at"], batch_size=500)
    event.starts_at, event.ends_at = (
        _later(edge, by, event.zone) for edge in (event.starts_at, event.ends_at)
    )
    event.save(update_fields=["starts_at", "ends_at"])
    return weeks


def _later(moment: datetime, by: timedelta, zone: Any) -> datetime:
    """The instant so much later at which a clock of `zone` shows the time of day unchanged."""
    return moment.astimezone(zone) + by
