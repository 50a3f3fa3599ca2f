"""/metrics: the figures are those of the rows, and of all processes together."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from events import metrics
from registrations.actions import leave_waitlist
from registrations.models import Activity, Notification
from registrations.queries.figures import figures, settle_lag
from tests.engine.acts import claim, fill
from tests.mail import scenes
from tests.website.clicks import choose, finish

TOKEN = {"Authorization": "Bearer open sesame"}


@pytest.fixture
def on(settings) -> Iterator[None]:
    """Metrics are on, counted anew."""
    settings.METRICS_TOKEN, settings.METRICS_ARE_ON = "open sesame", True
    metrics.counted.cache_clear()
    yield
    metrics.counted.cache_clear()


def read(client: Any) -> dict[str, float]:
    """Each figure by its name and labels."""
    answer = client.get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    lines = [line.rsplit(" ", 1) for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


@pytest.mark.django_db
def test_is_not_there_unless_a_token_is_set(client):
    assert client.get("/metrics", headers=TOKEN).status_code == 404
    assert metrics.counted() is None


@pytest.mark.django_db
@pytest.mark.usefixtures("on")
def test_is_for_who_knows_the_token(client):
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer open"}).status_code == 401
    assert client.get("/metrics", headers=TOKEN).status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("on")
def test_counts_claims_by_outcome_and_requests_by_view(client):
    session = scenes.seamanship(capacity=1)
    choose(client, session)
    assert finish(client, session.event, scenes.BOB).status_code == 302
    claim(session, scenes.CAROL)
    claim(session, scenes.CAROL, preview=True)
    found = read(client)
    assert found['seatwise_outcomes_total{action="submit_agenda",outcome="registered"}'] == 1
    assert found['seatwise_outcomes_total{action="submit_agenda",outcome="full"}'] == 1
    name = 'seatwise_request_seconds_count{method="POST",status="3xx",view="finish_registration"}'
    assert found[name] == 1
    assert not [name for name in found if "bob" in name.lower()]


@pytest.mark.django_db
@pytest.mark.usefixtures("on")
def test_tells_seats_lines_and_what_is_due(client):
    scenes.invited()
    session = scenes.seamanship(scenes.harbour_conf(slug="other"), capacity=3)
    fill(session)
    claim(session, scenes.CAROL, wait=True)
    Notification.objects.update(due_at=timezone.now() - timedelta(seconds=100))
    found = read(client)
    assert (found["seatwise_seats_held"], found["seatwise_people_waiting"]) == (1, 1)
    # Seats of sessions; an event without a capacity of its own counts its people too.
    assert found["seatwise_seats_taken"] >= 3
    assert 100 <= found["seatwise_oldest_due_mail_seconds"] < 160
    assert found["seatwise_database_up"] == 1


@pytest.mark.django_db
def test_settle_lag_is_the_age_of_the_oldest_seat_left_free_beside_a_line():
    now = timezone.now()
    session = scenes.seamanship(capacity=1)
    fill(session)
    claim(session, scenes.CAROL, wait=True)
    assert figures(now)["settle_lag_seconds"] == 0
    # As a process leaves it that was killed between the commit and the settling.
    type(session.seats).objects.filter(pk=session.seats_id).update(taken=0)
    Activity.objects.filter(session=session).update(at=now - timedelta(seconds=40))
    assert settle_lag(now) == 40
    type(session.seats).objects.filter(pk=session.seats_id).update(taken=1)
    leave_waitlist(scenes.item_of(session, scenes.CAROL), contact=scenes.contact_of(scenes.CAROL))
    assert settle_lag(now) == 0


COUNTS = """
import json, os, django
django.setup()
from events import metrics
for _ in range({times}):
    metrics.note_outcome("submit_agenda", "registered")
metrics.note_request("session_list", "GET", 200, 0.02)
if {times} == 3:
    from prometheus_client import generate_latest
    print(json.dumps(generate_latest(metrics.registry_of_all_processes()).decode()))
"""


def test_adds_up_what_several_processes_counted_and_keeps_what_ended(tmp_path):
    """Two processes count and end; a third counts and tells what all three have."""
    environment = os.environ | {"METRICS_TOKEN": "x", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for times in (5, 2, 3):
        done = subprocess.run(
            [sys.executable, "-c", COUNTS.format(times=times)],
            env=environment,
            cwd=django_settings.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
    said = json.loads(done.stdout)
    assert re.search(r'seatwise_outcomes_total\{action="submit_agenda",outcome="registered"\} 10\.0', said)
    assert re.search(r"seatwise_request_seconds_count\{.*\} 3\.0", said)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on")
def test_worker_answers_on_a_port_of_its_own():
    import urllib.request

    from registrations.management.metrics_port import serve

    server = serve("127.0.0.1", 0)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=20) as answer:
            assert b"seatwise_database_up 1" in answer.read()
    finally:
        server.shutdown()
        server.server_close()
