"""`manage.py serve`: whoever is killed is started again; replaced or stopped under load, it loses no request."""

from __future__ import annotations

import os
import signal
from itertools import count
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.processes import Running, environment_on_test_database
from tests.serving.load import Visitors, ask, free_port


def page(number: int = 0) -> bytes:
    """One request for the first page, unlike all others."""
    return f"GET /?{number} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()


@pytest.fixture
def environment(transactional_db: None, tmp_path: Path) -> dict[str, str]:
    """The processes of this test use its database. SQLite is enough: nothing here depends on which it is."""
    if connection.vendor != "sqlite":
        pytest.skip("processes are started and ended alike on both databases")
    return environment_on_test_database(tmp_path)


def web_processes(served: Running) -> set[int]:
    """The granian and the processes that answer."""
    return {one.pid for one in served.descendants("registrations.serving.web")}


def test_serves_on_when_a_process_is_killed_and_loses_nothing_when_replaced(environment):
    port = free_port()
    with Running("serve", "--only", "web", "--port", str(port), environment=environment) as served:
        served.wait_until_it_says("Serving on")
        killed = max(web_processes(served))
        os.kill(killed, signal.SIGKILL)
        served.wait_until(lambda: len(web_processes(served) - {killed}) == 3)
        assert ask(port, page()) == "200"
        _replaces_everything_under_load(served, port)
        served.process.send_signal(signal.SIGTERM)
        assert served.wait_until_it_has_ended() == 0
        assert ask(port, page()) == "ConnectionRefusedError"


def _replaces_everything_under_load(served: Running, port: int) -> None:
    before = web_processes(served)
    visitors = Visitors(lambda request: ask(port, request), map(page, count()))
    with visitors.asking(8):
        served.process.send_signal(signal.SIGHUP)
        served.wait_until_it_says("The web server was replaced.")
    assert before.isdisjoint(web_processes(served))
    assert set(visitors.counts) == {"200"}


def test_refuses_a_database_that_is_not_migrated(transactional_db, monkeypatch):
    plan = "django.db.migrations.executor.MigrationExecutor.migration_plan"
    monkeypatch.setattr(plan, lambda *_: ["one"])
    with pytest.raises(CommandError, match=r"lacks 1 migration\(s\). Run `manage.py migrate` first"):
        call_command("serve")


@pytest.mark.parametrize("words", [{"workers": 0}, {"threads": 0}, {"drain": -1}])
def test_refuses_numbers_that_cannot_be(words):
    with pytest.raises(CommandError, match="take numbers from 1"):
        call_command("serve", **words)
