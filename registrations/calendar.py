"""Agendas and seats as calendar files: the same UID for ever, a raised SEQUENCE with every change of an entry.

Whoever imports a later file over an earlier one has one entry per session, at its latest time, or marked cancelled.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from events.markdown import plain_text
from events.models import Event
from registrations.links import session_url
from registrations.models import AttendeePass, CalendarEntry, EventRegistration, SessionRegistration
from registrations.models.calendars import identity_of
from registrations.queries import sessions_by_pass
from sessions_app.models import Session

REMINDER = timedelta(minutes=-5)
FEED_IS_READ_EVERY = timedelta(hours=1)
DESCRIPTION_CHARACTERS = 1000

Seat = SessionRegistration | tuple[EventRegistration, Session]


def agenda_ics(registration: EventRegistration, *, at: datetime | None = None) -> bytes:
    """Return the calendar of everything the person holds at the event.

    A session that the organizer cancelled stays in it, marked so. One that the person gave up is marked so too, as long
    as their calendar was told of it by mail and not yet that it is gone.
    """
    seats = SessionRegistration.objects.filter(event_registration=registration)
    rows = list(
        seats.select_related("session__event", "session__building", "session__room", "session__track")
    )
    held = {seat.session for seat in rows if not seat.is_cancelled}
    by_pass = sessions_by_pass(registration, even_cancelled=True)
    held |= {session for session in by_pass if not session.cancelled_at}
    called_off = {session for session in by_pass if session.cancelled_at}
    called_off |= {seat.session for seat in rows if seat.is_cancelled and seat.session.cancelled_at}
    called_off |= {entry.session for entry in told_wrongly(registration, held)}
    shown = sorted(held | called_off, key=lambda session: (*session.place_in_programme, session.pk))
    cancelled = [session for session in shown if session not in held]
    return _calendar(_entries(registration, shown, cancelled, at), registration.event)


def told_wrongly(registration: EventRegistration, held: Iterable[Session]) -> list[CalendarEntry]:
    """What the person's calendar was told by mail to be a seat of theirs at this event, and is none."""
    told = CalendarEntry.objects.filter(contact=registration.contact_id, is_cancelled=False)
    mine = told.filter(session__event=registration.event_id).exclude(session__in=[each.pk for each in held])
    places = ("session__event", "session__building", "session__room", "session__track")
    return list(mine.select_related(*places).order_by("session_id"))


def session_ics(seat: Seat, *, cancelled: bool = False, at: datetime | None = None) -> bytes:
    """Return the calendar entry of one seat, as mails carry it; `cancelled` takes it out of the calendar."""
    if isinstance(seat, SessionRegistration):
        seat = (seat.event_registration, seat.session)
    registration, session = seat
    held, gone = ([], [session]) if cancelled else ([session], [])
    return sessions_ics(registration, held, gone, at=at)


def sessions_ics(
    registration: EventRegistration,
    held: Iterable[Session],
    gone: Iterable[Session] = (),
    *,
    at: datetime | None = None,
) -> bytes:
    """Return one file with the entries of several of the person's seats, and those to be marked cancelled."""
    cancelled = list(gone)
    return _calendar(_entries(registration, [*held, *cancelled], cancelled, at))


def _entries(
    registration: EventRegistration,
    shown: Iterable[Session],
    cancelled: Iterable[Session],
    at: datetime | None,
) -> list[icalendar.Event]:
    """One entry per session, in this order; its revision counts the session's changes and the person's own.

    Taken, given up, taken again: each is a later revision than the one before, as programs ask of a cancellation.
    """
    gone, sessions = set(cancelled), list(shown)
    kept = _kept_identities(registration, sessions)
    mine = SessionRegistration.objects.filter(contact=registration.contact_id, session__in=sessions)
    taken = Counter(mine.values_list("session", flat=True))
    if not registration.event.allow_custom_agenda:
        issued = AttendeePass.objects.filter(event_registration__contact=registration.contact_id)
        opened = issued.filter(event_pass__sessions__in=sessions)
        taken.update(opened.values_list("event_pass__sessions", flat=True))
    return [
        _entry(
            session,
            identity=kept.get(session.pk) or identity_of(registration.contact, session),
            cancelled=session in gone,
            sequence=session.calendar_sequence + 2 * max(taken[session.pk] - 1, 0) + (session in gone),
            at=at,
        )
        for session in sessions
    ]


def _kept_identities(registration: EventRegistration, sessions: Iterable[Session]) -> dict[int, uuid.UUID]:
    """What names these sessions in the person's calendar since before their address was corrected."""
    kept = CalendarEntry.objects.filter(contact=registration.contact_id, session__in=sessions)
    rows = kept.values_list("session", "kept_identity")
    return {session: identity for session, identity in rows if identity}


