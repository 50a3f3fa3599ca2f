"""The structure of a programme as both formats have it, read and checked but written nowhere yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from events.findings import NOWHERE, FileError, Finding, Findings, Where


class ScheduleError(FileError):
    """The file cannot be imported as a programme; `findings` says why, each with its place."""


@dataclass(frozen=True)
class Choices:
    """The choices of somebody who imports a programme that has blemishes.

    `skip_bad` leaves out sessions that cannot be imported; `default_duration` is the length of those whose own is
    missing or impossible.
    """

    skip_bad: bool = False
    default_duration: timedelta | None = None


@dataclass(frozen=True)
class Person:
    """One person who speaks, by the ID the file gives; `biography` is None where the format has none."""

    external_id: str
    name: str
    biography: str | None = None


@dataclass(frozen=True)
class ScheduledTrack:
    """One track; the colour is empty or such as #0f766e."""

    name: str
    colour: str = ""


@dataclass(frozen=True)
class ScheduledRoom:
    """One room, with how many people fit where the file knows it."""

    name: str
    capacity: int | None = None


@dataclass(frozen=True)
class ScheduledSession:
    """One session. `data` holds everything else the file says, so that an export can say it again.

    `custom_fields` are for a session that is new here; one that is known keeps what it has.
    `guid` is what the file calls it: empty where it has an id only, the same for each occurrence of one that takes
    place several times; `external_id` is different for each.
    """

    external_id: str
    name: str
    starts_at: datetime
    ends_at: datetime
    room: str = ""
    track: str = ""
    kind: str = ""
    abstract: str = ""
    description: str = ""
    persons: tuple[Person, ...] = ()
    data: dict[str, Any] = field(default_factory=dict, hash=False)
    guid: str = ""
    custom_fields: dict[str, Any] = field(default_factory=dict, hash=False)
    where: Where = field(default=NOWHERE, compare=False)

    @property
    def text(self) -> str:
        """Abstract and description as the one text that we keep."""
        return "\n\n".join(part for part in (self.abstract.strip(), self.description.strip()) if part)


@dataclass(frozen=True)
class Schedule:
    """One programme: the conference with its tracks, rooms and sessions in the file's order.

    `is_zone_assumed` is True where nobody chose the zone: neither the file nor whoever imports it. `skipped` are
    guids and ids of the sessions that were left out, `findings` all that an organizer should know about the file.
    """

    acronym: str
    title: str
    zone: str
    is_zone_given: bool
    is_zone_assumed: bool
    starts_at: datetime
    ends_at: datetime
    venue: str = ""
    city: str = ""
    tracks: tuple[ScheduledTrack, ...] = ()
    rooms: tuple[ScheduledRoom, ...] = ()
    sessions: tuple[ScheduledSession, ...] = ()
    skipped: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class RawDay:
    """One day as the file has it."""

    where: Where
    date: date | None = None
    start: Any = None
    end: Any = None


@dataclass(frozen=True)
class RawSession:
    """One session as the file has it, by the names of schedule.json whichever the format.

    `room` is the room it is listed under; the room it names itself is among its `values`.
    """

    where: Where
    room: str
    day: RawDay
    values: dict[str, Any]

    @property
    def about(self) -> str:
        """What a finding calls the session, however wrong it is: its title, else its ID."""
        called = (self.values.get(key) for key in ("title", "id", "guid"))
        names = (" ".join(str(one).split()) for one in called if isinstance(one, str | int))
        return next((name for name in names if name), "")[:60]


@dataclass
class RawSchedule:
    """One file as it was read: known names, nothing checked yet but its shape, about which are `findings`."""

    conference: dict[str, Any]
    where: Where
    findings: Findings = field(default_factory=Findings)
    tracks: list[dict[str, Any]] = field(default_factory=list)
    rooms: list[dict[str, Any]] = field(default_factory=list)
    days: list[RawDay] = field(default_factory=list)
    sessions: list[RawSession] = field(default_factory=list)
