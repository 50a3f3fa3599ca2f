"""A large list read through to its end by another system, while yet others go on registering people."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

from events.models import Event
from tests.api.conftest import make_api_client, make_token
from tests.benchmarks import world
from tests.benchmarks.over_http import FLOOR, SITE, serving
from tests.benchmarks.table import Row, middle

REGISTRANTS, PER_PAGE = 100_000, 200
# How many pages at either end are compared.
AN_END = 25


def pages() -> Iterator[Row]:
    """Seconds for 100,000 registrants in 500 pages, beside a bare view that sends as many rows; one reading each."""
    event, sessions = world.make_event(sessions=10, sessions_required=False)
    people = world.make_people(event, REGISTRANTS)
    world.seat(people, sessions)
    world.settle_statistics()
    reader, writer = (_Caller(f"Bearer {make_token(make_api_client(), 'read write')}") for _ in range(2))
    with serving(SITE) as site, serving(FLOOR) as floor:
        reading = _read_while_others_come(site.address, event, reader, writer)
        bare = _read_bare(floor.address, event)
    _check(reading, {person.pk for person in people})
    first, last = (middle(reading.latencies[end]) * 1000 for end in (slice(AN_END), slice(-AN_END, None)))
    yield Row(
        f"API: {REGISTRANTS:,} registrants read in pages of {PER_PAGE} while others are added",
        f"{reading.seconds:.1f} s; first pages {first:.0f} ms, last pages {last:.0f} ms",
        f"{bare.seconds:.1f} s",
        f"{bare.seconds / reading.seconds:.2f}",
        more=f"every one came exactly once; {reading.added:,} were added meanwhile",
    )


@dataclass
class _Reading:
    """One list read to its end: how often each row came, how long each page took, how many came meanwhile."""

    seen: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    added: int = 0


class _Caller:
    """Another system with its token; a connection is kept for as long as one thread asks."""

    def __init__(self, authorization: str = "") -> None:
        self._headers = {"Host": "127.0.0.1", "Content-Type": "application/json"}
        if authorization:
            self._headers["Authorization"] = authorization

    def ask(self, wire: HTTPConnection, path: str, body: Any = None) -> Any:
        """The answer to a GET, or to a POST where there is a body."""
        text = None if body is None else json.dumps(body)
        wire.request("GET" if body is None else "POST", path, text, self._headers)
        answer = wire.getresponse()
        said = answer.read()
        if answer.status not in {200, 201}:
            raise RuntimeError(f"{path}: {answer.status} {said[:300]!r}")
        return json.loads(said)


def _read_while_others_come(
    address: tuple[str, int], event: Event, reader: _Caller, writer: _Caller
) -> _Reading:
    reading, is_read, failures = _Reading(), threading.Event(), []

    def add() -> None:
        wire = HTTPConnection(*address)
        try:
            while not is_read.is_set():
                mail = f"late{reading.added}.{id(reading)}@example.org"
                person = {"email": mail, "first_name": "Late", "last_name": "Comer"}
                writer.ask(wire, "/api/v1/registrants", {"event_id": event.pk, **person})
                reading.added += 1
        except Exception as error:
            failures.append(error)

    adding = threading.Thread(target=add)
    adding.start()
    try:
        _read(address, f"/api/v1/registrants?event_id={event.pk}&per-page={PER_PAGE}", reader, reading)
    finally:
        is_read.set()
        adding.join()
    if failures:
        raise failures[0]
    return reading


def _read(address: tuple[str, int], path: str, reader: _Caller, reading: _Reading) -> None:
    """Follow the list from page to page until there is no next one."""
    wire, page, begun = HTTPConnection(*address), 1, time.perf_counter()
    while page:
        asked_at = time.perf_counter()
        answer = reader.ask(wire, f"{path}&page={page}")
        reading.latencies.append(time.perf_counter() - asked_at)
        reading.seen.update(row["id"] for row in answer["items"])
        page = page + 1 if "next" in answer["_links"] else 0
    reading.seconds = time.perf_counter() - begun


def _read_bare(address: tuple[str, int], event: Event) -> _Reading:
    """As many rows from the floor, which goes on behind the last id."""
    reading, wire, bare, last = _Reading(), HTTPConnection(*address), _Caller(), 0
    begun = time.perf_counter()
    while len(reading.seen) < REGISTRANTS:
        rows = bare.ask(wire, f"/rows/{event.pk}/{last}/{PER_PAGE}/")
        reading.seen.update(row[0] for row in rows)
        last = rows[-1][0]
    reading.seconds = time.perf_counter() - begun
    return reading


def _check(reading: _Reading, known: set[int]) -> None:
    wrong = {pk: reading.seen[pk] for pk in known if reading.seen[pk] != 1}
    if wrong:
        raise RuntimeError(
            f"{len(wrong)} of {len(known)} did not come exactly once: {dict(list(wrong.items())[:5])}"
        )
    twice = [pk for pk, times in reading.seen.items() if times > 1]
    if twice:
        raise RuntimeError(f"came twice: {twice[:5]}")
    if not reading.added:
        raise RuntimeError("nobody was added meanwhile: that proves nothing")
