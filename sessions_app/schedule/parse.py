"""A programme file as a Schedule: whichever the format, read by the same rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from sessions_app.schedule import values
from sessions_app.schedule.read_json import read_json
from sessions_app.schedule.read_xml import read_xml
from sessions_app.schedule.sessions import read_session
from sessions_app.schedule.structure import (
    RawSchedule,
    Schedule,
    ScheduledRoom,
    ScheduledSession,
    ScheduledTrack,
    ScheduleError,
    Where,
)

MAXIMUM_BYTES = 20 * 1024 * 1024
MAXIMUM_SESSIONS = 10_000
# As the models have them.
NAME_LENGTHS = {"event": 200, "room": 120, "track": 120, "building": 120, "acronym": 200}
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")


def parse_schedule(content: bytes, *, default_zone: str = "") -> Schedule:
    """Return the programme in a schedule.xml or schedule.json.

    `default_zone` is the zone of times without an offset where the file names none, else UTC. Raises
    ScheduleError with place and reason; nothing is ever left out silently.
    """
    if len(content) > MAXIMUM_BYTES:
        raise ScheduleError(_("this file is larger than 20 MB."))
    return _schedule(_read(content), default_zone)


def _read(content: bytes) -> RawSchedule:
    start = content[:1024].lstrip()
    for mark in _BYTE_ORDER_MARKS:
        start = start.removeprefix(mark)
    if start[:2].strip(b"\x00").startswith(b"<"):
        return read_xml(content)
    if start.startswith(b"{"):
        return read_json(content)
    if not start:
        raise ScheduleError(_("this file is empty."))
    raise ScheduleError(_("this is neither a schedule.xml nor a schedule.json."), Where(line=1))


def _schedule(raw: RawSchedule, default_zone: str) -> Schedule:
    named, where = raw.conference, raw.where
    given_zone = values.zone_name(named.get("time_zone_name"), where)
    zone = given_zone or default_zone or "UTC"
    sessions = _sessions(raw, ZoneInfo(zone))
    starts_at, ends_at = _extent(raw, sessions, ZoneInfo(zone))
    title = values.short_text(named.get("title"), where, _("conference's title"), NAME_LENGTHS["event"])
    acronym = values.short_text(named.get("acronym"), where, _("acronym"), NAME_LENGTHS["acronym"])
    return Schedule(
        acronym=acronym or title.lower(),
        title=values.required(title, where, _("conference's title")),
        zone=zone,
        is_zone_given=bool(given_zone),
        starts_at=starts_at,
        ends_at=ends_at,
        venue=values.short_text(named.get("venue"), where, _("venue"), NAME_LENGTHS["building"]),
        city=values.short_text(named.get("city"), where, _("city"), NAME_LENGTHS["building"]),
        tracks=tuple(_tracks(raw, sessions)),
        rooms=tuple(_rooms(raw, sessions)),
        sessions=tuple(sessions),
    )


def _sessions(raw: RawSchedule, zone: ZoneInfo) -> list[ScheduledSession]:
    if len(raw.sessions) > MAXIMUM_SESSIONS:
        raise ScheduleError(_("this schedule has more than 10,000 sessions."), raw.where)
    sessions = [read_session(session, zone) for session in raw.sessions]
    seen: dict[str, Where] = {}
    for session in sessions:
        first = seen.setdefault(session.external_id, session.where)
        if first is not session.where:
            raise ScheduleError(
                _("the session “%(name)s” has the same ID (%(id)s) as the one at %(place)s.")
                % {"name": session.name, "id": session.external_id, "place": first},
                session.where,
            )
    return sessions


def _tracks(raw: RawSchedule, sessions: Iterable[ScheduledSession]) -> Iterable[ScheduledTrack]:
    """Return the listed tracks in their order, then those that only sessions name."""
    found: dict[str, ScheduledTrack] = {}
    for item in raw.tracks:
        name = values.short_text(item.get("name"), item["where"], _("track's name"), NAME_LENGTHS["track"])
        if name:
            found.setdefault(name, ScheduledTrack(name, values.colour(item.get("color"))))
    for session in sessions:
        if session.track:
            found.setdefault(session.track, ScheduledTrack(session.track))
    return found.values()


def _rooms(raw: RawSchedule, sessions: Iterable[ScheduledSession]) -> Iterable[ScheduledRoom]:
    """Return each room once, with the capacity that the file gives it anywhere."""
    found: dict[str, int | None] = {}
    for item in raw.rooms:
        name = values.short_text(item.get("name"), item["where"], _("room's name"), NAME_LENGTHS["room"])
        if name:
            capacity = values.capacity(item.get("capacity"), item["where"])
            found[name] = found.get(name) if capacity is None else capacity
    for session in sessions:
        if session.room:
            found.setdefault(session.room, None)
    return [ScheduledRoom(name, capacity) for name, capacity in found.items()]


def _extent(raw: RawSchedule, sessions: list[ScheduledSession], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when the event begins and ends: with its sessions; without any, with its days.

    The times of a day say where the file cuts days (4:00 in pretalx), not when anybody arrives.
    """
    if sessions:
        return min(session.starts_at for session in sessions), max(session.ends_at for session in sessions)
    named, where = raw.conference, raw.where
    dates = [day.date for day in raw.days]
    dates += [values.day(named.get(key), where, _("conference's date")) for key in ("start", "end")]
    known = [date for date in dates if date]
    if not known:
        raise ScheduleError(_("this schedule has neither sessions nor days: when is it?"), where)
    first = values.at_wall_clock(datetime.combine(min(known), time(9)), zone, where)
    return first, values.at_wall_clock(datetime.combine(max(known), time(18)), zone, where)
