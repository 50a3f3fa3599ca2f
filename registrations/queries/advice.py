"""What an organizer might do about sessions that people wait for: each with the figures that speak for it.

Nothing here changes anything; each is an offer that a preview shows in full. A fixed number of statements, however
many sessions the event has.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from operator import itemgetter

from django.db.models import Count, Q

from events.models import Event
from registrations import sql
from registrations.models import CheckIn
from registrations.queries.attendance import attendance_of, show_up_rate
from registrations.queries.overview import FEWEST_SEATS, SeatsOfSession
from sessions_app.models import Session
from waitlists.models import WaitlistItem

# A repeat is worth it where so many wait, and so large a share of them is free then.
FEWEST_WAITING, SHARE_FREE = 3, 0.6
# The longest lines, and the soonest times, are looked at: what is past them is no emergency.
MOST_LINES, MOST_SLOTS, MOST_PEOPLE = 5, 40, 2_000
# Earlier events tell how many come for so long.
REMEMBERED = timedelta(days=500)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class RaiseCapacity:
    """The place holds more than the session gives."""

    session: SeatsOfSession
    to: int


@dataclass(frozen=True)
class SwapRooms:
    """Another session at the same hours has a larger room than its people need."""

    session: SeatsOfSession
    other: SeatsOfSession
    to: int


@dataclass(frozen=True)
class Repeat:
    """At another time a room is free, the speakers are, and most of those who wait are."""

    session: SeatsOfSession
    span: Span
    room_id: int
    room: str
    fits: int | None
    can_come: int


@dataclass(frozen=True)
class Overbook:
    """Not all who have a seat come: so many more could be given."""

    session: SeatsOfSession
    to: int
    rate: float


Advice = RaiseCapacity | SwapRooms | Repeat | Overbook


def advice_for(event: Event, sessions: Iterable[SeatsOfSession], at: datetime) -> list[Advice]:
    """All that might be done now, for the longest lines first."""
    every = list(sessions)
    ahead = [row for row in every if row.starts_at is not None and row.starts_at > at]
    waited_for = sorted((row for row in ahead if row.waiting), key=lambda row: -row.waiting)
    raised = list(_raised(waited_for))
    is_settled = {
        one.session.pk for one in raised if one.to - (one.session.capacity or 0) >= one.session.waiting
    }
    left = [row for row in waited_for if row.pk not in is_settled]
    found: list[Advice] = [*raised, *_swaps(left, ahead), *_repeats(event, left, every, at)]
    if event.overbook_by_show_up and left:
        found += _overbooked(left, _rate(event, every, at))
    return sorted(found, key=lambda one: -one.session.waiting)


def _within(row: SeatsOfSession, wanted: int) -> int:
    """So many seats, at most as many as the hard limit allows."""
    return wanted if row.hard_limit is None else min(wanted, row.hard_limit)


def _raised(rows: Iterable[SeatsOfSession]) -> Iterator[RaiseCapacity]:
    for row in rows:
        if row.capacity is not None and row.fits is not None:
            to = _within(row, row.fits)
            if to > row.capacity:
                yield RaiseCapacity(row, to)


def _swaps(rows: Iterable[SeatsOfSession], ahead: Iterable[SeatsOfSession]) -> Iterator[SwapRooms]:
    """For each line the largest room at its hours whose own people fit into the smaller one."""
    beside: dict[tuple[datetime | None, datetime | None], list[SeatsOfSession]] = defaultdict(list)
    for row in ahead:
        beside[row.starts_at, row.ends_at].append(row)
    for row in rows:
        others = [other for other in beside[row.starts_at, row.ends_at] if _may_swap(row, other)]
        if others:
            other = max(others, key=lambda one: (_within(row, one.fits or 0), -one.taken))
            yield SwapRooms(row, other, _within(row, other.fits or 0))


def _may_swap(row: SeatsOfSession, other: SeatsOfSession) -> bool:
    if (
        None in {row.room_id, other.room_id, row.fits, other.fits, row.capacity}
        or row.room_id == other.room_id
    ):
        return False
    assert row.fits is not None
    assert other.fits is not None
    assert row.capacity is not None
    fits_there = other.taken + other.held + other.waiting <= _within(other, row.fits)
    return fits_there and other.fits > row.fits and _within(row, other.fits) > row.capacity


def _repeats(
    event: Event, rows: list[SeatsOfSession], every: list[SeatsOfSession], at: datetime
) -> Iterator[Repeat]:
    """The first time, of those at which anything runs, when a repeat would serve most of a line."""
    lines = [row for row in rows if row.waiting >= FEWEST_WAITING][:MOST_LINES]
    if not lines:
        return
    people = _people(lines)
    busy = _Busy(event, set().union(*people.values()), every)
    rooms, speakers = _Rooms(every, at), _Speakers(event, lines)
    begins = sorted({row.starts_at for row in every if row.starts_at is not None and row.starts_at > at})
    for row in lines:
        found = _repeat(row, people[row.pk], begins, busy, rooms, speakers)
        if found:
            yield found


def _repeat(
    row: SeatsOfSession,
    contacts: set[int],
    begins: list[datetime],
    busy: _Busy,
    rooms: _Rooms,
    speakers: _Speakers,
) -> Repeat | None:
    assert row.starts_at is not None
    assert row.ends_at is not None
    length, own = row.ends_at - row.starts_at, (row.starts_at, row.ends_at)
    spans = ((begin, begin + length) for begin in begins if not _meet((begin, begin + length), own))
    for span in islice(spans, MOST_SLOTS):
        can_come = len(contacts - busy.during(span))
        if contacts and can_come >= SHARE_FREE * len(contacts) and speakers.are_free(row.pk, span):
            room = rooms.free(span, can_come)
            if room is not None:
                return Repeat(row, span, *room, can_come)
    return None


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _people(lines: list[SeatsOfSession]) -> dict[int, set[int]]:
    """Who waits for each of these sessions: the first in their lines."""
    found: dict[int, set[int]] = {row.pk: set() for row in lines}
    items = WaitlistItem.objects.waiting().filter(session__in=found).in_line()
    for session_id, contact_id in items.values_list("session_id", "contact_id")[:MOST_PEOPLE]:
        found[session_id].add(contact_id)
    return found


class _Busy:
    """When some people have a seat at the event."""

    def __init__(self, event: Event, contacts: set[int], every: Iterable[SeatsOfSession]) -> None:
        seated: dict[int, set[int]] = defaultdict(set)
        for contact_id, session_id in sql.sessions_held(contacts, event.pk):
            seated[session_id].add(contact_id)
        self.held = [
            ((row.starts_at, row.ends_at), seated[row.pk])
            for row in every
            if row.pk in seated and row.starts_at and row.ends_at
        ]
        self.held.sort(key=itemgetter(0))
        self.begins = [begins for (begins, _ends), _contacts in self.held]

    def during(self, span: Span) -> set[int]:
        """Who of them sits in a session at that time."""
        begun = self.held[: bisect_left(self.begins, span[1])]
        return {contact for held, seated in begun if _meet(span, held) for contact in seated}


class _Rooms:
    """The rooms that the event uses, and when each is booked, by whatever event."""

    def __init__(self, every: Iterable[SeatsOfSession], at: datetime) -> None:
        used = {row.room_id: row.room for row in every if row.room_id is not None}
        booked = Session.objects.not_archived().filter(room__in=used, cancelled_at=None, ends_at__gt=at)
        self.booked: dict[int, list[Span]] = defaultdict(list)
        self.fits: dict[int, int | None] = {}
        columns = ("room_id", "room__capacity", "starts_at", "ends_at")
        for room_id, fits, begins, ends in booked.order_by().values_list(*columns):
            self.booked[room_id].append((begins, ends))
            self.fits[room_id] = fits
        self.names = used

    def free(self, span: Span, people: int) -> tuple[int, str, int | None] | None:
        """The smallest free room in which so many fit, else the largest free one; its id, name and size."""
        free = [pk for pk in self.fits if not any(_meet(span, held) for held in self.booked[pk])]
        if not free:
            return None
        large = [pk for pk in free if (self.fits[pk] or 0) >= people]
        chosen = (
            min(large, key=lambda pk: (self.fits[pk] or 0, pk))
            if large
            else max(free, key=lambda pk: (self.fits[pk] or 0, -pk))
        )
        return chosen, self.names[chosen], self.fits[chosen]


class _Speakers:
    """When those who speak in some sessions speak at the event."""

    def __init__(self, event: Event, lines: Iterable[SeatsOfSession]) -> None:
        self.of: dict[int, set[int]] = defaultdict(set)
        self.busy: dict[int, list[Span]] = defaultdict(list)
        asked = {row.pk for row in lines}
        said = Session.speakers.through.objects.filter(
            session__event=event, session__archived_at=None, session__cancelled_at=None
        ).filter(session__starts_at__isnull=False)
        columns = ("session_id", "speaker_id", "session__starts_at", "session__ends_at")
        for session_id, speaker_id, begins, ends in said.order_by().values_list(*columns):
            self.busy[speaker_id].append((begins, ends))
            if session_id in asked:
                self.of[session_id].add(speaker_id)

    def are_free(self, session_id: int, span: Span) -> bool:
        """True when none of the session's speakers speaks anywhere in that time."""
        return not any(_meet(span, held) for speaker in self.of[session_id] for held in self.busy[speaker])


