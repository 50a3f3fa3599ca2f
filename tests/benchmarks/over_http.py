"""Claims over HTTP, beside a bare Django view behind the same server; pages beside the same view."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from django.db import connection
from django.urls import reverse

from events.models import Event
from sessions_app.models import Session
from tests.benchmarks import floor_site, load, posts, servers, two_statements, world
from tests.benchmarks.table import Row, middle

ROUNDS = 3
CLIENTS = (1, 8, 32)
BY_HTMX = "200 sessions, answered to htmx"
# Not a claim: what is left of one without reading, rules, ledger and mail.
FRAME = "only its frame around the floor's statement"
# Nor these: what is left of a claim without whatever Python decides and puts together.
TWO = "only its two statements in the frame"
GOALS = {"one hot session": "≥ 0.35", "200 sessions": "≥ 0.35", BY_HTMX: "≥ 0.12"}
SITE, FLOOR = "config.wsgi:application", "tests.benchmarks.floor_site:application"

# The answers, and the milliseconds of CPU a request of the server and of the database.
Measured = tuple[load.Answers, float, float]
Found = dict[tuple[str, int, str], list[Measured]]


@dataclass
class Server:
    """One running server, and what it and the database used."""

    address: tuple[str, int]
    pids: tuple[int, ...]

    def measure(self, requests: Sequence[bytes], clients: int, *, are_refused: bool = False) -> Measured:
        """The answers, and the CPU milliseconds per request of the server and of the database.

        Raises RuntimeError unless all are refused by a rule, or none at all.
        """
        web, *database = self.pids
        before = servers.cpu_seconds(web), servers.cpu_seconds(*database)
        answers = load.send(self.address, requests, clients=clients)
        good = {409} if are_refused else {200, 302}
        if answers.statuses.keys() - good:
            raise RuntimeError(f"answered: {dict(answers.statuses)}")
        each = 1000 / len(requests)
        after = servers.cpu_seconds(web), servers.cpu_seconds(*database)
        return answers, (after[0] - before[0]) * each, (after[1] - before[1]) * each


@contextmanager
def serving(application: str, **environment: str) -> Iterator[Server]:
    """Serve the application with the database of this run."""
    database = [int(os.environ["BENCHMARK_DATABASE_PID"])] if "BENCHMARK_DATABASE_PID" in os.environ else []
    with servers.granian(application, environment) as (address, pid):
        yield Server(address, (pid, *database))


def framed_serving(two: two_statements.TwoStatements | None) -> AbstractContextManager[Server]:
    """Serve our frame around the floor's statement, and around a claim's where there are such."""
    known = two.environment if two else {}
    return serving(SITE, DJANGO_SETTINGS_MODULE="tests.benchmarks.framed_settings", **known)


def make_counters(number: int) -> None:
    """The floor's own table."""
    with connection.cursor() as cursor:
        cursor.execute(floor_site.BARE_TABLE)
        cursor.execute("DELETE FROM bench_counter")
        cursor.executemany(
            "INSERT INTO bench_counter VALUES (%s, NULL, 0, 0, 0)", [[n] for n in range(number)]
        )


def claims(requests: int) -> Iterator[Row]:
    """Claims by people with a registration: one hot session, then 200."""
    found = _claims(requests)
    for (where, clients, kind), rounds in found.items():
        if kind != "floor":
            floors = found.get((where, clients, "floor")) or found["200 sessions", clients, "floor"]
            yield _claim_row(f"{TWO}, {where}" if kind == TWO else where, clients, rounds, floors)
    hot, many = (
        middle([each[0].rate for each in found[where, 8, "site"]])
        for where in ("one hot session", "200 sessions")
    )
    yield Row(
        "hot session beside 200, 8 clients", f"{hot:.0f}/s", f"{many:.0f}/s", f"{hot / many:.2f}", "≥ 0.75"
    )


def _claims(requests: int) -> Found:
    """What was measured, by where the seats are, the number of clients and what answered."""
    make_counters(200)
    event, sessions = world.make_event(sessions=200)
    other, others = world.make_event(sessions=200)
    found: Found = defaultdict(list)
    two = two_statements.recorded()
    with serving(SITE) as site, serving(FLOOR) as floor, framed_serving(two) as framed:
        _warm(site, floor, event, sessions)
        framed.measure(posts.framed(400), 8)
        if two:
            framed.measure(posts.claims(world.make_people(other, 400), others), 8)
        for _round in range(ROUNDS):
            for where, wanted in (("one hot session", 1), ("200 sessions", 200)):
                for clients in CLIENTS:
                    made = posts.claims(world.make_people(event, requests), sessions[:wanted])
                    bare = [load.request(f"/claim/{n % wanted}/") for n in range(requests * 2)]
                    found[where, clients, "site"].append(site.measure(made, clients))
                    if two:
                        made = posts.claims(world.make_people(other, requests), others[:wanted])
                        found[where, clients, TWO].append(framed.measure(made, clients))
                    found[where, clients, "floor"].append(floor.measure(bare, clients))
            made = posts.claims(world.make_people(event, requests), sessions, by_htmx=True)
            found[BY_HTMX, 8, "site"].append(site.measure(made, 8))
            found[FRAME, 8, "site"].append(framed.measure(posts.framed(requests), 8))
    world.check(sessions)
    # Nobody is refused in silence: these have no rules.
    if world.check(others) != (400 + 2 * len(CLIENTS) * ROUNDS * requests if two else 0):
        raise RuntimeError("a claim's two statements gave no seat")
    return found


