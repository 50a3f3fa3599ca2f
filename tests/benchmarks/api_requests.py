"""What one request of another system costs: pages of 200 rows, one person registered, a seat taken or given up.

The CPU that web server and database used for each, beside a bare view that reads as many rows, or takes one seat.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from events.models import Event
from registrations.models import RegistrationResponse
from sessions_app.models import Session
from tests.api.conftest import make_api_client, make_token
from tests.benchmarks import load, world
from tests.benchmarks.over_http import FLOOR, SITE, Server, make_counters, serving
from tests.benchmarks.table import Row, middle
from tests.factories import CustomRegistrationFieldFactory, SpeakerFactory

ROUNDS, ROWS = 3, 200
PAGES, POSTS = 40, 200
LISTS = {
    "sessions": "sessions, each with two speakers",
    "registrants": "registrants, each with two seats, a place in line and an answer",
    "session-registrations": "session registrations",
}


def requests() -> Iterator[Row]:
    """Each beside its floor; the middle one of several rounds, ours and the floor's in turn."""
    make_counters(1)
    event, sessions = world.make_event(sessions=ROWS, sessions_required=False)
    _fill(event, sessions)
    token = make_token(make_api_client(), "read write")
    with serving(SITE) as site, serving(FLOOR) as floor:
        for name, what in LISTS.items():
            page = _request("GET", f"/api/v1/{name}?event_id={event.pk}&per-page={ROWS}", token)
            bare = load.request(f"/list/{name}/{event.pk}/{ROWS}/")
            ours, floors = [page] * PAGES, [bare] * PAGES
            yield _beside(f"API: page of {ROWS} {what}", site, lambda _turn, ours=ours: ours, floor, floors)
        yield _beside(
            "API: one person registered for two sessions",
            site,
            lambda turn: _posts(event, sessions, token, turn, POSTS),
            floor,
            [load.request("/claim/0/")] * POSTS,
        )
        people = world.make_people(event, POSTS)
        for method, what in (("POST", "taken"), ("DELETE", "given up")):
            yield _beside(
                f"API: a seat {what} for somebody registered",
                site,
                lambda turn, method=method: _seats(method, people, sessions[20 + turn], token),
                floor,
                [load.request("/claim/0/")] * POSTS,
            )


def _beside(
    what: str,
    site: Server,
    wanted: Callable[[int], list[bytes]],
    floor: Server,
    bare: list[bytes],
) -> Row:
    """The row of one kind of request; a first round warms up."""
    ours, floors = [], []
    for turn in range(ROUNDS + 1):
        ours.append(_cpu(site, wanted(turn)))
        floors.append(_cpu(floor, bare))
    return _row(what, ours[1:], floors[1:])


def _fill(event: Event, sessions: list) -> None:
    """People with all that a record says."""
    people = world.make_people(event, ROWS)
    world.seat(people, sessions[:4])
    world.seat(people, sessions[4:8])
    world.wait_for(sessions[9], people)
    question = CustomRegistrationFieldFactory(event=event)
    RegistrationResponse.objects.bulk_create(
        RegistrationResponse(event_registration=person, field=question, value="Vegan") for person in people
    )
    speakers = SpeakerFactory.create_batch(50, event=event)
    for number, session in enumerate(sessions):
        session.speakers.add(speakers[number % 50], speakers[(number * 7 + 1) % 50])
    world.settle_statistics()


def _request(method: str, path: str, token: str, body: object = None) -> bytes:
    text = b"" if body is None else json.dumps(body).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    )
    return head.encode() + text


def _seats(method: str, people: list, session: Session, token: str) -> list[bytes]:
    return [
        _request(method, f"/api/v1/registrants/{person.pk}/session/{session.pk}", token) for person in people
    ]


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
