"""Reads schedule.json as frab and pretalx write it."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from sessions_app.schedule import values
from sessions_app.schedule.structure import RawDay, RawSchedule, RawSession, ScheduleError, Where


def read_json(content: bytes) -> RawSchedule:
    """Return what the file says; raises ScheduleError for a file that is not JSON or no programme."""
    whole = _mapping(_loaded(content), Where(path="(file)"))
    schedule = _mapping(whole.get("schedule", whole), Where(path="schedule"))
    where = Where(path="schedule.conference")
    if not isinstance(schedule.get("conference"), dict):
        raise ScheduleError(_("this is not a schedule: schedule.conference is expected."), where)
    conference = schedule["conference"]
    raw = RawSchedule({**schedule, **conference}, where)
    raw.tracks = [{**item, "where": at} for at, item in _mappings(conference, "tracks", where)]
    raw.rooms = [{**item, "where": at} for at, item in _mappings(conference, "rooms", where)]
    for at, day in _mappings(conference, "days", where):
        _read_day(day, at, raw)
    return raw


def _read_day(item: dict[str, Any], where: Where, raw: RawSchedule) -> None:
    read = values.day(item.get("date"), where, _("date of the day"))
    day = RawDay(where, read, item.get("day_start"), item.get("day_end"))
    raw.days.append(day)
    rooms = _mapping(item.get("rooms") or {}, Where(path=f"{where.path}.rooms"))
    for name in rooms:
        raw.rooms.append({"name": name, "where": where})
        here = Where(path=f"{where.path}.rooms")
        for at, session in _mappings(rooms, name, here, quoted=True):
            raw.sessions.append(RawSession(at, name, day, _session(session, at)))


def _session(session: dict[str, Any], where: Where) -> dict[str, Any]:
    read = dict(session)
    read["persons"] = [
        {**person, "name": person.get("public_name") or person.get("name"), "where": at}
        for at, person in _mappings(session, "persons", where)
    ]
    for key in ("links", "attachments"):
        read[key] = [
            {"url": link} if isinstance(link, str) else _mapping(link, at)
            for at, link in _items(session, key, where)
        ]
    return read


def _mappings(
    parent: dict[str, Any], key: str, where: Where, *, quoted: bool = False
) -> list[tuple[Where, dict[str, Any]]]:
    return [(at, _mapping(item, at)) for at, item in _items(parent, key, where, quoted=quoted)]


def _items(
    parent: dict[str, Any], key: str, where: Where, *, quoted: bool = False
) -> list[tuple[Where, Any]]:
    """Return the members of a list with their places; a missing list is an empty one."""
    step = f"[{json.dumps(key, ensure_ascii=False)}]" if quoted else f".{key}"
    path = where.path + step
    found = parent.get(key)
    if not isinstance(found, list | None):
        raise ScheduleError(_("a list is expected here."), Where(path=path))
    return [(Where(path=f"{path}[{index}]"), item) for index, item in enumerate(found or [])]


def _mapping(value: Any, where: Where) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ScheduleError(_("an object in braces is expected here."), where)
    return value


def _loaded(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ScheduleError(
            _("this is not well-formed JSON: %s.") % error.msg, Where(line=error.lineno)
        ) from error
    except UnicodeDecodeError as error:
        raise ScheduleError(_("this file is not UTF-8; save it as UTF-8.")) from error
    except RecursionError as error:
        raise ScheduleError(_("this JSON is nested too deeply for a schedule.")) from error
    except ValueError as error:
        raise ScheduleError(_("this JSON holds a number that cannot be read.")) from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)
