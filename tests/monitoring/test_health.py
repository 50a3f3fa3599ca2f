"""/livez, /readyz and the desk say what lives and what does not."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now
from django.test import Client

from events.health import LOOPS, _Migrations
from events.models import WorkerHeartbeat
from registrations.management.commands.worker import loops, parts
from tests import troubles
from tests.factories import ContactFactory

PROBES = ("/livez", "/readyz")


def beat(ago: float = 0) -> None:
    """Let every loop be heard of, so many seconds ago."""
    for loop in LOOPS:
        WorkerHeartbeat.objects.beat(loop)
    WorkerHeartbeat.objects.update(beat_at=Now() - timedelta(seconds=ago))


def test_worker_has_the_loops_that_are_listened_for():
    assert [*parts()] == [loop.name for loop in loops(5)] == list(LOOPS)


def test_lives_without_the_database(client):
    """No fixture gives this test a database: asking it would fail."""
    answer = client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_is_ready_with_database_and_migrations_and_tells_of_the_worker(client):
    beat(ago=30)
    answer = client.get("/readyz")
    said = answer.json()
    assert answer.status_code == 200
    assert (said["status"], said["database"], said["migrations"], said["draining"]) == (
        "ready",
        "ok",
        "applied",
        False,
    )
    assert said["worker"]["status"] == "working"
    assert set(said["worker"]["silent_seconds"]) == set(LOOPS)
    assert all(30 <= seconds < 60 for seconds in said["worker"]["silent_seconds"].values())


@pytest.mark.django_db
def test_silent_worker_is_told_and_does_not_stop_the_site(client):
    said = client.get("/readyz").json()
    assert said["worker"] == {"status": "silent", "silent_seconds": dict.fromkeys(LOOPS)}
    beat()
    WorkerHeartbeat.objects.filter(loop="mails").update(beat_at=Now() - timedelta(seconds=500))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]["status"]) == (200, "silent")


@pytest.mark.django_db
def test_is_not_ready_while_it_is_drained(client, settings, tmp_path):
    settings.DRAIN_FILE = tmp_path / "draining"
    assert client.get("/readyz").status_code == 200
    settings.DRAIN_FILE.touch()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["draining"]) == (503, True)
    assert client.get("/livez").status_code == 200


def newest_of(app):
    """The name of the app's last migration."""
    return MigrationLoader(connection).graph.leaf_nodes(app)[0][1]


@pytest.mark.django_db
def test_is_not_ready_while_a_migration_is_missing(client, monkeypatch):
    monkeypatch.setattr(_Migrations, "are_applied", False)
    with connection.cursor() as cursor:
        # The newest one: whether those before it were applied is not asked again.
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'events' AND name = %s", [newest_of("events")]
        )
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "missing")
    monkeypatch.setattr(_Migrations, "are_applied", False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
@pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="SQLite has no server")
def test_is_not_ready_without_its_database(client):
    with troubles.too_many_connections():
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["database"]) == (503, "too_many_connections")
        assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_answers_whoever_knows_neither_name_nor_https_and_names_nobody(settings):
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["events.example.org"]
    contact = ContactFactory(first_name="Zacharias")
    for probe in PROBES:
        answer = Client(headers={"host": "10.1.2.3:8000"}).get(probe)
        assert answer.status_code == 200
        assert contact.email not in answer.content.decode()
        assert "Zacharias" not in answer.content.decode()


@pytest.mark.django_db
def test_desk_says_that_the_worker_is_silent(client, alice):
    client.force_login(alice)
    assert "The worker was never heard of" in client.get("/admin/").content.decode()
    beat(ago=300)
    page = client.get("/admin/").content.decode()
    assert "Worker silent for 30" in page
    assert "invitations, waitlists" in page
    beat()
    assert "Worker silent" not in client.get("/admin/").content.decode()
