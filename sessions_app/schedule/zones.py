"""Time zones as files write them: names of every kind, offsets, and what a file without any lets one conclude."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_LARGEST_OFFSET = timedelta(hours=14)
# Where zones are named after cities; elsewhere after countries, parts of them and offsets.
_REGIONS = frozenset(
    ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)
# Zones whose clocks are not changed, for offsets that are no whole hours.
_BETWEEN_HOURS = {
    timedelta(hours=3, minutes=30): "Asia/Tehran",
    timedelta(hours=4, minutes=30): "Asia/Kabul",
    timedelta(hours=5, minutes=30): "Asia/Kolkata",
    timedelta(hours=5, minutes=45): "Asia/Kathmandu",
    timedelta(hours=6, minutes=30): "Asia/Yangon",
    timedelta(hours=8, minutes=45): "Australia/Eucla",
    timedelta(hours=9, minutes=30): "Australia/Darwin",
    timedelta(hours=-9, minutes=-30): "Pacific/Marquesas",
}


def known_zone(written: str) -> str:
    """Return the zone that is meant by Europe/Berlin, europe/berlin, Berlin, +02:00 or W. Europe Standard Time.

    Empty when nobody can tell: an unknown name, or a city's of which there are two.
    """
    name = "/".join(part.strip() for part in written.split("/"))
    if name in _names():
        return name
    key = _key(name)
    return _by_name().get(key) or _windows().get(key) or _of_offset_written(name) or zone_of_city(name)


def zone_of_city(city: str) -> str:
    """Return the zone that is named after a city, empty when there is none or there are two."""
    found = _by_city().get(_key(city), set())
    return min(found, key=lambda name: (len(name), name)) if _are_the_same(found) else ""


def zone_of_offset(offset: timedelta) -> str:
    """Return a zone whose clocks always show this offset; empty when there is none."""
    if offset in _BETWEEN_HOURS:
        return _BETWEEN_HOURS[offset]
    hours, rest = divmod(offset, timedelta(hours=1))
    if rest or abs(offset) > _LARGEST_OFFSET:
        return ""
    # POSIX counts the other way round: Etc/GMT-2 is two hours ahead.
    name = f"Etc/GMT{-hours:+d}" if hours else "UTC"
    return name if name in _names() else ""


def zone_of_moments(moments: Iterable[datetime], city: str) -> str:
    """Return the zone that moments with offsets, and the city they are in, let one conclude; empty to ask instead.

    Moments that are all written in UTC say nothing about the clocks on the wall, so that the city decides alone.
    """
    known = {moment: moment.utcoffset() or timedelta() for moment in moments}
    offsets = set(known.values())
    zone = zone_of_city(city)
    if zone and (offsets <= {timedelta()} or all(_shows(zone, *one) for one in known.items())):
        return zone
    return zone_of_offset(offsets.pop()) if len(offsets) == 1 else ""


def _shows(zone: str, moment: datetime, offset: timedelta) -> bool:
    return moment.astimezone(ZoneInfo(zone)).utcoffset() == offset


def _of_offset_written(name: str) -> str:
    found = _OFFSET.fullmatch(name)
    if not found:
        return ""
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return zone_of_offset(-offset if sign == "-" else offset)


def _key(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).casefold()


@cache
def _names() -> set[str]:
    return available_timezones()


@cache
def _by_name() -> dict[str, str]:
    return {_key(name): name for name in _names()}


@cache
def _windows() -> dict[str, str]:
    return {_key(name): zone for name, zone in WINDOWS_TO_OLSON.items()}


@cache
def _by_city() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in _names():
        parts = name.split("/")
        if parts[0] in _REGIONS:
            found.setdefault(_key(parts[-1]), set()).add(name)
    return found


def _are_the_same(names: set[str]) -> bool:
    """Return True for one zone under several names, such as America/Buenos_Aires with and without its country."""
    months = [datetime(year, month, 1, tzinfo=UTC) for year in (2015, 2025) for month in (1, 4, 7, 10)]
    return (
        len({tuple(month.astimezone(ZoneInfo(name)).utcoffset() for month in months) for name in names}) == 1
    )
