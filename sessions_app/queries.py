"""What a session's plan runs into: told wherever it was saved, and refused nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sessions_app.models import Session, Speaker


@dataclass(frozen=True)
class PlanWarning:
    """One consequence of a session's plan, and the other session that it concerns."""

    code: str
    detail: str
    session_id: int | None = None


def warnings_of(session: Session, *, sees: Collection[int] | None = None) -> Iterator[PlanWarning]:
    """Everything that the saved session runs into: its room, its speakers, its event's days, its room's size.

    `sees` are the events whose sessions may be named; None for all of them.
    """
    for other in double_bookings(session):
        is_seen = sees is None or other.event_id in sees
        booked = _("%(room)s is also booked for “%(other)s” at that time.")
        elsewhere = _("%(room)s is also booked by another event at that time.")
        words = (booked if is_seen else elsewhere) % {"room": session.room, "other": other.name}
        yield PlanWarning("room_clash", words, other.pk if is_seen else None)
    for speaker, other in _speakers_elsewhere(session):
        words = _("%(speaker)s also speaks at “%(other)s” at that time.")
        shown = {"speaker": speaker.name, "other": other.name}
        yield PlanWarning("speaker_clash", words % shown, other.pk)
    if _is_outside_event(session):
        yield PlanWarning("outside_event", _("It lies outside the event's days."))
    fits = _capacity_of_place(session)
    capacity = session.seats.capacity
    if capacity is not None and fits is not None and capacity > fits:
        words = _("The capacity is %(capacity)d, and only %(fits)d fit into the place.")
        yield PlanWarning("room_too_small", words % {"capacity": capacity, "fits": fits})


def double_bookings(session: Session) -> QuerySet[Session]:
    """Other sessions in the same room at the same time, of any event."""
    if session.room_id is None:
        return Session.objects.none()
    return _at_the_same_time(session).filter(room_id=session.room_id)


def _at_the_same_time(session: Session) -> QuerySet[Session]:
    if session.cancelled_at or session.starts_at is None or session.ends_at is None:
        return Session.objects.none()
    others = Session.objects.not_archived().filter(cancelled_at=None).exclude(pk=session.pk)
    return others.filter(starts_at__lt=session.ends_at, ends_at__gt=session.starts_at)


def _speakers_elsewhere(session: Session) -> Iterator[tuple[Speaker, Session]]:
    """The session's speakers who speak at another of its event's sessions meanwhile."""
    mine = {speaker.pk: speaker for speaker in session.speakers.all()}
    if not mine:
        return
    others = _at_the_same_time(session).filter(event_id=session.event_id, speakers__in=mine).distinct()
    for other in others.prefetch_related("speakers").order_by("starts_at", "pk"):
        for speaker in other.speakers.all():
            if speaker.pk in mine:
                yield mine[speaker.pk], other


def _is_outside_event(session: Session) -> bool:
    """True where any day of the session is none of the event's, by the event's clock."""
    event = session.event
    first, last = (moment.astimezone(event.zone).date() for moment in (event.starts_at, event.ends_at))
    if session.starts_at is None or session.ends_at is None:
        return not first <= session.date <= last
    begins, ends = (moment.astimezone(event.zone).date() for moment in (session.starts_at, session.ends_at))
    return begins < first or ends > last


def _capacity_of_place(session: Session) -> int | None:
    """The capacity of the most specific place that has one."""
    places = (session.layout, session.room, session.building)
    return next((place.capacity for place in places if place and place.capacity is not None), None)
