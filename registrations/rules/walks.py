"""Walks between the sessions of an agenda, and the time there is for them: a warning, never a refusal."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from events.models import Event
from sessions_app.models import Session

_START, _END = attrgetter("starts_at"), attrgetter("ends_at")


@dataclass(frozen=True)
class Walk:
    """The way from one session to the one after it: how many minutes it takes, and how many there are."""

    earlier: Session
    later: Session
    minutes: int
    between: int

    @property
    def is_too_short(self) -> bool:
        """True where there is less time than the way takes."""
        return self.minutes > self.between


def walk_between(event: Event, earlier: Session, later: Session) -> Walk | None:
    """The way from `earlier` to `later`, which begins no sooner than that ends; None where nobody has to walk."""
    if Session.Format.WEBINAR in {earlier.format, later.format}:
        return None
    minutes = event.minutes_on_foot(earlier, later)
    if not (minutes and earlier.ends_at and later.starts_at):
        return None
    return Walk(earlier, later, minutes, int((later.starts_at - earlier.ends_at).total_seconds() // 60))


class WalksOfAgenda:
    """The ways to and from the sessions that somebody holds or chose at one event."""

    def __init__(self, event: Event, agenda: Iterable[Session]) -> None:
        self.event = event
        mine = [each for each in agenda if each.event_id == event.pk and each.starts_at and each.ends_at]
        self._by_start = sorted(mine, key=_START)
        self._by_end = sorted(mine, key=_END)

    def too_short(self, session: Session) -> list[Walk]:
        """The ways from the session of the agenda before this one, and to the one after it, for which time is short."""
        if not (session.starts_at and session.ends_at and self._by_start and self.event.knows_walks):
            return []
        before = self._by_end[: bisect_right(self._by_end, session.starts_at, key=_END)]
        after = self._by_start[bisect_left(self._by_start, session.ends_at, key=_START) :]
        walks = [walk_between(self.event, before[-1], session)] if before else []
        walks += [walk_between(self.event, session, after[0])] if after else []
        return [walk for walk in walks if walk and walk.is_too_short]
