"""The benchmark's own event: sessions, and people with a personal link, written in bulk with true counters."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from events.models import Contact, Event, SeatCount
from registrations.models import EventRegistration
from sessions_app.models import Session
from tests.factories import FIRST_DAY, EventFactory

BATCH = 2_000


def make_event(*, sessions: int = 0, capacity: int = 50_000, **values: object) -> tuple[Event, list[Session]]:
    """Return a live event with so many live sessions, one after the other."""
    event: Event = EventFactory(slug=f"bench-{uuid.uuid4().hex[:12]}", name="Benchmark", **values)
    counts = SeatCount.objects.bulk_create([SeatCount(capacity=capacity) for _ in range(sessions)])
    hour = timedelta(hours=1)
    rows = [
        Session(
            event=event,
            name=f"Session {number}",
            date=(FIRST_DAY + number * hour).date(),
            starts_at=FIRST_DAY + number * hour,
            ends_at=FIRST_DAY + (number + 1) * hour,
            seats=seats,
            session_status=Session.Status.LIVE,
        )
        for number, seats in enumerate(counts)
    ]
    return event, Session.objects.bulk_create(rows, batch_size=500)


def make_people(event: Event, number: int) -> list[EventRegistration]:
    """Register so many people at the event, without any session yet."""
    run = uuid.uuid4().hex[:8]
    people = [
        Contact(email=f"person{index}.{run}@example.org", first_name="Ada", last_name=f"No. {index}")
        for index in range(number)
    ]
    Contact.objects.bulk_create(people, batch_size=BATCH)
    now = timezone.now()
    rows = [
        EventRegistration(event=event, contact=contact, first_name="Ada", registered_at=now)
        for contact in people
    ]
    EventRegistration.objects.bulk_create(rows, batch_size=BATCH)
    SeatCount.objects.filter(pk=event.seats_id).update(taken=number)
    return rows


def reset(sessions: Sequence[Session]) -> None:
    """Make the database's statistics true after a bulk load, as autovacuum would in time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
