"""One of two servers is stopped while people claim: every claim is answered, and every answer is a row."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from django.db import connection

from tests.benchmarks import posts, world
from tests.processes import Running, environment_on_test_database
from tests.serving.load import Visitors, free_port, through_proxy

PEOPLE, CLIENTS = 3_000, 8
BEFORE_AND_AFTER = 60


@pytest.mark.postgres
def test_stops_one_of_two_servers_under_load_and_loses_no_claim(transactional_db, tmp_path: Path):
    if connection.vendor != "postgresql":
        pytest.skip("several servers share a PostgreSQL")
    event, sessions = world.make_event(sessions=5)
    people = world.make_people(event, PEOPLE)
    requests = [_closing(each) for each in posts.claims(people, sessions)]
    ports, environment = (free_port(), free_port()), environment_on_test_database(tmp_path)
    words = ("serve", "--only", "web", "--workers", "1", "--port")
    with (
        Running(*words, str(ports[0]), environment=environment) as first,
        Running(*words, str(ports[1]), environment=environment) as second,
    ):
        for served in (first, second):
            served.wait_until_it_says("Serving on")
        visitors = Visitors(through_proxy(ports), iter(requests))
        with visitors.asking(CLIENTS):
            first.wait_until(lambda: len(visitors.answers) > BEFORE_AND_AFTER)
            first.process.send_signal(signal.SIGTERM)
            assert first.wait_until_it_has_ended() == 0
            at_its_end = len(visitors.answers)
            second.wait_until(lambda: len(visitors.answers) > at_its_end + BEFORE_AND_AFTER)
    assert visitors.counts == {"302": len(visitors.answers)}
    assert len(visitors.answers) < PEOPLE, "nobody was left to ask: too few people for this machine"
    assert world.check(sessions) == len(visitors.answers)


def _closing(request: bytes) -> bytes:
    """The same request, on a connection of its own."""
    return request.replace(b"\r\nAccept:", b"\r\nConnection: close\r\nAccept:", 1)
