"""When a session of a programme file takes place, whichever way the file says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from events.findings import Choice, Findings
from sessions_app.schedule import values
from sessions_app.schedule.structure import Choices, RawSession, ScheduleError


@dataclass(frozen=True)
class Reading:
    """What the times of a file's sessions depend on: zone, the hour that ends a conference day, choices made."""

    zone: ZoneInfo
    findings: Findings
    choices: Choices
    day_change: time | None = None


def times(raw: RawSession, reading: Reading) -> tuple[datetime, datetime]:
    """Return start and end in UTC; raises ScheduleError for what cannot be."""
    starts_at = _start(raw, reading)
    try:
        return starts_at, _end(raw, starts_at, reading)
    except ScheduleError as error:
        length = reading.choices.default_duration
        if length is None:
            raise ScheduleError(error.reason, error.where, Choice.DEFAULT_DURATION) from error
        reading.findings.repair(
            raw.where,
            _("%(reason)s It was given %(minutes)s minutes.")
            % {"reason": error.reason, "minutes": int(length.total_seconds() // 60)},
            raw.about,
        )
        return starts_at, starts_at + length


def _end(raw: RawSession, starts_at: datetime, reading: Reading) -> datetime:
    """Return the end, which is taken at its word where the duration says otherwise."""
    given = raw.values.get("end")
    length = None
    if values.is_moment(given):
        ends_at = values.moment(str(given), reading.zone, raw.where)
        length = _duration_beside_end(raw, reading)
    elif (length := values.duration(raw.values.get("duration"), raw.where)) is not None:
        ends_at = starts_at + length
    elif (clock := values.clock(given, raw.where, _("end"))) is not None:
        ends_at = _next(clock, starts_at, raw, reading)
    else:
        raise ScheduleError(_("the session's duration is missing."), raw.where)
    if ends_at <= starts_at:
        raise ScheduleError(_("the session ends before it has begun."), raw.where)
    if ends_at - starts_at > values.LONGEST_SESSION:
        raise ScheduleError(_("the session lasts longer than 31 days."), raw.where)
    if length is not None and length != ends_at - starts_at:
        reading.findings.repair(
            raw.where, _("end and duration contradict each other; the end was taken."), raw.about
        )
    return ends_at


def _duration_beside_end(raw: RawSession, reading: Reading) -> timedelta | None:
    with reading.findings.left_out(raw.about):
        return values.duration(raw.values.get("duration"), raw.where)
    return None


def _next(clock: time, starts_at: datetime, raw: RawSession, reading: Reading) -> datetime:
    """Return the first moment after the start at which the clock on the wall shows that time."""
    day = starts_at.astimezone(reading.zone).date()
    ends_at = values.at_wall_clock(datetime.combine(day, clock), reading.zone, raw.where)
    if ends_at > starts_at:
        return ends_at
    return values.at_wall_clock(datetime.combine(day + timedelta(days=1), clock), reading.zone, raw.where)


def _start(raw: RawSession, reading: Reading) -> datetime:
    """Return the start: the date when it carries a time, else the date or the day with the clock's time."""
    for key in ("date", "start"):
        if values.is_moment(raw.values.get(key)):
            written = str(raw.values[key])
            starts_at = values.moment(written, reading.zone, raw.where)
            if key == "date":
                _compare_with_clock(written, starts_at, raw, reading)
            return starts_at
    date = values.day(raw.values.get("date"), raw.where, _("date"))
    clock = values.clock(raw.values.get("start"), raw.where)
    day = date or raw.day.date
    if day is None or clock is None:
        raise ScheduleError(_("the session's date or start is missing."), raw.where)
    wall = datetime.combine(day, clock)
    # A session's own date that differs from its day's is the calendar's, not the conference's.
    if date in (None, raw.day.date) and _is_night_after(wall, raw, reading):
        wall += timedelta(days=1)
    return values.at_wall_clock(wall, reading.zone, raw.where)


def _is_night_after(wall: datetime, raw: RawSession, reading: Reading) -> bool:
    """Return True for 01:00 in a conference day that begins at 09:00: the night after it, if the day lasts so long."""
    begins = _wall(raw.day.start, wall, raw, reading)
    if begins is None:
        begins = datetime.combine(wall.date(), reading.day_change) if reading.day_change else wall
    if wall >= begins:
        return False
    ends = _wall(raw.day.end, wall, raw, reading)
    if ends is None or ends <= begins or wall + timedelta(days=1) <= ends:
        return True
    reading.findings.repair(
        raw.where,
        _(
            "%(time)s is before the day begins, and the day ends before midnight: it was taken as that morning."
        )
        % {"time": f"{wall:%H:%M}"},
        raw.about,
    )
    return False


def _wall(given: object, wall: datetime, raw: RawSession, reading: Reading) -> datetime | None:
    """Return the wall clock's time at which a day begins or ends, None where it is not known."""
    try:
        if values.is_moment(given):
            moment = values.moment(str(given), reading.zone, raw.day.where)
            return moment.astimezone(reading.zone).replace(tzinfo=None)
        clock = values.clock(given, raw.day.where)
    except ScheduleError:
        return None
    return datetime.combine(wall.date(), clock) if clock else None


def _compare_with_clock(written: str, starts_at: datetime, raw: RawSession, reading: Reading) -> None:
    """Say so when the start beside a date with a time is another time, by the date's own clock and by the zone's."""
    try:
        clock = values.clock(raw.values.get("start"), raw.where)
    except ScheduleError:
        return
    own = datetime.fromisoformat(written.strip()).time().replace(second=0, microsecond=0, tzinfo=None)
    by_zone = starts_at.astimezone(reading.zone).time().replace(second=0, microsecond=0)
    if clock and clock.replace(second=0) not in (own, by_zone):
        reading.findings.repair(
            raw.where,
            _("the date says %(date)s, the start %(start)s; the date was taken.")
            % {"date": f"{own:%H:%M}", "start": f"{clock:%H:%M}"},
            raw.about,
        )
