"""Draws for tests: one whose window is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from events.actors import SYSTEM
from events.models import Event
from registrations.actions import plan_draw
from registrations.models import Draw
from sessions_app.models import Session

LOTTERY = "The lottery's numbers of Saturday evening"


def plan(
    event: Event, sessions: Sequence[Session], *, at: datetime | None = None, most_seats: int | None = None
) -> Draw:
    """Plan a draw of these sessions that opened an hour before `at`, else before now, and closes two days later."""
    at = at or timezone.now()
    opens_at, closes_at = at - timedelta(hours=1), at + timedelta(days=2)
    return plan_draw(
        event, sessions, opens_at, closes_at, LOTTERY, name="Workshops", most_seats=most_seats, actor=SYSTEM
    )