def _overbooked(rows: Iterable[SeatsOfSession], rate: float | None) -> Iterator[Overbook]:
    """As many more as stay away, never past the hard limit, nor without one past what the place holds."""
    for row in rows if rate else ():
        limit = row.hard_limit if row.hard_limit is not None else row.fits
        if row.capacity and limit is not None and rate:
            to = min(int(row.capacity / rate), limit)
            if to > row.capacity:
                yield Overbook(row, to, rate)


def _rate(event: Event, every: list[SeatsOfSession], at: datetime) -> float | None:
    """The share that came: at this event where enough of it is over, else at its owner's events before."""
    own = show_up_rate(attendance_of(event, every, at))
    if own is not None or event.created_by_id is None:
        return own
    before = Q(
        event__created_by=event.created_by_id, event__ends_at__lt=at, event__ends_at__gt=at - REMEMBERED
    )
    entries = CheckIn.objects.standing().filter(before, session__isnull=False).order_by()
    came = dict(entries.values_list("session_id").annotate(Count("event_registration", distinct=True)))
    taken = dict(Session.objects.filter(pk__in=came).values_list("pk", "seats__taken"))
    seats = sum(taken.values())
    together = sum(min(number, taken[pk]) for pk, number in came.items())
    return together / seats if seats >= FEWEST_SEATS else None
