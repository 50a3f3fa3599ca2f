"""Single values of a programme file: checked, and refused with a sentence that says what would be right."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from events.findings import Where
from events.models import MAXIMUM_CAPACITY
from events.zones import EARLIEST_YEAR, LATEST_YEAR, to_instant
from sessions_app.schedule.structure import ScheduleError
from sessions_app.schedule.zones import known_zone

LONGEST_SESSION = timedelta(days=31)
# What neither XML nor PostgreSQL can hold: control characters, halves of surrogate pairs.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?")
_DURATION = re.compile(r"(-?)(\d{1,4})(?::([0-5]\d))?(?::([0-5]\d))?")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def clean(value: Any) -> Any:
    """Return `value` with every text in it, however deep, free of characters that cannot be stored."""
    if isinstance(value, str):
        return _UNPRINTABLE.sub("", value)
    if isinstance(value, dict):
        return {clean(str(key)): clean(item) for key, item in value.items()}
    return [clean(item) for item in value] if isinstance(value, list) else value


def text(value: Any, where: Where, what: str) -> str:
    """Return a text or a number as text, with line feeds between lines; empty when there is none."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ScheduleError(_("the %(what)s is not a text.") % {"what": what}, where)
    return str(clean(str(value))).replace("\r\n", "\n").strip()


def short_text(value: Any, where: Where, what: str, longest: int) -> str:
    """Return one line of at most `longest` characters."""
    line = " ".join(text(value, where, what).split())
    if len(line) > longest:
        raise ScheduleError(
            _("the %(what)s “%(start)s…” has %(length)s characters; it may have %(longest)s at most.")
            % {"what": what, "start": line[:40], "length": len(line), "longest": longest},
            where,
        )
    return line


def required(value: str, where: Where, what: str) -> str:
    """Return `value`, which may not be empty."""
    if not value:
        raise ScheduleError(_("the %(what)s is missing.") % {"what": what}, where)
    return value


def zone_name(value: Any, where: Where) -> str:
    """Return the name of the zone that is meant, or nothing where nothing is said."""
    written = text(value, where, _("time zone"))
    found = known_zone(written) if written else ""
    if written and not found:
        raise ScheduleError(
            _("“%(name)s” is not a known time zone; give one such as Europe/Brussels.")
            % {"name": written[:40]},
            where,
        )
    return found


def capacity(value: Any, where: Where) -> int | None:
    """Return a whole number of people from 0 to 50,000, or None where nothing is said."""
    written = text(value, where, _("capacity"))
    if not written:
        return None
    number = int(written) if re.fullmatch(r"\d{1,9}", written, re.ASCII) else -1
    if not 0 <= number <= MAXIMUM_CAPACITY:
        raise ScheduleError(
            _("the capacity “%(value)s” is not a whole number from 0 to 50,000.") % {"value": written[:40]},
            where,
        )
    return number


def colour(value: Any) -> str:
    """Return a colour such as #0f766e; anything else is no reason to refuse a programme."""
    return value.lower() if isinstance(value, str) and _COLOUR.fullmatch(value) else ""


def address(value: Any) -> str:
    """Return a web or mail address or a path; empty for javascript: and its like."""
    if not isinstance(value, str):
        return ""
    url = clean(value).strip()
    scheme = _SCHEME.match(url)
    return url if not scheme or scheme.group().lower() in {"http:", "https:", "mailto:"} else ""


def day(value: Any, where: Where, what: str) -> date | None:
    """Return the day of a date or of a date with a time."""
    written = text(value, where, what)
    if not written:
        return None
    try:
        return _in_range(date.fromisoformat(written[:10]), where)
    except ValueError as error:
        raise _not_a_date(written, where) from error


def clock(value: Any, where: Where, what: str = "") -> time | None:
    """Return a time of day such as 10:35; `what` it is, if not a start."""
    what = what or _("start")
    written = text(value, where, what)
    if not written:
        return None
    found = _CLOCK.fullmatch(written)
    if not found:
        raise ScheduleError(
            _("the %(what)s “%(value)s” is not a time such as 10:35.")
            % {"what": what, "value": written[:40]},
            where,
        )
    hour, minute, second = (int(part or 0) for part in found.groups())
    return time(hour, minute, second)


def is_moment(value: Any) -> bool:
    """Return True for a date with a time."""
    return isinstance(value, str) and bool(re.match(r"\s*\d{4}-\d\d-\d\d[T ]", value))


def moment(value: str, zone: ZoneInfo, where: Where) -> datetime:
    """Return the UTC instant of an ISO date and time; without an offset it is the wall clock of `zone`."""
    try:
        read = datetime.fromisoformat(value.strip())
        _in_range(read.date(), where)
        return at_wall_clock(read, zone, where) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _not_a_date(value, where) from error


def at_wall_clock(wall: datetime, zone: ZoneInfo, where: Where) -> datetime:
    """Return the UTC instant of a wall clock's time, which must exist once."""
    try:
        return to_instant(wall, zone)
    except ValidationError as error:
        raise ScheduleError(error.messages[0], where) from error


def duration(value: Any, where: Where) -> timedelta | None:
    """Return a duration such as 00:25 (hours and minutes), 00:25:00 or 25 (minutes)."""
    written = text(value, where, _("duration"))
    if not written:
        return None
    found = _DURATION.fullmatch(written)
    if not found:
        raise ScheduleError(
            _("the duration “%(value)s” is not hours and minutes such as 00:25.") % {"value": written[:40]},
            where,
        )
    sign, first, minutes, seconds = found.groups()
    length = timedelta(minutes=int(first))
    if minutes is not None:
        length = timedelta(hours=int(first), minutes=int(minutes), seconds=int(seconds or 0))
    return -length if sign else length


def length(value: Any, where: Where) -> timedelta | None:
    """Return a duration that a session can have."""
    found = duration(value, where)
    if found is not None and not timedelta() < found <= LONGEST_SESSION:
        raise ScheduleError(
            _("the duration “%(value)s” is not between a minute and 31 days.") % {"value": str(value)[:40]},
            where,
        )
    return found


def _in_range(value: date, where: Where) -> date:
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise _not_a_date(value.isoformat(), where)
    return value


def _not_a_date(written: str, where: Where) -> ScheduleError:
    return ScheduleError(
        _("“%(value)s” is not a date such as 2027-02-06T10:35:00+01:00.") % {"value": written[:40]}, where
    )
