"""The benchmark's own event: sessions, and people with a personal link, written in bulk with true counters."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection
from django.db.models import F, Sum
from django.utils import timezone

from events.models import Contact, Event, SeatCount
from registrations.actions import settle
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from sessions_app.models import Session
from tests.factories import FIRST_DAY, EventFactory
from waitlists.models import WaitlistItem

BATCH = 2_000


def live_a_while(people: int = 1_000) -> None:
    """Leave some ledger, outbox and seats, as every event but the very first finds them.

    While a table is known to be empty PostgreSQL plans the checks of its foreign keys as scans, and keeps the plans:
    ten thousand mails written at once would each read the ledger from its beginning.
    """
    event, [session] = make_event(sessions=1)
    wait_for(session, make_people(event, people))
    settle([session.seats_id])
    settle_statistics()


def make_event(*, sessions: int = 0, capacity: int = 50_000, **values: object) -> tuple[Event, list[Session]]:
    """Return a live event with so many live sessions, one after the other."""
    event: Event = EventFactory(slug=f"bench-{uuid.uuid4().hex[:12]}", name="Benchmark", **values)
    counts = SeatCount.objects.bulk_create(
        [SeatCount(event=event, capacity=capacity) for _ in range(sessions)]
    )
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
    SeatCount.objects.filter(pk=event.seats_id).update(taken=F("taken") + number)
    return rows


def seat(people: Sequence[EventRegistration], sessions: Sequence[Session]) -> None:
    """Give each person a seat, in one session after the other, as if it had been claimed."""
    rows = [
        SessionRegistration(
            event_id=person.event_id,
            session=sessions[index % len(sessions)],
            contact_id=person.contact_id,
            event_registration=person,
            registered_at=person.registered_at,
        )
        for index, person in enumerate(people)
    ]
    SessionRegistration.objects.bulk_create(rows, batch_size=BATCH)
    for number, session in enumerate(sessions):
        taken = len(people[number :: len(sessions)])
        SeatCount.objects.filter(pk=session.seats_id).update(taken=taken)


def check(sessions: Sequence[Session]) -> int:
    """Return how many seats are taken; raises when counter, rows, ledger and capacity do not agree."""
    taken = 0
    for session in Session.objects.filter(pk__in=[each.pk for each in sessions]).select_related("seats"):
        rows = SessionRegistration.objects.active().filter(session=session).count()
        moved = Activity.objects.filter(session=session).aggregate(sum=Sum("taken_change"))["sum"] or 0
        if not session.seats.taken == rows == moved <= (session.seats.capacity or rows):
            raise RuntimeError(f"{session}: {session.seats}, {rows} rows, {moved} by the ledger")
        taken += rows
    return taken


def wait_for(session: Session, people: Sequence[EventRegistration]) -> None:
    """Let these people wait for the session, in this order."""
    now = timezone.now()
    rows = [
        WaitlistItem(
            event_id=session.event_id,
            session=session,
            seats_id=session.seats_id,
            contact_id=person.contact_id,
            joined_at=now + timedelta(microseconds=place),
        )
        for place, person in enumerate(people)
    ]
    WaitlistItem.objects.bulk_create(rows, batch_size=BATCH)
    SeatCount.objects.filter(pk=session.seats_id).update(waiting=len(people))


def settle_statistics() -> None:
    """Let the planner know of a bulk load, and mark its pages, as autovacuum would within a minute."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def undo(event: Event, sessions: Sequence[Session]) -> None:
    """Take back what was done to these sessions, so that the same statements can run again."""
    Notification.objects.filter(event=event).delete()
    Activity.objects.filter(event=event).delete()
    SessionRegistration.objects.filter(session__in=sessions).delete()
    items = WaitlistItem.objects.filter(session__in=sessions)
    items.update(status=WaitlistItem.Status.WAITING, closed_at=None)
    for session in sessions:
        waiting = items.filter(session=session).count()
        SeatCount.objects.filter(pk=session.seats_id).update(taken=0, held=0, waiting=waiting)
    _rewind()


def _rewind() -> None:
    """Let new rows have the ids again that were taken back: later statements name them."""
    with connection.cursor() as cursor:
        for model in (Activity, Notification, SessionRegistration):
            table = model._meta.db_table
            if connection.vendor == "postgresql":
                sequence = f"pg_get_serial_sequence('{table}', 'id')"
                cursor.execute(f"SELECT setval({sequence}, coalesce(max(id), 0) + 1, false) FROM {table}")
            else:
                last = f"(SELECT coalesce(max(id), 0) FROM {table})"
                cursor.execute(f"UPDATE sqlite_sequence SET seq = {last} WHERE name = '{table}'")
