"""What a page says by the clock and by the event's own seats: a part of each kept page's key."""

from __future__ import annotations

from collections.abc import Hashable

from registrations.website.shown_programme import programme_of
from registrations.website.visitor import Visitor


def phase_of(visitor: Visitor) -> Hashable:
    """Whether registration is open or will be, and whether the event has a seat, to somebody registered or not."""
    event, at = visitor.event, visitor.at
    return (
        event.registration_opens_at is not None and event.registration_opens_at > at,
        event.registration_closes_at is not None and event.registration_closes_at <= at,
        event.ends_at <= at,
        event.seats.has_seat_for_newcomer,
        visitor.registration is not None,
    )


def clock_of(visitor: Visitor) -> Hashable:
    """The minute by the event's clock on a day of its programme, where lists show the present moment; else None."""
    now = visitor.at.astimezone(visitor.event.zone)
    programme = programme_of(visitor.event)
    return f"{now:%Y-%m-%d %H:%M}" if programme and now.date() in programme.days else None
