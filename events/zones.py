"""Wall-clock times in a named zone, and the refusals when a clock change makes one impossible."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _

EARLIEST_YEAR = 1970
LATEST_YEAR = 2200
_LEFT_TO_RIGHT, _END_OF_ISOLATE = "\u2066", "\u2069"


def validate_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a zone such as Europe/Brussels."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(
            _("“%(name)s” is not a known time zone. Give one such as Europe/Brussels."),
            code="unknown_zone",
            params={"name": name},
        ) from error


def check_year(day: date) -> None:
    """Raise ValidationError for a day that no event has: a slip of the hand, and too far for clocks to follow."""
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise ValidationError(
            _("The year %(year)s cannot be right. Choose one from %(first)s to %(last)s."),
            code="impossible_year",
            params={"year": day.year, "first": EARLIEST_YEAR, "last": LATEST_YEAR},
        )


def abbreviation(at: datetime, zone: ZoneInfo) -> str:
    """What the zone is called at that moment: “CET” in winter, “CEST” in summer; “UTC+04” where it has no letters."""
    short = at.astimezone(zone).tzname() or ""
    return f"UTC{short}" if short[:1] in {"+", "-"} else short


def hours_in_words(begin: datetime, end: datetime, zone: ZoneInfo, own: ZoneInfo) -> str:
    """“16:00–17:00” by the clock of `zone`; “16:00–17:00 (10:00–11:00 EDT)” where `own` shows another time.

    In a language that is read from the right the earlier time still stands on the left of the later one.
    """
    said, here, there = _hours(begin, end, zone), begin.astimezone(zone), begin.astimezone(own)
    if here.utcoffset() == there.utcoffset():
        return said
    weekday = f"{date_format(there, 'D')} " if there.date() != here.date() else ""
    return f"{said} ({weekday}{_hours(begin, end, own)} {abbreviation(begin, own)})"


def _hours(begin: datetime, end: datetime, zone: ZoneInfo) -> str:
    first, last = begin.astimezone(zone), end.astimezone(zone)
    later = (last.date() - first.date()).days
    return left_to_right(f"{first:%H:%M}–{last:%H:%M}" + (f" (+{later})" if later else ""))


def left_to_right(clocks: str) -> str:
    """The clock times so that their order is kept inside of a sentence that is read from the right."""
    return f"{_LEFT_TO_RIGHT}{clocks}{_END_OF_ISOLATE}" if get_language_bidi() else clocks


def to_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of the naive wall-clock time `wall` in `zone`.

    Raises ValidationError for a time that a clock change skips or shows twice, and for an
    impossible year.
    """
    check_year(wall)
    early = wall.replace(tzinfo=zone, fold=0)
    late = wall.replace(tzinfo=zone, fold=1)
    if early.utcoffset() == late.utcoffset():
        return early.astimezone(UTC)
    shown = {"time": f"{wall:%Y-%m-%d %H:%M}", "zone": zone.key}
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        raise ValidationError(
            _("%(time)s does not exist in %(zone)s: the clocks skip it. Choose another time."),
            code="skipped_time",
            params=shown,
        )
    raise ValidationError(
        _("%(time)s happens twice in %(zone)s: the clocks go back. Choose another time."),
        code="repeated_time",
        params=shown,
    )


def same_clock(instant: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which the clocks of `zone` show the same time so many days later.

    Of a time that a clock change shows twice the first; one that it skips comes as much later as the clocks jump.
    """
    local = instant.astimezone(zone)
    return (local + timedelta(days=days)).replace(fold=0).astimezone(UTC)


def same_times(
    starts_at: datetime, ends_at: datetime, days: int, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """Return start and end so many days later by the clocks of `zone`; the end comes after the start."""
    first, last = same_clock(starts_at, days, zone), same_clock(ends_at, days, zone)
    # Where the clocks jump in between the end would come too early.
    return first, last if last > first else first + (ends_at - starts_at)


def is_shown_once(instant: datetime, days: int, zone: ZoneInfo) -> bool:
    """True unless a clock change skips the same time so many days later, or shows it twice."""
    wall = instant.astimezone(zone) + timedelta(days=days)
    return wall.replace(fold=0).utcoffset() == wall.replace(fold=1).utcoffset()
