"""When the line is served, and how."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from events.models import Event
from registrations.models import SessionRegistration
from registrations.rules.claims import refusals_to_drop
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Target = Event | Session
SHORTEST_OFFER = timedelta(minutes=15)


def refusals_to_serve(target: Target, at: datetime) -> Iterator[str]:
    """Why nobody in this line is served now."""
    event = target.event if isinstance(target, Session) else target
    if not target.waitlist_enabled:
        yield _("its waitlist is off")
    if not event.is_live or not target.is_live:
        yield _("it is not live")
    if starts_at(target) is not None and starts_at(target) <= at:  # type: ignore[operator]
        yield _("it has started")
    if isinstance(target, Session) and target.is_capacity_missing:
        yield _("its capacity is not set")


def starts_at(target: Target) -> datetime | None:
    """When the target begins; None for a session without times."""
    return target.starts_at


def registers_automatically(item: WaitlistItem, target: Target) -> bool:
    """True when a freed seat is given without asking."""
    if target.auto_register_waitlisted:
        return True
    return target.contacts_choose_auto_register and item.automatically_register


def seats_in_the_way(target: Target, standing: Standing) -> list[SessionRegistration]:
    """The seats that the contact would have to give up for the target."""
    if not isinstance(target, Session):
        return []
    others = (seat for seat in standing.seats.values() if seat.session_id != target.pk)
    return [seat for seat in others if seat.session.blocks(target)]


def may_be_swapped_away(seat: SessionRegistration) -> bool:
    """True when a swap may give this seat up: the holder could do so too."""
    return not any(refusals_to_drop(seat.session, by_staff=False))


def deadline_for(target: Target, at: datetime) -> datetime:
    """Until when an invitation made at `at` holds the seat.

    The hours set for the target, but at most half of the time left before it starts (15 minutes at least), so
    that the next in line still has a chance; never after the start.
    """
    wanted = at + timedelta(hours=target.invitation_hours)
    start = starts_at(target)
    if start is None:
        return wanted
    half = at + max(SHORTEST_OFFER, (start - at) / 2)
    return min(wanted, half, start)


def weight(item: WaitlistItem, target: Target) -> int:
    """1 when the item keeps newcomers from a freed seat, else 0 (`SeatCount.waiting`)."""
    is_in_line = item.status == WaitlistItem.Status.WAITING and item.passed_over_at is None
    return int(is_in_line and target.waitlist_enabled)
