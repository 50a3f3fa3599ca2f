"""The time zone of a programme file: named, chosen by whoever imports it, concluded from its dates, or asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from events.findings import Choice
from events.zones import EARLIEST_YEAR, LATEST_YEAR
from sessions_app.schedule import values
from sessions_app.schedule.structure import RawSchedule, ScheduleError
from sessions_app.schedule.zones import zone_of_city, zone_of_moments


@dataclass(frozen=True)
class FileZone:
    """One file's zone; given when the file names it, assumed when nobody named or chose it."""

    name: str
    is_given: bool = False
    is_assumed: bool = False


def zone_of_file(raw: RawSchedule, default_zone: str) -> FileZone:
    """Return the file's zone.

    An unknown name is as good as none. Then counts `default_zone`, then what the dates and the city let one conclude.
    Where the dates have offsets that fit no zone the file is refused: the zone is asked for.
    """
    written = raw.conference.get("time_zone_name")
    unknown = ""
    try:
        if name := values.zone_name(written, raw.where):
            _say_how_it_was_read(raw, str(written).strip(), name)
            return FileZone(name, is_given=True)
    except ScheduleError as error:
        unknown = error.reason
    zone = FileZone(default_zone) if default_zone else _concluded(raw)
    if zone.name:
        if unknown:
            raw.findings.repair(
                raw.where, _("%(reason)s %(zone)s was taken.") % {"reason": unknown, "zone": zone.name}
            )
        return zone
    reason = unknown or _(
        "the file names no time zone, and its dates fit several; choose one such as Europe/Brussels."
    )
    raw.findings.refuse(raw.where, reason, Choice.TIME_ZONE)
    return FileZone("UTC", is_assumed=True)


def _say_how_it_was_read(raw: RawSchedule, written: str, name: str) -> None:
    if written != name:
        reason = _("the time zone “%(written)s” was read as %(zone)s.") % {
            "written": written[:40],
            "zone": name,
        }
        raw.findings.repair(raw.where, reason)


def _concluded(raw: RawSchedule) -> FileZone:
    """Return the zone of a file that names none; without a name where it has to be asked for."""
    city = raw.conference.get("city")
    city = city if isinstance(city, str) else ""
    moments = list(_moments(raw))
    name = zone_of_moments(moments, city) if moments else zone_of_city(city) or "UTC"
    if name:
        raw.findings.repair(raw.where, _("the file names no time zone; %(zone)s was taken.") % {"zone": name})
    return FileZone(name, is_assumed=True)


def _moments(raw: RawSchedule) -> Iterator[datetime]:
    """Yield the sessions' dates that say how far they are from UTC."""
    for session in raw.sessions:
        for key in ("date", "start"):
            given = session.values.get(key)
            if values.is_moment(given):
                try:
                    moment = datetime.fromisoformat(str(given).strip())
                except ValueError:
                    continue
                if moment.tzinfo is not None and EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
                    yield moment
