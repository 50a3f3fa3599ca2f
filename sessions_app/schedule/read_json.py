"""Reads schedule.json: frab's and pretalx's shape here, the hub's shape by `read_hub`; no other is taken for one."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from events.findings import Findings, Where
from sessions_app.schedule import values
from sessions_app.schedule.json_parts import items, links, mapping, mappings, refuse_unread
from sessions_app.schedule.read_hub import is_hub, read_hub
from sessions_app.schedule.structure import RawDay, RawSchedule, RawSession, ScheduleError

_KNOWN = {"conference", "tracks", "rooms", "days", "persons", "speakers"}


def read_json(content: bytes, findings: Findings) -> RawSchedule:
    """Return what the file says; raises ScheduleError for a file that is not JSON or no programme."""
    whole = mapping(_loaded(content), Where(path="(file)"))
    at = Where(path="schedule")
    schedule = mapping(whole.get("schedule", whole), at)
    where = Where(path="schedule.conference")
    if not isinstance(schedule.get("conference"), dict):
        raise ScheduleError(_("this is not a schedule: schedule.conference is expected."), where)
    conference = schedule["conference"]
    raw = RawSchedule({**schedule, **conference}, where, findings)
    if is_hub(schedule):
        read_hub(schedule, conference, raw)
        return raw
    refuse_unread(schedule, at, _KNOWN, findings)
    refuse_unread(conference, where, _KNOWN, findings)
    if not isinstance(conference.get("days"), list):
        findings.refuse(
            where,
            _("this shape is not known: conference.days, or events beside the conference, are expected."),
        )
    raw.tracks = [{**item, "where": at} for at, item in mappings(conference, "tracks", where, findings)]
    raw.rooms = [{**item, "where": at} for at, item in mappings(conference, "rooms", where, findings)]
    for at, day in mappings(conference, "days", where, findings):
        _read_day(day, at, raw)
    return raw


def _read_day(item: dict[str, Any], where: Where, raw: RawSchedule) -> None:
    date = None
    with raw.findings.left_out():
        date = values.day(item.get("date"), where, _("date of the day"))
    day = RawDay(where, date, item.get("day_start"), item.get("day_end"))
    raw.days.append(day)
    refuse_unread(item, where, {"rooms"}, raw.findings)
    here = Where(path=f"{where.path}.rooms")
    try:
        rooms = mapping(item.get("rooms") or {}, here)
    except ScheduleError as error:
        raw.findings.refuse(error.where, error.reason)
        return
    for name in rooms:
        raw.rooms.append({"name": name, "where": where})
        for at, session in items(rooms, name, here, raw.findings, quoted=True, is_vital=True):
            with raw.findings.row():
                raw.sessions.append(
                    RawSession(at, name, day, _session(mapping(session, at), at, raw.findings))
                )


def _session(session: dict[str, Any], where: Where, findings: Findings) -> dict[str, Any]:
    read = dict(session)
    read["persons"] = [
        {**person, "name": person.get("public_name") or person.get("name"), "where": at}
        for at, person in mappings(session, "persons", where, findings)
    ]
    for key in ("links", "attachments"):
        read[key] = links(session, key, where, findings)
    return read


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
