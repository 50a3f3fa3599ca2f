"""Which number of processes and of threads serves best: claims, and visitors on their whole way, by each in turn."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median
from time import perf_counter
from unittest import mock

from events.models import Event
from sessions_app.models import Session
from tests.benchmarks import crowd, journey, posts, servers, world
from tests.benchmarks.browsers import walk_together
from tests.benchmarks.load import Answers
from tests.benchmarks.over_http import SITE, Server, serving
from tests.benchmarks.table import Row

# Processes × threads.
SIZES = ((1, 4), (2, 1), (2, 2), (2, 4), (2, 8), (4, 1))
ROUNDS, CLAIMS, VISITORS, TOGETHER = 3, 300, 24, 16

# A second, the middle one's and the slowest's milliseconds, CPU milliseconds of server and database.
Figures = tuple[float, float, float, float]


def sizes() -> Iterator[Row]:
    """Claims of 200 sessions by 8 and 32 clients, of one by 32, journeys by 16 at once; the middle of three rounds."""
    event, sessions = journey.programme(200)
    other, wanted = world.make_event(sessions=200)
    found: dict[tuple[str, tuple[int, int]], list[Figures]] = defaultdict(list)
    for _round in range(ROUNDS):
        for size in SIZES:
            with mock.patch.multiple(servers, WORKERS=size[0], THREADS=size[1]), serving(SITE) as site:
                _claims(site, other, wanted, 8, CLAIMS // 4)
                _journeys(site, event, sessions, VISITORS // 4)
                for clients in (8, 32):
                    found[f"claims by {clients} clients", size].append(
                        _claims(site, other, wanted, clients, CLAIMS)
                    )
                hot = _claims(site, other, wanted[:1], 32, CLAIMS)
                found["claims of one hot session by 32 clients", size].append(hot)
                found["journeys", size].append(_journeys(site, event, sessions, VISITORS))
    for (what, size), rounds in sorted(found.items()):
        rate, p50, p99, cpu = (median(values) for values in zip(*rounds, strict=True))
        said = f"{rate:.1f} a second, p50 {p50:.0f} ms, p99 {p99:.0f} ms"
        yield Row(f"{what}, {size[0]} processes × {size[1]} threads", said, more=f"CPU of each {cpu:.1f} ms")


def _claims(site: Server, event: Event, sessions: Sequence[Session], clients: int, number: int) -> Figures:
    answers, web, database = site.measure(posts.claims(world.make_people(event, number), sessions), clients)
    return answers.rate, answers.percentile(50) * 1000, answers.percentile(99) * 1000, web + database


def _journeys(site: Server, event: Event, sessions: Sequence[Session], number: int) -> Figures:
    """Whole ways a second, and the latency of one step of them."""
    stories = [crowd.visit(event, sessions, random.Random(each), stays=False) for each in range(number)]
    begun, used = perf_counter(), servers.cpu_seconds(*site.pids)
    given = walk_together(site.address, stories, at_once=TOGETHER, seconds=crowd.SECONDS_AT_MOST)
    seconds, used = perf_counter() - begun, servers.cpu_seconds(*site.pids) - used
    if bad := [each.status for each in given if each.status >= 400]:
        raise RuntimeError(f"refused: {bad}")
    steps = Answers(latencies=[each.seconds for each in given])
    return number / seconds, steps.percentile(50) * 1000, steps.percentile(99) * 1000, used * 1000 / number
