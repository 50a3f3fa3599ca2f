"""People change their minds over HTTP: seats given up and swapped, lines of full sessions joined and left."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks import load, over_http, posts, world
from tests.benchmarks.over_http import Server
from tests.benchmarks.table import Row, middle

CLIENTS = 8
SESSIONS = 100
Measured = tuple[load.Answers, float, float]


def changes(requests: int) -> Iterator[Row]:
    """What each press costs beside the floor's claim; afterwards no seat is given and nobody waits."""
    over_http.make_counters(SESSIONS)
    event, sessions = world.make_event(sessions=2 * SESSIONS)
    full_event, full = world.make_event(sessions=SESSIONS, capacity=1)
    found: dict[str, list[Measured]] = {}
    with over_http.serving(over_http.SITE) as site, over_http.serving(over_http.FLOOR) as floor:
        site.measure(posts.claims(world.make_people(full_event, SESSIONS), full), CLIENTS)
        for index in range(over_http.ROUNDS + 1):
            bare = [load.request(f"/claim/{n % SESSIONS}/") for n in range(requests * 2)]
            round_ = {"floor": floor.measure(bare, CLIENTS)}
            people = world.make_people(event, requests)
            round_ |= _seats(site, people, sessions[:SESSIONS], sessions[SESSIONS:])
            round_ |= _lines(site, world.make_people(full_event, requests), full)
            # The first round only warms processes and plans.
            for what, measured in round_.items() if index else ():
                found.setdefault(what, []).append(measured)
    if world.check([*sessions, *full]) != SESSIONS:
        raise RuntimeError("seats were given up, and are not free")
    bare_rounds = found.pop("floor")
    for what, rounds in found.items():
        yield _row(what, rounds, bare_rounds)


def _seats(site: Server, people: list, sessions: list, others: list) -> dict[str, Measured]:
    taken = posts.claims(people, sessions)
    swapped = posts.claims(people, others, verb="swap", given_up=sessions)
    given_up = posts.claims(people, others, verb="remove")
    return {
        "a seat is taken": site.measure(taken, CLIENTS),
        "a seat is swapped for another": site.measure(swapped, CLIENTS),
        "a seat is given up": site.measure(given_up, CLIENTS),
    }


def _lines(site: Server, people: list, full: list) -> dict[str, Measured]:
    return {
        "a full session's line is joined": site.measure(posts.claims(people, full, verb="join"), CLIENTS),
        "that line is left": site.measure(posts.claims(people, full, verb="leave"), CLIENTS),
    }


def _row(what: str, mine: list[Measured], bare: list[Measured]) -> Row:
    rate, floor = (middle([answers.rate for answers, _web, _db in each]) for each in (mine, bare))
    web, database = (middle([each[index] for each in mine]) for index in (1, 2))
    bare_web, bare_database = (middle([each[index] for each in bare]) for index in (1, 2))
    return Row(
        f"{what}, plain, {CLIENTS} clients",
        f"{rate:.0f}/s",
        f"{floor:.0f}/s",
        f"{rate / floor:.2f}",
        "",
        f"CPU a request: web {web:.2f} ms (floor {bare_web:.2f}), database {database:.2f} ms ({bare_database:.2f})",
    )
