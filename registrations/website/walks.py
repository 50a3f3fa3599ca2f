"""Walks and gaps between somebody's sessions, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from operator import attrgetter

from django.utils.translation import gettext as _

from events.models import Event
from events.names import isolated
from registrations.rules import Walk, walk_between
from sessions_app.models import Session

# A shorter one is no time of one's own.
SHORTEST_GAP = 15
LUNCH_FROM, LUNCH_UNTIL = time(11, 30), time(14, 0)
SHORTEST_LUNCH = timedelta(minutes=45)


@dataclass(frozen=True)
class Gap:
    """The time between two sessions of an agenda, and the way from one to the other; either may be empty."""

    free: str
    walk: str
    is_too_short: bool


def words_of_walk(walk: Walk, session: Session) -> str:
    """Say which way from or to `session` takes longer than there is time for."""
    is_to = walk.earlier == session
    said = (
        _("%(minutes)d min walk to %(name)s, you have %(between)d")
        if is_to
        else _("%(minutes)d min walk from %(name)s, you have %(between)d")
    )
    name = isolated((walk.later if is_to else walk.earlier).name)
    return said % {"minutes": walk.minutes, "between": walk.between, "name": name}


def words_of_short_walks(event: Event, agenda: Iterable[Session]) -> list[str]:
    """Say, session by session, where an agenda leaves too little time for the way."""
    return [
        _("%(minutes)d min walk from %(name)s to %(next)s, you have %(between)d")
        % {
            "minutes": walk.minutes,
            "between": walk.between,
            "name": isolated(walk.earlier.name),
            "next": isolated(walk.later.name),
        }
        for earlier, later in pairwise(_timed(agenda))
        if (walk := _way(event, earlier, later)) and walk.is_too_short
    ]


def gaps_of(event: Event, sessions: Iterable[Session]) -> dict[int, Gap]:
    """The gap before each of one day's sessions but the first, by the session's id; overlapping ones have none."""
    found = {later.pk: _gap(event, earlier, later) for earlier, later in pairwise(_timed(sessions))}
    return {pk: gap for pk, gap in found.items() if gap}


def _timed(sessions: Iterable[Session]) -> list[Session]:
    return sorted((each for each in sessions if each.starts_at and each.ends_at), key=attrgetter("starts_at"))


def _way(event: Event, earlier: Session, later: Session) -> Walk | None:
    if not (earlier.ends_at and later.starts_at) or later.starts_at < earlier.ends_at:
        return None
    return walk_between(event, earlier, later)


def _gap(event: Event, earlier: Session, later: Session) -> Gap | None:
    if not (earlier.ends_at and later.starts_at) or later.starts_at < earlier.ends_at:
        return None
    walk = walk_between(event, earlier, later)
    free = _free(earlier.ends_at.astimezone(event.zone), later.starts_at.astimezone(event.zone))
    said = ""
    if walk:
        said = (
            _("%(minutes)d min walk, you have %(between)d")
            if walk.is_too_short
            else _("%(minutes)d min walk")
        )
        said %= {"minutes": walk.minutes, "between": walk.between}
    return Gap(free, said, bool(walk and walk.is_too_short)) if free or said else None


def _free(begins: datetime, ends: datetime) -> str:
    """“1 h 15 min free”, and that there is time for lunch, by the event's clock; empty for a short break."""
    minutes = int((ends - begins).total_seconds() // 60)
    if minutes < SHORTEST_GAP:
        return ""
    midday = min(ends, datetime.combine(begins.date(), LUNCH_UNTIL, begins.tzinfo)) - max(
        begins, datetime.combine(begins.date(), LUNCH_FROM, begins.tzinfo)
    )
    said = _("%(span)s free: lunch") if midday >= SHORTEST_LUNCH else _("%(span)s free")
    return said % {"span": _span(minutes)}


def _span(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    said = _("%(hours)d h %(minutes)d min") if rest else _("%(hours)d h")
    return said % {"hours": hours, "minutes": rest}
