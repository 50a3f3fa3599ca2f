"""A programme file as a Schedule: whichever the format, read by the same rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from events.findings import Done, Findings, Where
from sessions_app.schedule import values
from sessions_app.schedule.occurrences import apart
from sessions_app.schedule.read_json import read_json
from sessions_app.schedule.read_xml import read_xml
from sessions_app.schedule.sessions import LONGEST_REFERENCE, ids_of_several, read_session
from sessions_app.schedule.structure import (
    Choices,
    RawSchedule,
    Schedule,
    ScheduledRoom,
    ScheduledSession,
    ScheduledTrack,
    ScheduleError,
)
from sessions_app.schedule.times import Reading
from sessions_app.schedule.zone_of_file import zone_of_file

MAXIMUM_BYTES = 20 * 1024 * 1024
MAXIMUM_SESSIONS = 10_000
# Of an event's name and of its ID in the file, as the model has them.
LONGEST_TITLE = 200
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")


def parse_schedule(content: bytes, *, default_zone: str = "", choices: Choices | None = None) -> Schedule:
    """Return the programme in a schedule.xml or schedule.json, with findings about all that it does not take as it is.

    `default_zone` is the zone where the file names none that is known. Raises ScheduleError with every reason why
    it cannot be imported, each with its place; nothing is ever left out silently.
    """
    if len(content) > MAXIMUM_BYTES:
        raise ScheduleError(_("this file is larger than 20 MB."))
    choices = choices or Choices()
    found = Findings(skip_bad=choices.skip_bad)
    raw = _read(content, found)
    if len(raw.sessions) > MAXIMUM_SESSIONS:
        raise ScheduleError(_("this schedule has more than 10,000 sessions."), raw.where)
    schedule = _schedule(raw, default_zone, choices)
    found.raise_refusals(ScheduleError)
    assert schedule
    return schedule


def _read(content: bytes, found: Findings) -> RawSchedule:
    start = content[:1024].lstrip()
    for mark in _BYTE_ORDER_MARKS:
        start = start.removeprefix(mark)
    if start[:2].strip(b"\x00").startswith(b"<"):
        return read_xml(content, found)
    if start.startswith(b"{"):
        return read_json(content, found)
    if not start:
        raise ScheduleError(_("this file is empty."))
    raise ScheduleError(_("this is neither a schedule.xml nor a schedule.json."), Where(line=1))


def _schedule(raw: RawSchedule, default_zone: str, choices: Choices) -> Schedule | None:
    """Return the programme; None where something is refused without which there is none."""
    zone = zone_of_file(raw, default_zone)
    reading = Reading(ZoneInfo(zone.name), raw.findings, choices, _day_change(raw))
    sessions, skipped = _sessions(raw, reading)
    acronym = _named(raw, "acronym", _("acronym"), LONGEST_TITLE)
    title = _title(raw, acronym)
    extent = _extent(raw, sessions, reading.zone)
    if not title or not extent:
        return None
    return Schedule(
        acronym=acronym or title.lower(),
        title=title,
        zone=zone.name,
        is_zone_given=zone.is_given,
        is_zone_assumed=zone.is_assumed,
        starts_at=extent[0],
        ends_at=extent[1],
        venue=_named(raw, "venue", _("venue"), LONGEST_REFERENCE),
        city=_named(raw, "city", _("city"), LONGEST_REFERENCE),
        tracks=tuple(_tracks(raw, sessions)),
        rooms=tuple(_rooms(raw, sessions)),
        sessions=tuple(sessions),
        skipped=skipped,
        findings=tuple(raw.findings),
    )


def _day_change(raw: RawSchedule) -> time | None:
    """Return the time of day that divides conference days, where it is not midnight."""
    with raw.findings.left_out():
        return values.clock(raw.conference.get("day_change"), raw.where, _("change of days"))
    return None


def _named(raw: RawSchedule, key: str, what: str, longest: int) -> str:
    """Return something that the file says about itself in one line; what cannot be is left out."""
    with raw.findings.left_out():
        return values.short_text(raw.conference.get(key), raw.where, what, longest)
    return ""


def _title(raw: RawSchedule, acronym: str) -> str:
    """Return the conference's title, for which its acronym can stand in."""
    try:
        title = values.short_text(
            raw.conference.get("title"), raw.where, _("conference's title"), LONGEST_TITLE
        )
        return values.required(title, raw.where, _("conference's title"))
    except ScheduleError as error:
        if acronym:
            raw.findings.repair(
                error.where,
                _("%(reason)s Its acronym, %(acronym)s, stands in.")
                % {"reason": error.reason, "acronym": acronym},
            )
        else:
            raw.findings.refuse(error.where, error.reason)
        return acronym


