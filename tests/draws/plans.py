"""A draw whose window is open now, for tests of pages, which look at the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from events.actors import SYSTEM
from events.models import Event
from registrations.actions import enter_public_number, freeze, plan_draw, publish
from registrations.models import Draw
from sessions_app.models import Session
from tests.draws.acts import NUMBER, World

LOTTERY = "The lottery's numbers of Saturday evening"


def plan(event: Event, sessions: Sequence[Session], *, most_seats: int | None = None) -> Draw:
    """Plan a draw of these sessions that opened an hour ago and closes in two days."""
    now = timezone.now()
    window = (now - timedelta(hours=1), now + timedelta(days=2))
    return plan_draw(event, sessions, *window, LOTTERY, name="Workshops", most_seats=most_seats, actor=SYSTEM)


def publish_now(draw: Draw, number: str = NUMBER) -> Draw:
    """Let the draw's window close, its wishes be frozen and decided, and its result be everybody's, three days on."""
    later = draw.closes_at + timedelta(hours=1)
    freeze(draw, later)
    enter_public_number(draw, number, actor=World.staff(), at=later)
    return publish(draw, actor=World.staff(), at=later)
