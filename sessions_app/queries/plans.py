"""What a session's plan runs into: told wherever it was saved, and refused nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from sessions_app.models import Session, Speaker

# What a clash looks at of the other session; a thousand of them are read for it.
NEEDED = ("name", "event", "starts_at", "ends_at")


@dataclass(frozen=True)
class PlanWarning:
    """One consequence of a session's plan, and the other session that it concerns."""

    code: str
    detail: str
    session_id: int | None = None


def warnings_of(
    session: Session, *, sees: Collection[int] | None = None, speakers: Iterable[Speaker] | None = None
) -> Iterator[PlanWarning]:
    """Everything that the session runs into: its room, its speakers, its event's days, its room's size.

    `sees` are the events whose sessions may be named, None for all of them. A session that is not saved yet comes with
    the `speakers` that it is to have.
    """
    planned = _Plans([session], sees, {} if speakers is None else {session.pk: list(speakers)})
    for _session, warning in planned.warnings():
        yield warning


def warnings_among(
    sessions: Iterable[Session], *, sees: Collection[int] | None = None
) -> Iterator[tuple[Session, PlanWarning]]:
    """Everything that each of these sessions runs into, in two statements however many they are.

    Where two of them run into each other it is told once, of the one that begins later.
    """
    yield from _Plans(list(sessions), sees).warnings()


@dataclass
class _Plans:
    """Some sessions beside everything that happens meanwhile."""

    sessions: list[Session]
    sees: Collection[int] | None
    speakers: Mapping[int, list[Speaker]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.asked = {session.pk: session for session in self.sessions}
        self.timed = [session for session in self.sessions if _takes_place(session)]

    def warnings(self) -> Iterator[tuple[Session, PlanWarning]]:
        """Each session with one thing that it runs into."""
        # Without a time nothing is booked, and nobody speaks.
        for session, other in self._in_one_room() if self.timed else ():
            yield session, self._room_clash(session, other)
        for session, other, speaker in self._with_one_speaker() if self.timed else ():
            words = _("%(speaker)s also speaks at “%(other)s” at that time.")
            shown = {"speaker": speaker.name, "other": other.name}
            yield session, PlanWarning("speaker_clash", words % shown, other.pk)
        for session in self.sessions:
            yield from ((session, warning) for warning in _by_itself(session))

    def _room_clash(self, session: Session, other: Session) -> PlanWarning:
        is_seen = self.sees is None or other.event_id in self.sees
        booked = _("%(room)s is also booked for “%(other)s” at that time.")
        elsewhere = _("%(room)s is also booked by another event at that time.")
        words = (booked if is_seen else elsewhere) % {"room": session.room, "other": other.name}
        return PlanWarning("room_clash", words, other.pk if is_seen else None)

    def _in_one_room(self) -> Iterator[tuple[Session, Session]]:
        """The sessions that share their room, and with which one, of whatever event."""
        by_room: dict[int | None, list[Session]] = defaultdict(list)
        for session in self.timed:
            by_room[session.room_id].append(session)
        by_room.pop(None, None)
        if not by_room:
            return
        others = Session.objects.filter(self._meanwhile(), room__in=by_room).exclude(pk__in=self.asked)
        for other in others.only(*NEEDED, "room"):
            by_room[other.room_id].append(other)
        for sessions in by_room.values():
            yield from self._asked_pairs(sessions)

    def _with_one_speaker(self) -> Iterator[tuple[Session, Session, Speaker]]:
        """The sessions that share a speaker, with which one of their event, and whom."""
        said = Session.speakers.through.objects.filter(
            self._meanwhile("session__"), session__event__in={session.event_id for session in self.timed}
        ).select_related("session", "speaker")
        said = said.only("speaker__name", *(f"session__{name}" for name in NEEDED))
        by_speaker: dict[int, list[Session]] = defaultdict(list)
        named: dict[int, Speaker] = {}
        for row in said.order_by("speaker__name", "pk"):
            if row.session_id not in self.speakers:
                named[row.speaker_id] = row.speaker
                by_speaker[row.speaker_id].append(self.asked.get(row.session_id, row.session))
        for session in self.timed:
            for speaker in self.speakers.get(session.pk, []):
                named[speaker.pk] = speaker
                by_speaker[speaker.pk].append(session)
        for pk, sessions in by_speaker.items():
            for session, other in self._asked_pairs(sessions):
                yield session, other, named[pk]

    def _meanwhile(self, path: str = "") -> Q:
        """What takes place while any of these sessions does."""
        return Q(
            **{
                f"{path}archived_at": None,
                f"{path}cancelled_at": None,
                f"{path}starts_at__lt": max(session.ends_at for session in self.timed if session.ends_at),
                f"{path}ends_at__gt": min(session.starts_at for session in self.timed if session.starts_at),
            }
        )

    def _asked_pairs(self, sessions: Iterable[Session]) -> Iterator[tuple[Session, Session]]:
        """Of two that overlap the one that is asked about, the later one where both are."""
        for later, earlier in _overlapping(sessions):
            if later.pk in self.asked:
                yield later, earlier
            elif earlier.pk in self.asked:
                yield earlier, later


def _takes_place(session: Session) -> bool:
    return session.starts_at is not None and not session.cancelled_at and not session.archived_at


def _begins(session: Session) -> tuple[datetime, int]:
    assert session.starts_at
    return session.starts_at, session.pk


def _overlapping(sessions: Iterable[Session]) -> Iterator[tuple[Session, Session]]:
    """Each pair that shares a moment: the later one, and the one that has begun by then."""
    running: list[Session] = []
    for session in sorted(sessions, key=_begins):
        running = [other for other in running if other.overlaps(session)]
        for other in running:
            yield session, other
        running.append(session)


def _by_itself(session: Session) -> Iterator[PlanWarning]:
    """What a session runs into that needs no other."""
    if _is_outside_event(session):
        yield PlanWarning("outside_event", _("It lies outside the event's days."))
    fits, capacity = session.location_capacity(), session.seats.capacity
    if capacity is not None and fits is not None and capacity > fits:
        words = _("The capacity is %(capacity)d, and only %(fits)d fit into the place.")
        yield PlanWarning("room_too_small", words % {"capacity": capacity, "fits": fits})


def _is_outside_event(session: Session) -> bool:
    """True where any day of the session is none of the event's, by the event's clock."""
    event = session.event
    first, last = (moment.astimezone(event.zone).date() for moment in (event.starts_at, event.ends_at))
    if session.starts_at is None or session.ends_at is None:
        return not first <= session.date <= last
    begins, ends = (moment.astimezone(event.zone).date() for moment in (session.starts_at, session.ends_at))
    return begins < first or ends > last
