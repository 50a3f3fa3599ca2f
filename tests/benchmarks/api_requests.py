"""What one request of another system costs: a page of 200 registrants, and one person registered.

The CPU that web server and database used for each, beside a bare view that reads as many rows, or takes one seat.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from events.models import Event
from registrations.models import RegistrationResponse
from tests.api.conftest import make_api_client, make_token
from tests.benchmarks import load, world
from tests.benchmarks.over_http import FLOOR, SITE, Server, make_counters, serving
from tests.benchmarks.table import Row, middle
from tests.factories import CustomRegistrationFieldFactory

ROUNDS, PEOPLE = 5, 200
LISTS, POSTS = 60, 300


def requests() -> Iterator[Row]:
    """Each beside its floor; the middle one of several rounds."""
    make_counters(1)
    event, sessions = world.make_event(sessions=10, sessions_required=False)
    _fill(event, sessions)
    token = make_token(make_api_client(), "read write")
    page = _request("GET", f"/api/v1/registrants?event_id={event.pk}&per-page={PEOPLE}", token)
    bare_page = load.request(f"/registrants/{event.pk}/{PEOPLE}/")
    with serving(SITE) as site, serving(FLOOR) as floor:
        site.measure([page] * 20, 2)
        floor.measure([bare_page] * 20, 2)
        yield _row(
            f"API: page of {PEOPLE} registrants, each with two seats, a place in line and an answer",
            [_cpu(site, [page] * LISTS) for _round in range(ROUNDS)],
            [_cpu(floor, [bare_page] * LISTS) for _round in range(ROUNDS)],
        )
        site.measure(_posts(event, sessions, token, 0, 40), 2)
        yield _row(
            "API: one person registered for two sessions",
            [_cpu(site, _posts(event, sessions, token, turn, POSTS)) for turn in range(1, ROUNDS + 1)],
            [_cpu(floor, [load.request("/claim/0/")] * POSTS) for _round in range(ROUNDS)],
        )


def _fill(event: Event, sessions: list) -> None:
    """People with all that a record says."""
    people = world.make_people(event, PEOPLE)
    world.seat(people, sessions[:4])
    world.seat(people, sessions[4:8])
    world.wait_for(sessions[9], people)
    question = CustomRegistrationFieldFactory(event=event)
    RegistrationResponse.objects.bulk_create(
        RegistrationResponse(event_registration=person, field=question, value="Vegan") for person in people
    )
    world.settle_statistics()


def _request(method: str, path: str, token: str, body: object = None) -> bytes:
    text = b"" if body is None else json.dumps(body).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    )
    return head.encode() + text


def _posts(event: Event, sessions: list, token: str, turn: int, number: int) -> list[bytes]:
    wanted = [sessions[0].pk, sessions[5].pk]
    return [
        _request(
            "POST",
            "/api/v1/registrants",
            token,
            {
                "event_id": event.pk,
                "email": f"new{turn}.{index}.{event.pk}@example.org",
                "first_name": "Ada",
                "last_name": "Late",
                "session_ids": wanted,
            },
        )
        for index in range(number)
    ]


def _cpu(server: Server, wanted: list[bytes]) -> tuple[float, float]:
    """The CPU milliseconds a request: all of it, and the database's part."""
    _answers, web, database = server.measure(wanted, 2)
    return web + database, database


def _row(what: str, mine: list[tuple[float, float]], bare: list[tuple[float, float]]) -> Row:
    cpu, database = (middle([each[part] for each in mine]) for part in (0, 1))
    floor = middle([each[0] for each in bare])
    return Row(
        what,
        f"{cpu:.1f} ms of CPU, {database:.1f} of them the database's",
        f"{floor:.2f} ms",
        f"{floor / cpu:.3f}",
    )
