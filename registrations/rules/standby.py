"""Standby: from when on the seats of those who have not come are free at the door, how many, and for whom.

The absent keep their seats. Whoever is admitted has a seat beside theirs, past capacity where there is no other; so
what binds is who is inside: never more than the capacity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.errors import FullHouse, Refusal, StandbyNotOpen
from events.models import SeatCount
from sessions_app.models import Session


@dataclass(frozen=True)
class House:
    """How many are inside a session, and how many seats were given at its door."""

    inside: int
    by_standby: int


def standby_opens_at(session: Session) -> datetime | None:
    """The moment from which absent people's seats are free at the door; None where they never are."""
    if not session.standby_minutes or session.starts_at is None:
        return None
    return session.starts_at - timedelta(minutes=session.standby_minutes)


def is_standby_open(session: Session, at: datetime) -> bool:
    """True from that moment until the session ends."""
    opens_at = standby_opens_at(session)
    is_over = session.ends_at is not None and session.ends_at <= at
    return opens_at is not None and opens_at <= at and not is_over


def free_at_the_door(seats: SeatCount, inside: int) -> int | None:
    """How many may still be admitted; None without a limit.

    No more than fit in beside those inside, and than there are seats to give below a hard limit.
    """
    limits = [] if seats.capacity is None else [seats.capacity - inside]
    if seats.hard_limit is not None:
        limits.append(seats.hard_limit - seats.taken - seats.held)
    return max(0, min(limits)) if limits else None


def refusals_of_house(session: Session, house: House | None) -> Iterator[Refusal]:
    """Why there is no room for somebody who comes late: others sit in what were the seats of the absent.

    Where nobody was admitted in their stead, whoever has a seat finds one. `house` is None where nobody can have been.
    """
    if house is not None and house.by_standby:
        yield from _refusals_when_full(session, house.inside)


def refusals_to_stand_by(session: Session, house: House, at: datetime) -> Iterator[Refusal]:
    """Why nobody at all is admitted from standby now, whoever is next."""
    if not is_standby_open(session, at):
        yield _not_open(session, at)
    yield from _refusals_when_full(session, house.inside)


def _refusals_when_full(session: Session, inside: int) -> Iterator[Refusal]:
    capacity = session.seats.capacity
    if capacity is not None and inside >= capacity:
        yield FullHouse(inside=inside, capacity=capacity)


def _not_open(session: Session, at: datetime) -> StandbyNotOpen:
    opens_at = standby_opens_at(session)
    if opens_at is None:
        return StandbyNotOpen(open_from=None)
    if opens_at <= at:
        return StandbyNotOpen(_("The session is over."), open_from=opens_at)
    when = date_format(opens_at.astimezone(session.zone), "H:i")
    return StandbyNotOpen(_("Standby begins at %(when)s.") % {"when": when}, open_from=opens_at)
