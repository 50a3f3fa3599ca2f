"""What a door's screen says of one scan."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from events.models import Event
from registrations.rules.scans import Answer, Verdict
from sessions_app.models import Session

# Beyond this a phone's clock is worth a word.
NOTICEABLE = timedelta(minutes=2)


def said_of(verdict: Verdict, event: Event) -> dict[str, Any]:
    """Return one scan's answer, for the page: what became of it, in a word and in words."""
    found: dict[str, Any] = {
        "nonce": verdict.nonce,
        "outcome": verdict.outcome,
        "words": words_of(verdict, event),
    }
    if verdict.registration is not None:
        found |= {"registration": verdict.registration.uuid, "name": verdict.registration.full_name}
    if verdict.since is not None:
        found |= {"since": verdict.since, "where": where(verdict.session, event)}
    if verdict.elsewhere:
        found["sessions"] = [described(session) for session in verdict.elsewhere]
    if verdict.to_look_at:
        found["to_look_at"] = verdict.to_look_at
    return found


def words_of(verdict: Verdict, event: Event) -> str:
    """Return what the door says, in a short sentence."""
    if verdict.said:
        return verdict.said
    if verdict.outcome == Answer.ALREADY_IN and verdict.since is not None:
        when = {"time": clock(verdict.since, event), "place": where(verdict.session, event)}
        return _("Already in since %(time)s, %(place)s") % when
    if verdict.elsewhere:
        session = verdict.elsewhere[0]
        place = session.room or session.building
        named = {"session": session.name, "room": str(place) if place else ""}
        return (_("Expected in %(session)s, %(room)s") if place else _("Expected in %(session)s")) % named
    if verdict.outcome == Answer.CANCELLED and verdict.registration and verdict.registration.cancelled_at:
        return _("Cancelled at %(time)s") % {"time": clock(verdict.registration.cancelled_at, event)}
    return str(Answer(verdict.outcome).label) if verdict.outcome in Answer else verdict.outcome


def clock(moment: datetime, event: Event) -> str:
    """Return the time by the event's clock; with the day, where that is not today's."""
    local = moment.astimezone(event.zone)
    time = formats.time_format(local, "H:i")
    if local.date() == datetime.now(event.zone).date():
        return time
    return f"{formats.date_format(local, 'SHORT_DATE_FORMAT')} {time}"


def where(session: Session | None, event: Event) -> str:
    """Return the name of a door."""
    return session.name if session else event.name


def described(session: Session) -> dict[str, Any]:
    """Return where somebody is expected instead."""
    place = session.room or session.building
    return {
        "door": session.uuid,
        "name": session.name,
        "room": str(place) if place else "",
        "starts_at": session.starts_at,
    }


def said_of_clock(ahead: timedelta) -> dict[str, Any]:
    """Return what the page is to say about the phone's own clock; nothing where it is right."""
    if abs(ahead) < NOTICEABLE:
        return {}
    minutes = round(abs(ahead).total_seconds() / 60)
    text = (
        _("The clock of this phone is %(minutes)s minutes fast. Its times were put right.")
        if ahead > timedelta(0)
        else _("The clock of this phone is %(minutes)s minutes slow. Its times were put right.")
    )
    return {"ahead_seconds": round(ahead.total_seconds()), "clock_words": text % {"minutes": minutes}}