def _calendar(entries: Iterable[icalendar.Event], feed_of: Event | None = None) -> bytes:
    # Not `Calendar.new`: that gives the calendar a UID, which some programs take for the one UID of all in it.
    calendar = icalendar.Calendar()
    for name, value in (("VERSION", "2.0"), ("PRODID", "-//Seatwise//Agenda//EN"), ("METHOD", "PUBLISH")):
        calendar.add(name, value)
    if feed_of is not None:
        calendar.add("X-WR-CALNAME", feed_of.name)
        calendar.add("X-WR-TIMEZONE", feed_of.timezone)
        calendar.add("REFRESH-INTERVAL", FEED_IS_READ_EVERY, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", icalendar.vDuration(FEED_IS_READ_EVERY))
    for entry in entries:
        calendar.add_component(entry)
    for zone, years in _zones_used(calendar).items():
        calendar.subcomponents.insert(0, timezone_component(zone, min(years), max(years)))
    return calendar.to_ical()


def _zones_used(calendar: icalendar.Calendar) -> dict[ZoneInfo, set[int]]:
    """The named zones of the entries' times, each with the years they fall in."""
    years = defaultdict(set)
    for entry in calendar.events:
        for moment in (entry.start, entry.end):
            if isinstance(moment, datetime) and isinstance(moment.tzinfo, ZoneInfo):
                years[moment.tzinfo].add(moment.year)
    return {zone: found for zone, found in years.items() if zone.key != "UTC"}


def _entry(
    session: Session, *, identity: uuid.UUID, cancelled: bool, sequence: int, at: datetime | None
) -> icalendar.Event:
    start, end = _times(session)
    entry = icalendar.Event.new(
        uid=f"{identity}@seatwise",
        sequence=sequence,
        stamp=at or timezone.now(),
        start=start,
        end=end,
        summary=session.name,
        location=_location(session) or None,
        description=_description(session),
        # Nothing that opens the person's own page: calendars are shared, synchronized and read aloud.
        url=session_url(session),
        organizer=_organizer(session.event),
        status=icalendar.STATUS.CANCELLED if cancelled else icalendar.STATUS.CONFIRMED,
        transparency=icalendar.TRANSP.TRANSPARENT if cancelled else icalendar.TRANSP.OPAQUE,
    )
    if session.track:
        entry.categories = [session.track.name]
    if session.starts_at and not cancelled:
        entry.add_component(_reminder(session))
    return entry


def _times(session: Session) -> tuple[date, date]:
    """Wall-clock times in the session's zone; the whole day while its time is not known."""
    if session.starts_at and session.ends_at:
        return session.starts_at.astimezone(session.zone), session.ends_at.astimezone(session.zone)
    return session.date, session.date + timedelta(days=1)


def _reminder(session: Session) -> icalendar.Alarm:
    alarm = icalendar.Alarm.new(description=session.name)
    alarm.add("ACTION", "DISPLAY")
    alarm.TRIGGER = REMINDER
    return alarm


def _location(session: Session) -> str:
    address = " ".join(session.building.address.split()) if session.building else ""
    parts = [session.room, session.building, address]
    if not any(parts) and session.format != Session.Format.ON_SITE:
        return session.webinar_url
    return ", ".join(str(part) for part in parts if part)


def _description(session: Session) -> str:
    about = Truncator(plain_text(session.description)).chars(DESCRIPTION_CHARACTERS)
    online = session.webinar_url if session.format != Session.Format.ON_SITE else ""
    lines = [
        session.event.name,
        _("Online: %(address)s") % {"address": online} if online else "",
        about,
        _("About the session: %(address)s") % {"address": session_url(session)},
    ]
    return "\n\n".join(line for line in lines if line)


def _organizer(event: Event) -> icalendar.vCalAddress:
    address = event.contact_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    organizer = icalendar.vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = event.name
    return organizer


def timezone_component(zone: ZoneInfo, first_year: int, last_year: int) -> icalendar.Timezone:
    """Return the zone's clock changes in these years, for programs that do not know the zone by its name.

    The library's own component gives the hour after the change where the standard wants the hour before it.
    """
    component = icalendar.Timezone()
    component.add("TZID", zone.key)
    begin = datetime(first_year, 1, 1, tzinfo=zone)
    component.add_component(_observance(begin, begin.replace(tzinfo=None), begin.utcoffset()))
    for change in _clock_changes(zone, first_year, last_year):
        before = (change - timedelta(seconds=1)).astimezone(zone).utcoffset() or timedelta()
        onset = change.replace(tzinfo=None) + before
        component.add_component(_observance(change.astimezone(zone), onset, before))
    return component


def _observance(after: datetime, onset: datetime, offset_before: timedelta | None) -> icalendar.cal.Component:
    part = icalendar.TimezoneDaylight() if after.dst() else icalendar.TimezoneStandard()
    part.add("DTSTART", onset)
    part.add("TZOFFSETFROM", offset_before)
    part.add("TZOFFSETTO", after.utcoffset())
    part.add("TZNAME", after.tzname())
    return part


def _clock_changes(zone: ZoneInfo, first_year: int, last_year: int) -> Iterator[datetime]:
    """Yield the instants, in UTC, at which the zone's offset changes within these years."""
    day, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    while day < end:
        low, high = day, day + timedelta(days=1)
        offset = low.astimezone(zone).utcoffset()
        if high.astimezone(zone).utcoffset() != offset:
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if middle.astimezone(zone).utcoffset() == offset else (low, middle)
            yield high.replace(second=0, microsecond=0)
        day += timedelta(days=1)
