"""One session of a programme file, checked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from sessions_app.schedule import values
from sessions_app.schedule.structure import Person, RawSession, ScheduledSession, ScheduleError, Where

LONGEST_ID = 200
LONGEST_NAME = 255
LONGEST_PERSON = 200
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
        "abstract",
        "description",
        "persons",
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
        "type",
        "language",
        "links",
        "attachments",
        "logo",
        "recording_license",
    ),
    "do_not_record",
}


def read_session(raw: RawSession, zone: ZoneInfo) -> ScheduledSession:
    """Return the session; raises ScheduleError with its place for anything that cannot be right."""
    given, where = raw.values, raw.where
    name = values.short_text(given.get("title"), where, _("title"), LONGEST_NAME)
    values.required(name, where, _("session's title"))
    starts_at, ends_at = _times(raw, zone)
    return ScheduledSession(
        external_id=_external_id(given, where),
        name=name,
        starts_at=starts_at,
        ends_at=ends_at,
        room=values.short_text(raw.room or given.get("room"), where, _("room's name"), 120),
        track=values.short_text(given.get("track"), where, _("track's name"), 120),
        abstract=values.text(given.get("abstract"), where, _("abstract")),
        description=values.text(given.get("description"), where, _("description")),
        persons=_persons(given["persons"]),
        data=_data(given, where),
        where=where,
    )


def _external_id(given: dict[str, Any], where: Where) -> str:
    """Return the guid, else the id: what the session is known by when it is imported again."""
    ids = [values.short_text(given.get(key), where, _("ID"), LONGEST_ID) for key in ("guid", "id")]
    return values.required(ids[0] or ids[1], where, _("session's guid or id"))


def _times(raw: RawSession, zone: ZoneInfo) -> tuple[datetime, datetime]:
    starts_at = _start(raw, zone)
    length = values.duration(raw.values.get("duration"), raw.where)
    given_end = raw.values.get("end")
    if values.is_moment(given_end):
        ends_at = values.moment(str(given_end), zone, raw.where)
    elif length is None:
        raise ScheduleError(_("the session's duration is missing."), raw.where)
    else:
        ends_at = starts_at + length
    if ends_at <= starts_at:
        raise ScheduleError(_("the session ends before it has begun."), raw.where)
    if ends_at - starts_at > values.LONGEST_SESSION:
        raise ScheduleError(_("the session lasts longer than 31 days."), raw.where)
    return starts_at, ends_at


def _start(raw: RawSession, zone: ZoneInfo) -> datetime:
    """Return the start: the date when it carries a time, else the date or the day with the clock's time."""
    for key in ("date", "start"):
        if values.is_moment(raw.values.get(key)):
            return values.moment(str(raw.values[key]), zone, raw.where)
    date = values.day(raw.values.get("date"), raw.where, _("date"))
    clock = values.clock(raw.values.get("start"), raw.where)
    day = date or raw.day.date
    if day is None or clock is None:
        raise ScheduleError(_("the session's date or start is missing."), raw.where)
    starts_at = values.at_wall_clock(datetime.combine(day, clock), zone, raw.where)
    if date is None and _is_before_day(starts_at, raw, zone):
        next_day = datetime.combine(day + timedelta(days=1), clock)
        return values.at_wall_clock(next_day, zone, raw.where)
    return starts_at


def _is_before_day(starts_at: datetime, raw: RawSession, zone: ZoneInfo) -> bool:
    """Return True for 01:00 in a day that begins at 09:00: that is the night after it."""
    begins = raw.day.start
    return values.is_moment(begins) and starts_at < values.moment(str(begins), zone, raw.day.where)


def _persons(given: list[dict[str, Any]]) -> tuple[Person, ...]:
    """Return each person once; those without a name are nobody."""
    found: dict[tuple[str, str], Person] = {}
    for item in given:
        where = item["where"]
        name = values.short_text(item.get("name"), where, _("person's name"), LONGEST_PERSON)
        ids = [values.short_text(item.get(key), where, _("ID"), LONGEST_ID) for key in ("guid", "id", "code")]
        known_by = next((one for one in ids if one), "")
        biography = item.get("biography")
        told = None if biography is None else values.text(biography, where, _("biography"))
        if name:
            found.setdefault((known_by, known_by or name), Person(known_by, name, told))
    return tuple(found.values())


def _data(given: dict[str, Any], where: Where) -> dict[str, Any]:
    """Return everything else the file says about the session, without what is empty."""
    kept = {
        key: values.clean(value)
        for key, value in given.items()
        if key not in _OWN_FIELDS and not key.startswith("_")
    }
    for key in ("links", "attachments"):
        kept[key] = [link for item in kept[key] if (link := _link(item))]
    for key in ("url", "logo", "feedback_url", "origin_url"):
        kept[key] = values.address(kept.get(key))
    if kept.get("id") is not None:
        kept["id"] = values.short_text(kept["id"], where, _("ID"), LONGEST_ID)
    kept["do_not_record"] = kept.get("do_not_record") in (True, "true")
    return {key: value for key, value in kept.items() if value not in (None, "", [], {}, False)}


def _link(item: dict[str, Any]) -> dict[str, str]:
    """Return address, title and type of a link; nothing for an address that is none."""
    url = values.address(item.get("url"))
    if not url:
        return {}
    kept = {"url": url, **{key: item.get(key) for key in ("title", "type")}}
    return {key: value.strip() for key, value in kept.items() if isinstance(value, str) and value.strip()}