def _sessions(raw: RawSchedule, reading: Reading) -> tuple[list[ScheduledSession], frozenset[str]]:
    """Return the sessions, and guids and ids of those that cannot be imported."""
    read: list[ScheduledSession] = []
    skipped: set[str] = set()
    for one in raw.sessions:
        if session := read_session(one, reading):
            read.append(session)
        else:
            skipped.update(str(one.values[key]) for key in ("guid", "id") if one.values.get(key))
    if not read and any(finding.done == Done.SKIPPED for finding in raw.findings):
        raw.findings.refuse(raw.where, _("none of its sessions can be imported."))
    return ids_of_several(apart(read, raw.findings), raw.findings), frozenset(skipped)


def _tracks(raw: RawSchedule, sessions: Iterable[ScheduledSession]) -> Iterable[ScheduledTrack]:
    """Return the listed tracks in their order, then those that only sessions name."""
    tracks: dict[str, ScheduledTrack] = {}
    for item in raw.tracks:
        with raw.findings.left_out():
            name = values.short_text(item.get("name"), item["where"], _("track's name"), LONGEST_REFERENCE)
            if name:
                tracks.setdefault(name, ScheduledTrack(name, values.colour(item.get("color"))))
    for session in sessions:
        if session.track:
            tracks.setdefault(session.track, ScheduledTrack(session.track))
    return tracks.values()


def _rooms(raw: RawSchedule, sessions: Iterable[ScheduledSession]) -> Iterable[ScheduledRoom]:
    """Return each room once, with the capacity that the file gives it anywhere."""
    rooms: dict[str, int | None] = {}
    for item in raw.rooms:
        with raw.findings.left_out():
            name = values.short_text(item.get("name"), item["where"], _("room's name"), LONGEST_REFERENCE)
            if name:
                rooms.setdefault(name, None)
                capacity = values.capacity(item.get("capacity"), item["where"])
                rooms[name] = rooms[name] if capacity is None else capacity
    for session in sessions:
        if session.room:
            rooms.setdefault(session.room, None)
    return [ScheduledRoom(name, capacity) for name, capacity in rooms.items()]


def _extent(
    raw: RawSchedule, sessions: list[ScheduledSession], zone: ZoneInfo
) -> tuple[datetime, datetime] | None:
    """Return when the event begins and ends: with its sessions; without any, with its days.

    The times of a day say where the file cuts days (4:00 in pretalx), not when anybody arrives.
    """
    if sessions:
        return min(session.starts_at for session in sessions), max(session.ends_at for session in sessions)
    dates = [day.date for day in raw.days]
    for key in ("start", "end"):
        with raw.findings.left_out():
            dates.append(values.day(raw.conference.get(key), raw.where, _("conference's date")))
    known = [date for date in dates if date]
    if not known:
        if not raw.sessions:
            raw.findings.refuse(raw.where, _("this schedule has neither sessions nor days: when is it?"))
        return None
    first = values.at_wall_clock(datetime.combine(min(known), time(9)), zone, raw.where)
    return first, values.at_wall_clock(datetime.combine(max(known), time(18)), zone, raw.where)
