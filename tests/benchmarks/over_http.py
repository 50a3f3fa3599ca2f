"""Claims over HTTP, beside a bare Django view behind the same server; pages beside the same view."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse

from tests.benchmarks import floor_site, load, posts, servers, world
from tests.benchmarks.table import Row, middle

ROUNDS = 3
CLIENTS = (1, 8, 32)
BY_HTMX = "200 sessions, answered to htmx"
# Not a claim: what is left of one without reading, rules, ledger and mail.
FRAME = "only its frame around the floor's statement"
FRAMED = {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.framed_settings"}
SITE, FLOOR = "config.wsgi:application", "tests.benchmarks.floor_site:application"


@dataclass
class Server:
    """One running server, and what it and the database used."""

    address: tuple[str, int]
    pids: tuple[int, ...]

    def measure(self, requests: Sequence[bytes], clients: int) -> tuple[load.Answers, float, float]:
        """The answers, and the CPU milliseconds per request of the server and of the database."""
        web, *database = self.pids
        before = servers.cpu_seconds(web), servers.cpu_seconds(*database)
        answers = load.send(self.address, requests, clients=clients)
        bad = {status for status in answers.statuses if status >= 400}
        if bad:
            raise RuntimeError(f"refused: {dict(answers.statuses)}")
        each = 1000 / len(requests)
        after = servers.cpu_seconds(web), servers.cpu_seconds(*database)
        return answers, (after[0] - before[0]) * each, (after[1] - before[1]) * each


@contextmanager
def serving(application: str, **environment: str) -> Iterator[Server]:
    """Serve the application with the database of this run."""
    database = [int(os.environ["BENCHMARK_DATABASE_PID"])] if "BENCHMARK_DATABASE_PID" in os.environ else []
    with servers.granian(application, environment) as (address, pid):
        yield Server(address, (pid, *database))


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
    make_counters(200)
    event, sessions = world.make_event(sessions=200)
    found: dict[tuple[str, int, str], list[tuple[load.Answers, float, float]]] = {}
    with serving(SITE) as site, serving(FLOOR) as floor, serving(SITE, **FRAMED) as framed:
        site.measure(posts.claims(world.make_people(event, 400), sessions), 8)
        # Whoever presses a button has the list before them: both processes have drawn it.
        site.measure([load.request(reverse("session_list", args=[event.slug]))] * 20, 8)
        framed.measure(posts.framed(400), 8)
        floor.measure([load.request(f"/claim/{n}/") for n in range(200)] * 2, 8)
        for _round in range(ROUNDS):
            for where, wanted in (("one hot session", 1), ("200 sessions", 200)):
                for clients in CLIENTS:
                    made = posts.claims(world.make_people(event, requests), sessions[:wanted])
                    bare = [load.request(f"/claim/{n % wanted}/") for n in range(requests * 2)]
                    found.setdefault((where, clients, "site"), []).append(site.measure(made, clients))
                    found.setdefault((where, clients, "floor"), []).append(floor.measure(bare, clients))
            made = posts.claims(world.make_people(event, requests), sessions, by_htmx=True)
            found.setdefault((BY_HTMX, 8, "site"), []).append(site.measure(made, 8))
            found.setdefault((FRAME, 8, "site"), []).append(framed.measure(posts.framed(requests), 8))
    world.check(sessions)
    for (where, clients, kind), rounds in found.items():
        if kind == "site":
            floors = found.get((where, clients, "floor")) or found["200 sessions", clients, "floor"]
            yield _claim_row(where, clients, rounds, floors)
    hot, many = (
        middle([each[0].rate for each in found[where, 8, "site"]])
        for where in ("one hot session", "200 sessions")
    )
    yield Row(
        "hot session beside 200, 8 clients", f"{hot:.0f}/s", f"{many:.0f}/s", f"{hot / many:.2f}", "≥ 0.75"
    )


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
        {BY_HTMX: "≥ 0.12", FRAME: ""}.get(where, "≥ 0.35"),
        f"CPU a request: web {web:.2f} ms (floor {bare_web:.2f}), database {database:.2f} ms ({bare_database:.2f})",
    )


def storm(connections: int = 500, requests: int = 5_000) -> Iterator[Row]:
    """Everybody at once: 5,000 claims for 2,500 seats of five sessions over 500 connections."""
    make_counters(5)
    bare = [load.request(f"/claim/{n % 5}/") for n in range(requests)]
    storms, floors, given = [], [], []
    with serving(SITE) as site, serving(FLOOR) as floor:
        event, sessions = world.make_event(sessions=5)
        site.measure(posts.claims(world.make_people(event, 400), sessions), 8)
        for _round in range(ROUNDS):
            event, sessions = world.make_event(sessions=5, capacity=requests // 10)
            made = posts.claims(world.make_people(event, requests), sessions)
            storms.append(load.send(site.address, made, clients=connections))
            floors.append(load.send(floor.address, bare, clients=connections))
            given.append(world.check(sessions))
    failed = sum(count for each in storms for status, count in each.statuses.items() if status >= 500)
    p50, p99 = (middle([each.percentile(q) for each in storms]) for q in (50, 99))
    rate, bare_rate = (middle([each.rate for each in rounds]) for rounds in (storms, floors))
    bare_p99 = middle([each.percentile(99) for each in floors])
    yield Row(
        f"storm: {requests:,} claims over {connections} connections, seats for half",
        f"p99 {p99:.2f} s, p50 {p50:.2f} s, {rate:.0f}/s",
        f"p99 {bare_p99:.2f} s, {bare_rate:.0f}/s",
        f"{rate / bare_rate:.2f}",
        f"p99 ≤ 2.8 × the floor's ({p99 / bare_p99:.1f} here), no error",
        f"{failed} errors; {min(given):,} to {max(given):,} seats given of {requests // 2:,}, none twice",
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
