"""Newcomers' pages are read from a standby, and go on when either server is gone: a real pair of servers shows it."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.deploy.services import open_folder
from tests.failing.clusters import Cluster
from tests.processes import SECONDS, Running, environment_on_test_database
from tests.serving.load import free_port

PROGRAMME = """
import sys
from pathlib import Path
from tests.failing.new_database import set_up
set_up(Path(sys.argv[1]), sys.argv[2])
from tests.benchmarks import world
event, sessions = world.make_event(sessions=3)
print(event.slug, sessions[0].uuid)
"""
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(
        os.environ.get("REQUIRE_SERVICES") != "1",
        reason="makes two database servers: CI runs it, or REQUIRE_SERVICES=1",
    ),
]


@pytest.fixture
def pair() -> Iterator[tuple[Cluster, Cluster, str, str]]:
    """A database with one event, its standby, and the addresses of the event and of one of its sessions."""
    if connection.vendor != "postgresql":
        pytest.skip("makes databases of its own, once")
    with open_folder() as folder:
        yield from _pair_in(folder)


def _pair_in(folder: Path) -> Iterator[tuple[Cluster, Cluster, str, str]]:
    first = Cluster.new(folder)
    clusters = [first]
    first.start()
    try:
        slug, session = _with_a_programme(folder, first.url)
        clusters.append(first.standby())
        yield first, clusters[1], f"/{slug}/", f"/{slug}/sessions/{session}/"
    finally:
        for cluster in clusters:
            if cluster.is_running():
                cluster.stop()


def _with_a_programme(folder: Path, url: str) -> list[str]:
    command = [sys.executable, "-W", "ignore", "-c", PROGRAMME, str(folder), url]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, text=True, capture_output=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[tuple[Running, str]]:
    port = free_port()
    files = folder / "files"
    files.mkdir()
    given = environment_on_test_database(files) | environment
    with Running("serve", "--port", str(port), environment=given) as served:
        served.wait_until_it_says("Serving on")
        yield served, f"http://127.0.0.1:{port}"
        served.process.terminate()
        served.wait_until_it_has_ended()


def ask(url: str, cookie: str = "") -> tuple[int, str]:
    request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_newcomers_read_the_programme_while_either_server_is_gone(pair, tmp_path):
    first, second, event, session = pair
    with serving(tmp_path, DATABASE_URL=first.url, DATABASE_REPLICA_URL=second.url) as (served, site):
        pages = [site + path for path in ("/", event, f"{event}sessions/", f"{event}sessions/grid/", session)]
        whole = {page: ask(page)[0] for page in pages}
        first.stop()
        without_database = {page: ask(page)[0] for page in pages}
        of_somebody_known = ask(f"{site}{event}sessions/", "seatwise_draft=forged")[0]
        first.start()
        second.stop()
        without_standby = {page: ask(page)[0] for page in pages}
    assert whole == without_database == without_standby == dict.fromkeys(pages, HTTPStatus.OK)
    assert of_somebody_known == HTTPStatus.SERVICE_UNAVAILABLE
    assert "the read replica does not answer" in served.said
