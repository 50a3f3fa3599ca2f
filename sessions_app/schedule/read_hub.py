"""Reads the shape of schedule.json that the hub writes: all sessions in one list of events, beside the conference."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from events.findings import Findings, Where
from sessions_app.schedule import values
from sessions_app.schedule.json_parts import items, links, mapping, mappings, refuse_unread
from sessions_app.schedule.structure import RawDay, RawSchedule, RawSession

_ROOT = Where(path="schedule")
_CONFERENCE = Where(path="schedule.conference")


def is_hub(schedule: dict[str, Any]) -> bool:
    """Return True where the sessions stand in one list of events, and in no day."""
    conference = schedule["conference"]
    days = conference.get("days")
    in_days = isinstance(days, list) and any(isinstance(day, dict) and day.get("rooms") for day in days)
    return isinstance(schedule.get("events"), list) and not in_days


def read_hub(schedule: dict[str, Any], conference: dict[str, Any], raw: RawSchedule) -> None:
    """Put what the file says into `raw`."""
    found = raw.findings
    refuse_unread(schedule, _ROOT, {"events", "persons"}, found)
    refuse_unread(conference, _CONFERENCE, {"tracks", "rooms", "days"}, found)
    raw.tracks = [
        {**_track(item), "where": at} for at, item in mappings(conference, "tracks", _CONFERENCE, found)
    ]
    raw.rooms = [{**item, "where": at} for at, item in mappings(conference, "rooms", _CONFERENCE, found)]
    raw.days = [_day(item, at, found) for at, item in mappings(conference, "days", _CONFERENCE, found)]
    names = _Names(raw, [item for _at, item in mappings(schedule, "persons", _ROOT, found)])
    for at, item in items(schedule, "events", _ROOT, found):
        with found.row():
            event = mapping(item, at)
            raw.sessions.append(RawSession(at, "", RawDay(at), _session(event, at, names, found)))


def _day(item: dict[str, Any], where: Where, found: Findings) -> RawDay:
    date = None
    with found.left_out():
        date = values.day(item.get("date"), where, _("date of the day"))
    return RawDay(where, date, item.get("start"), item.get("end"))


def _track(item: dict[str, Any]) -> dict[str, Any]:
    colours = item.get("colors")
    light = colours.get("light") if isinstance(colours, dict) else None
    return {"color": light, **item}


class _Names:
    """The names of what a session only points at, by slug or guid; what is not listed is called what it says."""

    def __init__(self, raw: RawSchedule, persons: list[dict[str, Any]]) -> None:
        self._tracks = {str(item[key]): item.get("name") for item in raw.tracks for key in _keys(item)}
        self._rooms = {str(item[key]): item.get("name") for item in raw.rooms for key in _keys(item)}
        self._persons = {str(item["guid"]): item for item in persons if item.get("guid")}

    def track(self, given: Any) -> Any:
        """Return the name of a track that is given as an object, by its slug or by its name."""
        return self._name(given, self._tracks)

    def room(self, given: Any) -> Any:
        """Return the name of a room that is given as an object, by its guid or by its name."""
        return self._name(given, self._rooms)

    def person(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return a person with what the list of persons knows."""
        known = self._persons.get(str(given.get("guid")), {})
        return {**given, "name": _first(given, known, "name"), "biography": _first(given, known, "biography")}

    def _name(self, given: Any, known: dict[str, Any]) -> Any:
        if not isinstance(given, dict):
            return known.get(given, given) if isinstance(given, str) else given
        listed = (known[str(given[key])] for key in _keys(given) if str(given[key]) in known)
        # The last way out is an object, which is left out as no text, and said to be.
        return given.get("name") or next(listed, None) or given.get("slug") or given


def _keys(item: dict[str, Any]) -> list[str]:
    return [key for key in ("guid", "slug") if item.get(key)]


def _first(one: dict[str, Any], other: dict[str, Any], key: str) -> Any:
    return one.get(key) or one.get(f"public_{key}") or other.get(key)


def _session(event: dict[str, Any], where: Where, names: _Names, found: Findings) -> dict[str, Any]:
    read = dict(event)
    key = "participants" if "participants" in event else "persons"
    read.pop(key, None)
    read["persons"] = [
        {**names.person(person), "where": at} for at, person in mappings(event, key, where, found)
    ]
    read["track"], read["room"] = names.track(event.get("track")), names.room(event.get("room"))
    read["abstract"], read["description"] = (_text(event.get(key)) for key in ("abstract", "description"))
    for key in ("links", "attachments"):
        read[key] = links(event, key, where, found)
    for key, name in (("logo", "logo"), ("feedback", "feedback_url")):
        given = read.pop(key, None)
        read[name] = given.get("url") if isinstance(given, dict) else given or read.get(name)
    return {name: value for name, value in read.items() if value is not None}


def _text(given: Any) -> Any:
    """Return a text, or those of several languages one after the other."""
    if isinstance(given, dict) and all(isinstance(text, str | None) for text in given.values()):
        return "\n\n".join(text.strip() for text in given.values() if text and text.strip())
    return given
