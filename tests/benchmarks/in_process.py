"""Actions without a web server, beside the same statements sent bare."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import quantiles
from typing import Any

from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from events.models import Event, SeatCount, User
from registrations.actions import settle, submit_agenda
from registrations.models import EventRegistration
from registrations.queries import position
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.benchmarks import bare, world
from tests.benchmarks.table import Row, middle
from waitlists.models import WaitlistItem

ROUNDS = 3


def claims(requests: int) -> Iterator[Row]:
    """One claim after the other by 1, 8 and 32 threads, on one session and on 200."""
    event, sessions = world.make_event(sessions=200)
    people = world.make_people(event, requests)
    for where, wanted in (("one hot session", sessions[:1]), ("200 sessions", sessions)):
        for clients in (1, 8, 32):
            rates, floors, each = [], [], []
            for _round in range(ROUNDS):
                rates.append(requests / _claim_all(people, wanted, clients, each))
                world.check(wanted)
                world.undo(event, wanted)
                with bare.recorded() as transactions:
                    _claim_all(people, wanted, 1)
                world.undo(event, wanted)
                floors.append(requests / bare.replay(transactions, clients))
                world.undo(event, wanted)
            rate, floor = middle(rates), middle(floors)
            what = f"claim in process, {where}, {clients} thread{'s' if clients > 1 else ''}"
            goal = "≥ 0.7" if connection.vendor == "postgresql" else ""
            p50, p99 = (quantiles(each, n=100)[q - 1] * 1000 for q in (50, 99))
            figure = f"{rate:.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms"
            yield Row(what, figure, f"{floor:.0f}/s", f"{rate / floor:.2f}", goal)


def _claim_all(
    people: Sequence[EventRegistration],
    sessions: Sequence[Session],
    clients: int,
    each: list[float] | None = None,
) -> float:
    """The seconds that all claims took; those of each one are added to `each`."""
    wishes = [
        (Attendee.of(person), person.event, sessions[index % len(sessions)])
        for index, person in enumerate(people)
    ]
    if clients == 1:
        begun = time.perf_counter()
        _claim(wishes, each)
        return time.perf_counter() - begun
    start = threading.Barrier(clients + 1)

    def run(share: Sequence[tuple]) -> None:
        connections["default"].ensure_connection()
        start.wait()
        _claim(share, each)
        connections["default"].close()

    threads = [threading.Thread(target=run, args=[wishes[index::clients]]) for index in range(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun


def _claim(wishes: Sequence[tuple], each: list[float] | None) -> None:
    for attendee, event, session in wishes:
        begun = time.perf_counter()
        result = submit_agenda(event, attendee, [session])
        if each is not None:
            each.append(time.perf_counter() - begun)
        if not result.applied:
            raise RuntimeError(f"{attendee} got no seat: {result.lines}")


def promotion(waiting: int = 10_000) -> Iterator[Row]:
    """A whole line registered at once, ledger and outbox included."""
    event, sessions = world.make_event(sessions=1)
    [session] = sessions
    world.wait_for(session, world.make_people(event, waiting))
    world.settle_statistics()
    times, floors = [], []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        done = settle([session.seats_id])
        times.append(time.perf_counter() - begun)
        if done != waiting or world.check(sessions) != waiting:
            raise RuntimeError(f"{done} of {waiting} were served")
        world.undo(event, sessions)
        with bare.recorded() as transactions:
            settle([session.seats_id])
        world.undo(event, sessions)
        floors.append(bare.replay(transactions))
        world.undo(event, sessions)
    mine, floor = middle(times), middle(floors)
    yield Row(
        f"{waiting:,} people registered from a waitlist",
        f"{mine:.2f} s",
        f"{floor:.2f} s",
        f"{floor / mine:.2f}",
        "≤ 2 s",
    )


def places() -> Iterator[Row]:
    """The place in line of somebody in the middle and of the last one."""
    for waiting, goal in ((500, "≤ 1 ms"), (100_000, "≤ 5 ms")):
        event, [session] = world.make_event(sessions=1, capacity=0)
        world.wait_for(session, world.make_people(event, waiting))
        world.settle_statistics()
        line = WaitlistItem.objects.filter(session=session).in_line()
        for who, item in (("the middle one", line[waiting // 2]), ("the last", line[waiting - 1])):
            # As on a connection that has asked before: PostgreSQL plans the first ten calls anew.
            for _each in range(12):
                assert position(item), item
            with bare.recorded() as transactions:
                position(item)
            mine = middle([_seconds(lambda item=item: position(item)) for _each in range(21)])
            statements = [statement for each in transactions for statement in each]
            floor = middle([sum(map(bare.seconds_of, statements)) for _each in range(21)])
            what = f"place in line of {who} of {waiting:,}"
            yield Row(what, f"{mine * 1000:.2f} ms", f"{floor * 1000:.2f} ms", f"{floor / mine:.2f}", goal)
        SeatCount.objects.filter(pk=session.seats_id).update(waiting=waiting)


def panels(registrations: int = 100_000) -> Iterator[Row]:
    """The desk's tab with the panels of an event of so many registrations."""
    event, _sessions = world.make_event(sessions=5)
    world.make_people(event, registrations)
    world.settle_statistics()
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser(email=f"bench{event.pk}@example.org", password=None))
    for what, query in (("first page", ""), ("search", "&regs-q=4711")):
        address = f"/admin/events/event/{event.pk}/change/?tab=registration{query}"
        took = middle([_seconds(lambda address=address: _page(client, address)) for _each in range(5)])
        with bare.recorded() as transactions:
            _page(client, address)
        statements = [statement for each in transactions for statement in each]
        floor = middle([sum(map(bare.seconds_of, statements)) for _each in range(5)])
        name = f"panels of {registrations:,} registrations, {what}"
        yield Row(name, f"{took * 1000:.0f} ms", f"{floor * 1000:.0f} ms", f"{floor / took:.2f}")
    yield _file(client, event, registrations)


def _file(client: Client, event: Event, registrations: int) -> Row:
    """The whole panel as a file, beside the same columns written straight from the database; seconds of CPU."""
    address = reverse("admin:panel_export", args=["event", event.pk, "event_registrations"])
    address += "?regs-status=all"
    page: Any = client.get(address)
    chosen = {"format": "csv", "column": [column.key for column, _is_chosen in page.context_data["columns"]]}

    def ours() -> None:
        answer = client.post(address, chosen)
        if sum(part.count(b"\n") for part in answer.streaming_content) != registrations + 1:  # type: ignore[union-attr]
            raise RuntimeError(f"{address}: not everybody is in the file")

    def bare_file() -> None:
        rows = EventRegistration.objects.filter(event=event).order_by("-registered_at", "-id")
        columns = ("contact__email", "first_name", "last_name", "status", "registered_at", "source", "reason")
        written = csv.writer(io.StringIO())
        written.writerows(rows.values_list(*columns).iterator(chunk_size=2_000))

    took, floor = _cpu(ours), _cpu(bare_file)
    name = f"file of {registrations:,} registrations, CPU"
    return Row(name, f"{took:.2f} s", f"{floor:.2f} s", f"{floor / took:.2f}")


def _cpu(act: Callable[[], None]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun


def _page(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")


def _seconds(act) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
