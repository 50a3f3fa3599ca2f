"""Doors with 10,000 people: their roster, 500 scans at once, and what claims feel of those (PostgreSQL)."""

from __future__ import annotations

import multiprocessing
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.actors import SYSTEM
from events.models import Event
from registrations.actions import (
    begin_pairing,
    cancel_event_registrations,
    check_in,
    merge_scans,
    pair_device,
    submit_agenda,
)
from registrations.models import DoorDevice, EventRegistration
from registrations.rules.people import Attendee
from registrations.rules.scans import MOST_AT_ONCE, Scan
from sessions_app.models import Session
from tests.benchmarks import world
from tests.benchmarks.door_process import busy_until
from tests.benchmarks.table import Row, middle

PEOPLE, CHANGED, CLAIMS, ROUNDS = 10_000, 100, 200, 3


def doors() -> Iterator[Row]:
    """The roster whole, its difference and its 304; a full batch of scans; and claims while such batches come in."""
    now = timezone.now()
    event, sessions = world.make_event(
        sessions=4, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=1)
    )
    people = world.make_people(event, PEOPLE)
    world.seat(people, sessions[:1])
    Session.objects.filter(event=event).update(validate_registrants=True)
    world.settle_statistics()
    yield from _rosters(event, sessions[0], people)
    device = pair_device(begin_pairing(event, name="Door 1", actor=SYSTEM).secret).device
    times = []
    for number in range(ROUNDS):
        some = people[number * MOST_AT_ONCE : (number + 1) * MOST_AT_ONCE]
        begun = time.perf_counter()
        merged = merge_scans(device, _scans(some))
        times.append((time.perf_counter() - begun) * 1000)
        assert {verdict.outcome for verdict in merged.verdicts} == {"admitted"}
    yield Row(f"{MOST_AT_ONCE} scans of a phone merged in one transaction", f"{middle(times):.0f} ms")
    if connection.vendor == "postgresql":
        yield _claims_beside(device)


def _rosters(event: Event, session: Session, people: Sequence[EventRegistration]) -> Iterator[Row]:
    """Wall clock and CPU of this process; the database's own time is in the first."""
    client = Client(headers={"host": "127.0.0.1", "X-Seatwise-Door": "1", "Accept-Encoding": "gzip"})
    client.cookies["seatwise_door"] = pair_device(begin_pairing(event, name="R", actor=SYSTEM).secret).key
    address = f"{reverse('door_api_roster')}?door={session.uuid}"
    wall, _cpu, answer = _timed(client, address)
    yield Row(f"roster of {len(people):,}, the first time: makes their codes", f"{wall:.0f} ms", goal="< 5 s")
    rounds = [_timed(client, address) for _round in range(ROUNDS)]
    wall, cpu = middle([each[0] for each in rounds]), middle([each[1] for each in rounds])
    answer = rounds[-1][2]
    size = f"{len(answer.content) / 1000:.0f} kB compressed"
    yield Row(
        f"roster of {len(people):,}, whole", f"{wall:.0f} ms, CPU {cpu:.0f} ms", goal="< 5 s", more=size
    )
    wall, cpu, same = _timed(client, address, answer["ETag"])
    assert same.status_code == 304
    yield Row("roster, nothing new (304)", f"{wall:.1f} ms, CPU {cpu:.1f} ms")
    cursor = client.get(address, headers={"Accept-Encoding": ""}).json()["cursor"]
    for person in people[-CHANGED : -CHANGED // 2]:
        check_in(person, session, actor=SYSTEM, scanned_at=timezone.now())
    cancel_event_registrations(people[-CHANGED // 2 :], actor=SYSTEM)
    wall, cpu, answer = _timed(client, f"{address}&since={cursor}")
    yield Row(f"roster, difference of {CHANGED} people", f"{wall:.1f} ms, CPU {cpu:.1f} ms")


def _timed(client: Client, address: str, tag: str = ""):
    wall, cpu = time.perf_counter(), time.process_time()
    answer = client.get(address, headers={"If-None-Match": tag} if tag else {})
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000, answer


def _scans(people: Sequence[EventRegistration]) -> list[Scan]:
    now = timezone.now()
    return [
        Scan(uuid.uuid4(), now, registration=person.uuid, admitted=True, offline=True) for person in people
    ]


def _claims_beside(device: DoorDevice) -> Row:
    """The median of one claim after the other: beside a process that merges batch after batch, and one that reads.

    Both take a core from the claims; only the one that merges locks anything.
    """
    _place, [session] = world.make_event(sessions=1)
    alone, reading, beside = [], [], []
    for _round in range(ROUNDS):
        alone.append(_claim(session))
        with _busy(device, 0):
            reading.append(_claim(session))
        with _busy(device, MOST_AT_ONCE):
            beside.append(_claim(session))
    ratio = middle(beside) / middle(reading)
    return Row(
        f"one claim while {MOST_AT_ONCE} scans after {MOST_AT_ONCE} are merged",
        f"{middle(beside):.2f} ms",
        f"{middle(reading):.2f} ms while rosters are read",
        f"{ratio:.2f}",
        "≤ 1.3",
        f"{middle(alone):.2f} ms with nothing beside",
    )


def _claim(session: Session) -> float:
    times = []
    for person in world.make_people(session.event, CLAIMS):
        begun = time.perf_counter()
        submit_agenda(session.event, Attendee.of(person), [session])
        times.append((time.perf_counter() - begun) * 1000)
    return middle(times)


@contextmanager
def _busy(device: DoorDevice, batch: int) -> Iterator[None]:
    """Another process, with an interpreter lock of its own, is busy with the same event."""
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    begun, stop = context.Event(), context.Event()
    process = context.Process(target=busy_until, args=(device.pk, batch, begun, stop))
    process.start()
    try:
        assert begun.wait(60), "the other process did not begin"
        yield
    finally:
        stop.set()
        process.join(60)
