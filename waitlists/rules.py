"""What a line says by itself: who counts as waiting, who is asked first, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from events.models import Event, Pass
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Target = Event | Session
SHORTEST_OFFER = timedelta(minutes=15)
# So many may wait together in one line at most: a larger group would hardly ever find so many seats free at once.
MOST_TOGETHER = 20


def weight(item: WaitlistItem, target: Target) -> int:
    """1 when the item keeps newcomers from a freed seat, else 0 (`SeatCount.waiting`)."""
    is_in_line = item.status == WaitlistItem.Status.WAITING and item.passed_over_at is None
    return int(is_in_line and target.waitlist_enabled)


def has_begun(target: Target, at: datetime) -> bool:
    """True once the target has started: nobody is served, and no offer outlasts it."""
    return target.starts_at is not None and target.starts_at <= at


def priced_pass_of(item: WaitlistItem) -> Pass | None:
    """The pass that has to be paid before the seat is theirs; None for whoever waits for a session, or pays nothing."""
    if item.session_id is not None or item.event_pass is None or not item.event_pass.price:
        return None
    return item.event_pass


def registers_automatically(item: WaitlistItem, target: Target) -> bool:
    """True when a freed seat is given without asking. Nobody is registered with a pass that is to be paid first."""
    if priced_pass_of(item) is not None:
        return False
    if target.auto_register_waitlisted:
        return True
    return target.contacts_choose_auto_register and item.automatically_register


def deadline_for(target: Target, at: datetime) -> datetime:
    """Until when an invitation made at `at` holds the seat.

    The hours set for the target, but at most half of the time left before it starts (15 minutes at least), so
    that the next in line still has a chance; never after the start.
    """
    wanted = at + timedelta(hours=target.invitation_hours)
    start = target.starts_at
    if start is None:
        return wanted
    half = at + max(SHORTEST_OFFER, (start - at) / 2)
    return min(wanted, half, start)


def gives_up_at(until_hours: int | None, target: Target) -> datetime | None:
    """When a person gives up waiting: so many hours before the start; None for whoever waits until it."""
    if until_hours is None or target.starts_at is None:
        return None
    return target.starts_at - timedelta(hours=until_hours)
