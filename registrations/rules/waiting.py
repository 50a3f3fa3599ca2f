"""When a line is served, and what is in the way of whoever heads it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from events.models import Event
from registrations.models import SessionRegistration
from registrations.rules.claims import refusals_to_drop
from registrations.rules.doors import PROMOTION, Why
from registrations.rules.refusals import clashes, refusals_of_session, refusals_to_open
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.rules import has_begun

Target = Event | Session
# Why a line rests, in words for staff.
_WORDS = {
    Why.GONE: _lazy("it is not live"),
    Why.NOT_LIVE: _lazy("it is not live"),
    Why.STARTED: _lazy("it has started"),
    Why.IN_DRAW: _lazy("its seats are drawn"),
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


def seats_in_the_way(target: Target, standing: Standing) -> list[SessionRegistration]:
    """The seats that the contact would have to give up for the target."""
    if not isinstance(target, Session):
        return []
    in_the_way = {session.pk for session in clashes(target, standing.held_sessions)}
    return [seat for pk, seat in standing.seats.items() if pk in in_the_way]


def may_be_swapped_away(seat: SessionRegistration) -> bool:
    """True when a swap may give this seat up: the holder could do so too."""
    return not any(refusals_to_drop(seat.session, by_staff=False))
