"""A draft and its sessions, and rows of the page beside them, as they are now.

Where the event's programme is at hand, what is said of sessions is taken from there: only the draft and the seats are
read. Else all of it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.models import Event, SeatCount
from registrations import sql
from registrations.actions import draft_and_agenda, draft_and_sessions, drafted
from registrations.models import AgendaDraft
from registrations.rules import limited_tracks, may_limit_all
from registrations.website.shown_programme import ShownProgramme, programme_at_hand
from sessions_app.models import Session

Draft = AgendaDraft | None


def draft_and_agenda_now(event: Event, token: str | None) -> tuple[Draft, list[Session]]:
    """Return the draft that `token` finds, and its sessions but for deleted ones, in the order chosen."""
    programme = programme_at_hand(event)
    if programme is not None:
        found = drafted(event, token)
        if (sessions := _of_programme(programme, event, found.session_ids, found.seats)) is not None:
            return found.draft, sessions
    return draft_and_agenda(event, token)


def draft_and_sessions_now(
    event: Event, token: str | None, identities: Collection[uuid.UUID]
) -> tuple[Draft, list[Session]]:
    """Return the draft that `token` finds unless it is finished, and the event's sessions with these identities.

    Deleted ones are none of them; where none is left there is no draft either.
    """
    programme = programme_at_hand(event)
    keys = _keys(programme, identities) if programme else []
    if programme is None or len(keys) < len(identities):
        return draft_and_sessions(event, token, identities)
    found = drafted(event, token, [programme.sessions[key].seats_id for key in keys])
    sessions = _of_programme(programme, event, keys, found.seats) or []
    draft = None if found.draft and found.draft.is_finished else found.draft
    return draft, sorted(sessions, key=_by_time)


@dataclass(frozen=True)
class Nearby:
    """Rows of a page whose button may change with those of some sessions: rather too many of them than too few."""

    shown: Sequence[uuid.UUID]
    # Where one limit counts all of the event's sessions, each may change with each.
    is_any: bool
    # Tracks with a limit of their own.
    tracks: Collection[int]
    sessions: Collection[int]
    # While the sessions last; with the longest way to and from them their neighbours count too.
    begin: datetime | None
    end: datetime | None

    @classmethod
    def to(cls, event: Event, changed: Sequence[Session], shown: Sequence[uuid.UUID]) -> Nearby:
        """Return those of the rows shown whose button may change with these sessions'."""
        times = [(each.starts_at, each.ends_at) for each in changed if each.starts_at and each.ends_at]
        return cls(
            shown,
            is_any=may_limit_all(event),
            tracks=limited_tracks(changed),
            sessions=[each.pk for each in changed],
            begin=min((begin for begin, _end in times), default=None),
            end=max((end for _begin, end in times), default=None),
        )

    def among(self, sessions: Iterable[Session], event: Event) -> list[Session]:
        """Return the live ones of these sessions that are such rows, by time."""
        walk = event.longest_walk
        begin, end = self.begin and self.begin - walk, self.end and self.end + walk
        found = [
            one
            for one in sessions
            if one.is_live
            and (
                self.is_any
                or one.track_id in self.tracks
                or one.pk in self.sessions
                or _overlaps(one, begin, end)
            )
        ]
        return sorted(found, key=_by_time)


def agenda_and_rows(event: Event, draft: Draft, nearby: Nearby) -> tuple[list[Session], list[Session]]:
    """Return the sessions of the draft but for deleted ones, in the order chosen; and the rows nearby."""
    programme = programme_at_hand(event)
    if programme is not None:
        rows = nearby.among((programme.sessions[key] for key in _keys(programme, nearby.shown)), event)
        found = sql.drafted(event, draft.uuid if draft else None, [each.seats_id for each in rows])
        keys = [each.pk for each in rows]
        sessions = _of_programme(programme, event, [*found.session_ids, *keys], found.seats)
        if sessions is not None:
            number = len(found.session_ids)
            return sessions[:number], sessions[number:]
    chosen, shown = sql.agenda_and_sessions(event, draft.pk if draft else None, set(nearby.shown))
    return chosen, nearby.among(shown, event)


def _keys(programme: ShownProgramme, identities: Iterable[uuid.UUID]) -> list[int]:
    found = (programme.by_identity.get(str(each)) for each in identities)
    return list(dict.fromkeys(each for each in found if each is not None))


def _of_programme(
    programme: ShownProgramme, event: Event, keys: Collection[int], seats: Mapping[int, SeatCount]
) -> list[Session] | None:
    """The sessions of these ids, each a copy of its own with its seats; None where one is not in the programme."""
    found: dict[int, Session] = {}
    for key in keys:
        kept = programme.sessions.get(key)
        if kept is None or kept.seats_id not in seats:
            return None
        if key not in found:
            found[key] = own = sql.copied(kept)
            sql.attach(own, **kept._state.fields_cache, event=event, seats=seats[kept.seats_id])
    return [found[key] for key in keys]


def _overlaps(session: Session, begin: datetime | None, end: datetime | None) -> bool:
    if not (begin and end and session.starts_at and session.ends_at):
        return False
    return session.starts_at < end and session.ends_at > begin


def _by_time(session: Session) -> tuple[Any, ...]:
    return session.starts_at is None, session.starts_at, session.name, session.pk
