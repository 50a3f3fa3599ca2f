"""What a claim and the list page cost beside 10,000 and beside 1,000,000 registrations (PostgreSQL).

Milliseconds of CPU, of this process and the database. Between the two stages minutes pass, in which a machine becomes
faster or slower: each round takes as many updates of a bare counter besides, and the ratio is told beside theirs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.urls import reverse

from events.models import Event
from registrations.actions import submit_agenda
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.benchmarks import servers, world
from tests.benchmarks.over_http import make_counters
from tests.benchmarks.table import Row, middle

FEW, MANY = 10_000, 1_000_000
ROUNDS, CLAIMS, PAGES = 5, 400, 40

# As the actions would have left them; only so many rows cannot be had one by one.
FILL = (
    """INSERT INTO events_contact (uuid, email, first_name, last_name, language, revision, created_at, updated_at)
       SELECT gen_random_uuid(), 'grown' || n || '@example.org', 'Ada', 'Grown', '', 0, now(), now()
       FROM generate_series(%(begin)s::int, %(end)s::int) AS n""",
    """INSERT INTO registrations_eventregistration (uuid, event_id, contact_id, status, first_name, last_name,
       link_version, updated_at, registered_at, source, is_past_capacity, reason, cancel_reason)
       SELECT gen_random_uuid(), %(event)s, id, 'confirmed', 'Ada', 'Grown', 1, now(), now(), 'website', false, '', ''
       FROM events_contact WHERE email LIKE 'grown%%' AND id > %(last)s::bigint""",
    """INSERT INTO registrations_sessionregistration (session_id, contact_id, event_registration_id, registered_at,
       source, is_past_capacity, reason, cancel_reason, overlap_accepted)
       SELECT %(session)s::bigint + r.id %% 1000, r.contact_id, r.id, now(), 'website', false, '', '', false
       FROM registrations_eventregistration r WHERE r.event_id = %(event)s AND r.contact_id > %(last)s::bigint""",
    """INSERT INTO registrations_activity (at, verb, event_id, session_id, contact_id, actor, reason, detail,
       seats_id, taken_change, held_change, waiting_change)
       SELECT now(), 'registered', %(event)s, s.session_id, s.contact_id, 'Attendee', '', '{}', x.seats_id, 1, 0, 0
       FROM registrations_sessionregistration s JOIN sessions_app_session x ON x.id = s.session_id
       WHERE x.event_id = %(event)s AND s.contact_id > %(last)s::bigint""",
)


def growth() -> Iterator[Row]:
    """CPU per claim and per list page, before and after the event has grown a hundredfold."""
    if connection.vendor != "postgresql":
        return
    make_counters(1)
    event, sessions = world.make_event(sessions=1_000)
    _fill(event, sessions, 0, FEW)
    small = _measure(event, sessions)
    _fill(event, sessions, FEW, MANY)
    large = _measure(event, sessions)
    machine = large[-1] / small[-1]
    names = "claim in process", "list page of 1,000 sessions"
    for what, before, after in zip(names, small, large, strict=False):
        yield Row(
            f"{what}, beside {MANY:,} registrations",
            f"{after:.2f} ms CPU",
            f"{before:.2f} ms beside {FEW:,}",
            f"{after / before / machine:.2f}",
            "≤ 1.15",
            f"{after / before:.2f} by itself; a bare counter {machine:.2f}",
        )


def _fill(event: Event, sessions: list[Session], begin: int, end: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM events_contact")
        [last] = cursor.fetchone()
        values = {"begin": begin + 1, "end": end, "event": event.pk, "session": sessions[0].pk, "last": last}
        for text in FILL:
            cursor.execute(text, values)
        cursor.execute(
            "UPDATE events_seatcount c SET taken = (SELECT count(*) FROM registrations_sessionregistration s"
            " JOIN sessions_app_session x ON x.id = s.session_id WHERE x.seats_id = c.id)"
            " WHERE c.id IN (SELECT seats_id FROM sessions_app_session WHERE event_id = %s)",
            [event.pk],
        )
        cursor.execute("VACUUM ANALYZE")


def _measure(event: Event, sessions: list[Session]) -> tuple[float, float, float]:
    """CPU (ms) of a claim, of a page and of a bare counter's update."""
    client, claims, pages, bare = Client(headers={"host": "127.0.0.1"}), [], [], []
    address = reverse("session_list", args=[event.slug])
    for _round in range(ROUNDS):
        people = [Attendee.of(person) for person in world.make_people(event, CLAIMS)]
        begun = _cpu()
        for index, person in enumerate(people):
            submit_agenda(event, person, [sessions[index]])
        claims.append((_cpu() - begun) * 1000 / CLAIMS)
        for _each in range(3):
            client.get(address)
        begun = _cpu()
        for _each in range(PAGES):
            client.get(address)
        pages.append((_cpu() - begun) * 1000 / PAGES)
        begun = _cpu()
        for _each in range(CLAIMS):
            _count()
        bare.append((_cpu() - begun) * 1000 / CLAIMS)
    return middle(claims), middle(pages), middle(bare)


def _count() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bench_counter SET taken = taken + 1 WHERE id = 0 RETURNING taken")
        cursor.fetchone()


def _cpu() -> float:
    """The seconds that this process and the database have used so far."""
    database = [int(os.environ["BENCHMARK_DATABASE_PID"])] if "BENCHMARK_DATABASE_PID" in os.environ else []
    return time.process_time() + servers.cpu_seconds(*database)
