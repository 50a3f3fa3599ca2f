"""When a line is served, and what is in the way of whoever heads it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from events.models import Event
from registrations.models import SessionRegistration
from registrations.rules.claims import refusals_to_drop
from registrations.rules.standing import Standing
from sessions_app.models import Session

Target = Event | Session


def refusals_to_serve(target: Target, at: datetime) -> Iterator[str]:
    """Why nobody in this line is served now."""
    event = target.event if isinstance(target, Session) else target
    if not target.waitlist_enabled:
        yield _("its waitlist is off")
    if not event.is_live or not target.is_live:
        yield _("it is not live")
    if target.starts_at is not None and target.starts_at <= at:
        yield _("it has started")
    if isinstance(target, Session) and target.is_capacity_missing:
        yield _("its capacity is not set")


def seats_in_the_way(target: Target, standing: Standing) -> list[SessionRegistration]:
    """The seats that the contact would have to give up for the target."""
    if not isinstance(target, Session):
        return []
    others = (seat for seat in standing.seats.values() if seat.session_id != target.pk)
    return [seat for seat in others if seat.session.blocks(target)]


def may_be_swapped_away(seat: SessionRegistration) -> bool:
    """True when a swap may give this seat up: the holder could do so too."""
    return not any(refusals_to_drop(seat.session, by_staff=False))
