"""The structure of a programme as both formats have it, read and checked but written nowhere yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Where:
    """One place in a file: a line of XML or CSV, or a path in JSON."""

    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        return self.path if self.line is None else _("line %(line)s") % {"line": self.line}


NOWHERE = Where()


class ScheduleError(Exception):
    """The file cannot be read as a programme; `reason` says why in a sentence, `where` in which place."""

    def __init__(self, reason: str, where: Where = NOWHERE) -> None:
        self.reason = reason
        self.where = where
        super().__init__(reason, where)

    @property
    def line(self) -> int | None:
        """The line, where the format has lines."""
        return self.where.line

    def __str__(self) -> str:
        place = str(self.where)
        return (
            f"{place[:1].upper()}{place[1:]}: {self.reason}"
            if self.line
            else ": ".join(part for part in (place, self.reason) if part)
        )


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
    """One session. `data` holds everything else the file says, so that an export can say it again."""

    external_id: str
    name: str
    starts_at: datetime
    ends_at: datetime
    room: str = ""
    track: str = ""
    abstract: str = ""
    description: str = ""
    persons: tuple[Person, ...] = ()
    data: dict[str, Any] = field(default_factory=dict, hash=False)
    where: Where = field(default=NOWHERE, compare=False)

    @property
    def text(self) -> str:
        """Abstract and description as the one text that we keep."""
        return "\n\n".join(part for part in (self.abstract.strip(), self.description.strip()) if part)


@dataclass(frozen=True)
class Schedule:
    """One programme: the conference with its tracks, rooms and sessions in the file's order."""

    acronym: str
    title: str
    zone: str
    is_zone_given: bool
    starts_at: datetime
    ends_at: datetime
    venue: str = ""
    city: str = ""
    tracks: tuple[ScheduledTrack, ...] = ()
    rooms: tuple[ScheduledRoom, ...] = ()
    sessions: tuple[ScheduledSession, ...] = ()


@dataclass(frozen=True)
class RawDay:
    """One day as the file has it."""

    where: Where
    date: date | None = None
    start: Any = None
    end: Any = None


@dataclass(frozen=True)
class RawSession:
    """One session as the file has it, by the names of schedule.json whichever the format."""

    where: Where
    room: str
    day: RawDay
    values: dict[str, Any]


@dataclass
class RawSchedule:
    """One file as it was read: known names, nothing checked yet."""

    conference: dict[str, Any]
    where: Where
    tracks: list[dict[str, Any]] = field(default_factory=list)
    rooms: list[dict[str, Any]] = field(default_factory=list)
    days: list[RawDay] = field(default_factory=list)
    sessions: list[RawSession] = field(default_factory=list)
