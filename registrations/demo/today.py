"""A day that is on now: a phone stands at its doors, had no network for a while, and left one thing to look at."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta

from events.actors import IMPORT, Actor
from events.models import Event
from registrations import actions
from registrations.demo.names import people
from registrations.models import EventRegistration
from registrations.rules.scans import Scan
from sessions_app.models import Session

REGISTERED = 24
# Of every so many, one is still on the way.
ON_THE_WAY = 3
# How many the phone let in before it lost its network.
WITH_NETWORK = 8
DEVICE = "Front door"
LASTS = timedelta(hours=8)


def put_around(event: Event, at: datetime) -> None:
    """Let the event have begun an hour ago, its first session a quarter of an hour ago, the next follow in an hour."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    Event.objects.filter(pk=event.pk).update(
        starts_at=hour - timedelta(hours=1), ends_at=hour + LASTS, registration_closes_at=None
    )
    event.refresh_from_db()
    begins = at.replace(second=0, microsecond=0) - timedelta(minutes=15)
    for session in Session.objects.filter(event=event).order_by("starts_at"):
        day = begins.astimezone(event.zone).date()
        ends = begins + timedelta(minutes=60)
        Session.objects.filter(pk=session.pk).update(starts_at=begins, ends_at=ends, date=day)
        begins += timedelta(minutes=75)


def open_doors(event: Event, staff: Actor, at: datetime) -> None:
    """Register the guests in the week before, pair a phone, and let most of the first session's guests in by it."""
    sessions = list(
        Session.objects.filter(event=event).select_related("event", "seats").order_by("starts_at")
    )
    for number, attendee in enumerate(people(REGISTERED, random.Random(1903))):
        before = event.starts_at - timedelta(days=6, hours=-number)
        actions.submit_agenda(event, attendee, sessions, notify=False, at=before)
    first, came = sessions[0], _guests(sessions[0])
    pairing = actions.begin_pairing(event, name=DEVICE, may_override=True, actor=staff, at=at)
    device = actions.pair_device(pairing.secret, browser="Demo", at=at).device
    gone, *others = came
    # What the phone cannot know, since it has no network: this guest cancels ten minutes before coming.
    actions.cancel_event_registrations(
        [gone], actor=IMPORT, reason="Ill", notify=False, at=at - timedelta(minutes=20)
    )
    scans = [
        _scan(guest, first, at - timedelta(minutes=12, seconds=-20 * number), offline=number >= WITH_NETWORK)
        for number, guest in enumerate([*others[: len(others) * (ON_THE_WAY - 1) // ON_THE_WAY], gone])
    ]
    actions.merge_scans(device, scans, sent_at=at, at=at)


def _guests(session: Session) -> list[EventRegistration]:
    rows = EventRegistration.objects.active().filter(session_registrations__session=session)
    return list(rows.select_related("event", "contact").order_by("id"))


def _scan(guest: EventRegistration, door: Session, scanned_at: datetime, *, offline: bool) -> Scan:
    return Scan(
        uuid.uuid4(), scanned_at, door=door.uuid, registration=guest.uuid, offline=offline, admitted=True
    )