def _warm(site: Server, floor: Server, event: Event, sessions: Sequence[Session]) -> None:
    site.measure(posts.claims(world.make_people(event, 400), sessions), 8)
    # Whoever presses a button has the list before them: both processes have drawn it.
    site.measure([load.request(reverse("session_list", args=[event.slug]))] * 20, 8)
    floor.measure([load.request(f"/claim/{n}/") for n in range(200)] * 2, 8)


def _claim_row(where: str, clients: int, mine: list, bare: list) -> Row:
    rate, floor = (middle([answers.rate for answers, _web, _db in each]) for each in (mine, bare))
    p50, p99 = (middle([answers.percentile(q) * 1000 for answers, _w, _d in mine]) for q in (50, 99))
    web, database = (middle([each[index] for each in mine]) for index in (1, 2))
    bare_web, bare_database = (middle([each[index] for each in bare]) for index in (1, 2))
    return Row(
        f"claim over HTTP, {where}, {clients} client{'s' if clients > 1 else ''}",
        f"{rate:.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms",
        f"{floor:.0f}/s",
        f"{rate / floor:.2f}",
        GOALS.get(where, ""),
        f"CPU a request: web {web:.2f} ms (floor {bare_web:.2f}), database {database:.2f} ms ({bare_database:.2f})",
    )


def storm(connections: int = 500, requests: int = 5_000) -> Iterator[Row]:
    """Everybody at once: 5,000 claims for 2,500 seats of five sessions over 500 connections."""
    make_counters(5)
    bare = [load.request(f"/claim/{n % 5}/") for n in range(requests)]
    found: dict[str, list[load.Answers]] = defaultdict(list)
    given: dict[str, list[int]] = defaultdict(list)
    two = two_statements.recorded()
    with serving(SITE) as site, serving(FLOOR) as floor, framed_serving(two) as framed:
        answering = {"site": site, TWO: framed} if two else {"site": site}
        for server in answering.values():
            event, sessions = world.make_event(sessions=5)
            server.measure(posts.claims(world.make_people(event, 400), sessions), 8)
        for _round in range(ROUNDS):
            for kind, server in answering.items():
                event, sessions = world.make_event(sessions=5, capacity=requests // 10)
                made = posts.claims(world.make_people(event, requests), sessions)
                found[kind].append(load.send(server.address, made, clients=connections))
                given[kind].append(world.check(sessions))
            found["floor"].append(load.send(floor.address, bare, clients=connections))
    for kind in answering:
        what = f"storm: {requests:,} claims over {connections} connections, seats for half"
        row = _storm_row(what, found[kind], found["floor"], f"of {requests // 2:,}", given[kind])
        yield row if kind == "site" else replace(row, what=f"{what}, {kind}", goal="")


def _storm_row(
    what: str, storms: list[load.Answers], floors: list[load.Answers], seats: str, given: list[int]
) -> Row:
    failed = sum(count for each in storms for status, count in each.statuses.items() if status >= 500)
    p50, p99 = (middle([each.percentile(q) for each in storms]) for q in (50, 99))
    rate, bare_rate = (middle([each.rate for each in rounds]) for rounds in (storms, floors))
    bare_p99 = middle([each.percentile(99) for each in floors])
    return Row(
        what,
        f"p99 {p99:.2f} s, p50 {p50:.2f} s, {rate:.0f}/s",
        f"p99 {bare_p99:.2f} s, {bare_rate:.0f}/s",
        f"{rate / bare_rate:.2f}",
        "p99 ≤ 2.8 × the floor's, no error",
        f"p99 {p99 / bare_p99:.1f} × the floor's; {failed} errors;"
        f" {min(given):,} to {max(given):,} seats given {seats}, none twice",
    )


def pages() -> Iterator[Row]:
    """The list of 1,000 sessions and a personal page, beside a view that runs one statement."""
    make_counters(2)
    event, _sessions = world.make_event(sessions=1_000)
    [person] = world.make_people(event, 1)
    wanted = {
        "session list, first of 1,000 sessions": load.request(reverse("session_list", args=[event.slug])),
        "personal page": posts.personal_page(person),
    }
    with serving(SITE) as site, serving(FLOOR) as floor:
        for what, request in wanted.items():
            site.measure([request] * 20, 2)
            rounds = [site.measure([request] * 100, 2)[0] for _round in range(ROUNDS)]
            bare = [floor.measure([load.request("/claim/1/")] * 400, 2)[0].rate for _round in range(ROUNDS)]
            rate, floor_rate = middle([each.rate for each in rounds]), middle(bare)
            p50 = middle([each.percentile(50) * 1000 for each in rounds])
            yield Row(
                what, f"{rate:.0f}/s, p50 {p50:.1f} ms", f"{floor_rate:.0f}/s", f"{rate / floor_rate:.3f}"
            )
