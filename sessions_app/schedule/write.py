"""A programme as a file: schedule.json or schedule.xml."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

from events.models import Event
from sessions_app.schedule.export import GENERATOR, exportable, programme
from sessions_app.schedule.sessions import COMMON_DATA
from sessions_app.schedule.values import clean

_IN_ORDER = (
    *("date", "start", "duration", "room", "slug", "url", "title", "subtitle", "track", "type", "language"),
    *("abstract", "description", "logo"),
)
_WRITTEN_APART = {"id", "guid", "persons", "links", "attachments", "recording_license", "do_not_record"}
_XML_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_OF_CONFERENCE = (
    *("acronym", "title", "venue", "city", "start", "end", "timeslot_duration", "time_zone_name", "url"),
)


def write_json(event: Event, *, only_live: bool) -> bytes:
    """Return schedule.json; `only_live` leaves out what the website does not show, custom fields among it."""
    whole = {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": GENERATOR,
        "schedule": _with_numbers(_programme(event, only_live)),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def write_xml(event: Event, *, only_live: bool) -> bytes:
    """Return schedule.xml; `only_live` leaves out what the website does not show. It has no place for custom fields."""
    read = _programme(event, only_live)
    root = ElementTree.Element("schedule")
    ElementTree.SubElement(root, "generator", GENERATOR)
    _text(root, "version", read["version"])
    _conference(root, read)
    for day in read["conference"]["days"]:
        _day(root, day)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _programme(event: Event, only_live: bool) -> dict[str, Any]:
    sessions = exportable(event)
    if only_live:
        return dict(clean(programme(event, sessions.live())))
    return dict(clean(programme(event, sessions, with_custom_fields=True)))


def _with_numbers(schedule: dict[str, Any]) -> dict[str, Any]:
    """Make numbers of IDs that are numbers, as JSON has them."""
    for day in schedule["conference"]["days"]:
        for sessions in day["rooms"].values():
            for session in sessions:
                for item in (session, *session["persons"]):
                    if str(item.get("id", "")).isdecimal():
                        item["id"] = int(item["id"])
    return schedule


def _conference(root: ElementTree.Element, read: dict[str, Any]) -> None:
    named = read["conference"]
    conference = ElementTree.SubElement(root, "conference")
    for key in _OF_CONFERENCE:
        _text(conference, key, named[key])
    _text(conference, "days", str(named["daysCount"]))
    _text(conference, "base_url", read["base_url"])
    for track in named["tracks"]:
        ElementTree.SubElement(conference, "track", {key: value for key, value in track.items() if value})


def _day(root: ElementTree.Element, day: dict[str, Any]) -> None:
    attributes = {
        "index": str(day["index"]),
        "date": day["date"],
        "start": day["day_start"],
        "end": day["day_end"],
    }
    element = ElementTree.SubElement(root, "day", attributes)
    for name, sessions in day["rooms"].items():
        room = ElementTree.SubElement(element, "room", {"name": name})
        for session in sessions:
            _session(room, session)


def _session(room: ElementTree.Element, session: dict[str, Any]) -> None:
    event = ElementTree.SubElement(room, "event", {key: str(session[key]) for key in ("guid", "id")})
    for key in _IN_ORDER:
        _text(event, key, str(session[key]))
    recording = ElementTree.SubElement(event, "recording")
    _text(recording, "license", str(session["recording_license"]))
    _text(recording, "optout", str(bool(session["do_not_record"])).lower())
    persons = ElementTree.SubElement(event, "persons")
    for person in session["persons"]:
        known_by = {key: str(person[key]) for key in ("id", "guid", "code") if key in person}
        _text(persons, "person", person["name"], known_by)
    for group, tag in (("links", "link"), ("attachments", "attachment")):
        members = ElementTree.SubElement(event, group)
        for link in session[group]:
            kind = {"type": link["type"]} if link.get("type") else {}
            _text(members, tag, link.get("title", ""), {"href": link["url"], **kind})
    _others(event, session)


def _others(event: ElementTree.Element, session: dict[str, Any]) -> None:
    """Write what only this file's origin knows, as far as it is text."""
    for key, value in session.items():
        is_other = key not in _WRITTEN_APART and key not in _IN_ORDER and key not in COMMON_DATA
        if is_other and isinstance(value, str) and _XML_NAME.fullmatch(key):
            _text(event, key, value)


def _text(parent: ElementTree.Element, tag: str, text: str, attributes: dict[str, str] | None = None) -> None:
    ElementTree.SubElement(parent, tag, attributes or {}).text = text
