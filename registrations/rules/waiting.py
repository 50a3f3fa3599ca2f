"""When the line is served, and how."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from events.models import Event
from registrations.models import SessionRegistration
from registrations.rules.claims import refusals_to_drop
from registrations.rules.doors import PROMOTION, Why
from registrations.rules.refusals import clashes, refusals_of_session, refusals_to_open
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Target = Event | Session
SHORTEST_OFFER = timedelta(minutes=15)
# Why a line rests, in words for staff.
_WORDS = {
    Why.GONE: _lazy("it is not live"),
    Why.NOT_LIVE: _lazy("it is not live"),
    Why.STARTED: _lazy("it has started"),
    Why.CAPACITY_MISSING: _lazy("its capacity is not set"),
}


def refusals_to_serve(target: Target, at: datetime) -> Iterator[str]:
    """Why nobody in this line is served now."""
    if not target.waitlist_enabled:
        yield _("its waitlist is off")
    found = (
        refusals_of_session(target, at=at) if isinstance(target, Session) else refusals_to_open(target, at)
    )
    yield from (str(_WORDS[reason.why]) for reason in found if reason.why not in PROMOTION.overlooks)
    if isinstance(target, Event) and has_begun(target, at):
        yield str(_WORDS[Why.STARTED])


def starts_at(target: Target) -> datetime | None:
    """When the target begins; None for a session without times."""
    return target.starts_at


def has_begun(target: Target, at: datetime) -> bool:
    """True once the target has started: nobody is served, and no offer outlasts it."""
    start = starts_at(target)
    return start is not None and start <= at


def registers_automatically(item: WaitlistItem, target: Target) -> bool:
    """True when a freed seat is given without asking."""
    if target.auto_register_waitlisted:
        return True
    return target.contacts_choose_auto_register and item.automatically_register


def seats_in_the_way(target: Target, standing: Standing) -> list[SessionRegistration]:
    """The seats that the contact would have to give up for the target."""
    if not isinstance(target, Session):
        return []
    in_the_way = {session.pk for session in clashes(target, standing.held_sessions)}
    return [seat for pk, seat in standing.seats.items() if pk in in_the_way]


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
