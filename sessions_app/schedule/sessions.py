"""One session of a programme file, checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from events.findings import Findings, Where
from sessions_app.models.custom_fields import are_custom_fields
from sessions_app.schedule import values
from sessions_app.schedule.structure import Person, RawSession, ScheduledSession
from sessions_app.schedule.times import Reading, times

LONGEST_ID = 200
LONGEST_NAME = 255
LONGEST_PERSON = 200
# Rooms, tracks and buildings, as the models have them.
LONGEST_REFERENCE = 120
_MOST_NAMES = 5
# Kept by name elsewhere in a session; everything else goes to its `data` as the file has it.
_OWN_FIELDS = {
    *(
        "guid",
        "title",
        "date",
        "start",
        "end",
        "duration",
        "room",
        "track",
        "type",
        "abstract",
        "description",
        "persons",
        "custom_fields",
    ),
    "where",
}
# What both formats have: missing in a file means that there is none.
COMMON_DATA = {
    *(
        "id",
        "slug",
        "url",
        "subtitle",
        "language",
        "links",
        "attachments",
        "logo",
        "recording_license",
    ),
    "do_not_record",
}


def read_session(raw: RawSession, reading: Reading) -> ScheduledSession | None:
    """Return the session, None for one that cannot be imported; all that is wrong is among the findings."""
    given, where, found = raw.values, raw.where, reading.findings
    keys = name = span = None
    with found.row(raw.about):
        keys = _keys(given, where)
    with found.row(raw.about):
        name = values.short_text(given.get("title"), where, _("title"), LONGEST_NAME)
        name = values.required(name, where, _("session's title"))
    with found.row(raw.about):
        span = times(raw, reading)
    if not (keys and name and span):
        return None
    return ScheduledSession(
        external_id=keys[0] or keys[1],
        name=name,
        starts_at=span[0],
        ends_at=span[1],
        room=_room(raw, found),
        track=_short(given.get("track"), raw, _("track's name"), found),
        kind=_short(given.get("type"), raw, _("type"), found),
        abstract=_long(given.get("abstract"), raw, _("abstract"), found),
        description=_long(given.get("description"), raw, _("description"), found),
        persons=_persons(raw, found),
        data=_data(raw, found),
        guid=keys[0] if keys[0] != keys[1] else "",
        custom_fields=_custom_fields(raw, found),
        where=where,
    )


def _keys(given: dict[str, Any], where: Where) -> tuple[str, str]:
    """Return guid and id, one of which is what the session is known by when it is imported again."""
    guid, number = (values.short_text(given.get(key), where, _("ID"), LONGEST_ID) for key in ("guid", "id"))
    values.required(guid or number, where, _("session's guid or id"))
    return guid, number


def _short(given: Any, raw: RawSession, what: str, found: Findings) -> str:
    with found.left_out(raw.about):
        return values.short_text(given, raw.where, what, LONGEST_REFERENCE)
    return ""


def _long(given: Any, raw: RawSession, what: str, found: Findings) -> str:
    with found.left_out(raw.about):
        return values.text(given, raw.where, what)
    return ""


def _room(raw: RawSession, found: Findings) -> str:
    """Return the room that the session names itself, else the one it is listed under."""
    own = _short(raw.values.get("room"), raw, _("room's name"), found)
    around = " ".join(raw.room.split())
    if own and around and own != around:
        found.repair(
            raw.where,
            _("it is listed under the room “%(around)s” and says “%(own)s” itself; its own word was taken.")
            % {"around": around[:60], "own": own},
            raw.about,
        )
    return own or _short(raw.room, raw, _("room's name"), found)


def _persons(raw: RawSession, found: Findings) -> tuple[Person, ...]:
    """Return each person once; one whose name is missing or impossible is left out."""
    persons: dict[tuple[str, str], Person] = {}
    for item in raw.values["persons"]:
        with found.left_out(raw.about):
            person = _person(item, raw, found)
            persons.setdefault((person.external_id, _alike(person.name)), person)
    return tuple(persons.values())


def _person(item: dict[str, Any], raw: RawSession, found: Findings) -> Person:
    where = item["where"]
    name = values.short_text(item.get("name"), where, _("person's name"), LONGEST_PERSON)
    values.required(name, where, _("person's name"))
    ids = [values.short_text(item.get(key), where, _("ID"), LONGEST_ID) for key in ("guid", "id", "code")]
    told = None
    with found.left_out(raw.about):
        if item.get("biography") is not None:
            told = values.text(item["biography"], where, _("biography"))
    return Person(next((one for one in ids if one), ""), name, told)


def _alike(name: str) -> str:
    return " ".join(name.split()).casefold()


def ids_of_several(sessions: list[ScheduledSession], found: Findings) -> list[ScheduledSession]:
    """Return the sessions with persons known by name alone whose ID the file gives to several people."""
    names: dict[str, dict[str, str]] = {}
    first: dict[str, Where] = {}
    for session in sessions:
        for person in session.persons:
            names.setdefault(person.external_id, {}).setdefault(_alike(person.name), person.name)
            first.setdefault(person.external_id, session.where)
    shared = {one for one, called in names.items() if one and len(called) > 1}
    for one in sorted(shared):
        found.repair(
            first[one],
            _("the ID %(id)s belongs to several people (%(names)s); they are known by their names.")
            % {"id": one, "names": ", ".join(list(names[one].values())[:_MOST_NAMES])},
        )
    return [replace(session, persons=_without_ids(session.persons, shared)) for session in sessions]


def _without_ids(persons: tuple[Person, ...], shared: set[str]) -> tuple[Person, ...]:
    return tuple(
        replace(person, external_id="") if person.external_id in shared else person for person in persons
    )


def _data(raw: RawSession, found: Findings) -> dict[str, Any]:
    """Return everything else the file says about the session, without what is empty."""
    kept = {
        key: values.clean(value)
        for key, value in raw.values.items()
        if key not in _OWN_FIELDS and not key.startswith("_")
    }
    for key in ("links", "attachments"):
        kept[key] = [link for item in kept[key] if (link := _link(item, raw, found))]
    for key in ("url", "logo", "feedback_url", "origin_url"):
        kept[key] = values.address(kept.get(key))
    if kept.get("id") is not None:
        kept["id"] = values.short_text(kept["id"], raw.where, _("ID"), LONGEST_ID)
    kept["do_not_record"] = kept.get("do_not_record") in (True, "true")
    return {key: value for key, value in kept.items() if value not in (None, "", [], {}, False)}


def _custom_fields(raw: RawSession, found: Findings) -> dict[str, Any]:
    """Return the custom fields as an export has them; nothing for what a session cannot keep."""
    given = raw.values.get("custom_fields") or {}
    if are_custom_fields(given):
        return dict(given)
    reason = _("its custom fields are neither texts nor another system's choices.")
    found.leave_out(raw.where, reason, raw.about)
    return {}


def _link(item: dict[str, Any], raw: RawSession, found: Findings) -> dict[str, str]:
    """Return address, title and type of a link; nothing for an address that is none."""
    url = values.address(item.get("url"))
    if not url:
        if item.get("url"):
            reason = _("the link “%(url)s” is no web address.") % {"url": str(item["url"])[:40]}
            found.leave_out(raw.where, reason, raw.about)
        return {}
    kept = {"url": url, **{key: item.get(key) for key in ("title", "type")}}
    return {key: value.strip() for key, value in kept.items() if isinstance(value, str) and value.strip()}
