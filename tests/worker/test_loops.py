"""The worker's loops: none dies unnoticed, none stops for a failure, each says that it lives."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from events.models import WorkerHeartbeat
from registrations.management import loops as loops_module
from registrations.management.loops import Loop, run
from registrations.management.stopping import Stop
from tests.worker.process import until

pytestmark = pytest.mark.xdist_group("races")


@contextlib.contextmanager
def going(*loops: Loop) -> Iterator[None]:
    """The loops until the block ends."""
    stop = Stop()
    thread = threading.Thread(target=run, args=[loops, stop], kwargs={"look_every": 0.02})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.django_db(transaction=True)
def test_loop_that_dies_is_started_again_and_logged(caplog):
    rounds = []

    def dies_first(_should_stop):
        rounds.append(1)
        if len(rounds) == 1:
            raise SystemExit
        return False

    with going(Loop("mails", dies_first, 0.01)):
        until(lambda: len(rounds) > 2, seconds=20)
    assert "the loop mails died and is started again" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_round_that_fails_is_logged_and_repeated_while_others_go_on(caplog):
    failed, fine = [], []

    def fails(_should_stop):
        failed.append(1)
        raise ValueError("a mistake of ours")

    with going(Loop("fails", fails, 0.01), Loop("fine", lambda _stop: bool(fine.append(1)), 0.01)):
        until(lambda: len(failed) > 1 and len(fine) > 1, seconds=20)
    assert [record.levelname for record in caplog.records if record.exc_info][:1] == ["ERROR"]


@pytest.mark.django_db(transaction=True)
def test_loop_waits_for_database_that_may_not_be_written_and_goes_on(caplog, monkeypatch):
    """Its own connection becomes read-only, as after a failover to the wrong machine; then it may write again."""
    monkeypatch.setattr(loops_module, "BEAT_EVERY", 0.0)
    read_only = threading.Event()
    done = []

    def writes(should_stop):
        state = "ON" if read_only.is_set() else "OFF"
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(f"PRAGMA query_only = {state}")
            else:
                cursor.execute(f"SET default_transaction_read_only = {state}")
        WorkerHeartbeat.objects.beat("written by the round")
        done.append(1)
        return False

    with caplog.at_level(logging.WARNING), going(Loop("writes", writes, 0.05)):
        until(lambda: done, seconds=20)
        read_only.set()
        until(lambda: "writes waits for the database (read_only)" in caplog.text, seconds=20)
        seen = len(done)
        read_only.clear()
        # What lets it write again is done in the round itself, after the beat that is refused.
        until(lambda: len(done) > seen, seconds=40, why=lambda: caplog.text)
    assert "Traceback" not in caplog.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="SQLite has no server that ends connections")
def test_loop_goes_on_after_server_ended_its_connection(caplog):
    pids, ended = [], []

    def notes_its_connection(_should_stop):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone()[0])
            # As a restart of the server would, in the middle of a round.
            until(lambda: len(ended) >= len(set(pids[:1])), seconds=20)
            cursor.execute("SELECT 1")
        return False

    with going(Loop("reads", notes_its_connection, 0.05)):
        until(lambda: pids, seconds=20)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pids[0]])
        ended.append(1)
        until(lambda: len(set(pids)) > 1, seconds=20, why=lambda: caplog.text)
    assert "reads waits for the database (gone)" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_long_round_shows_that_it_lives_each_time_it_asks_whether_to_stop(monkeypatch):
    monkeypatch.setattr(loops_module, "BEAT_EVERY", 0.05)
    seen = []

    def long(should_stop):
        while not should_stop():
            seen.append(WorkerHeartbeat.objects.get(loop="long").beat_at)
            time.sleep(0.02)
        return True

    with going(Loop("long", long, 0.05)):
        until(lambda: len(set(seen)) > 3, seconds=20)


@pytest.mark.django_db
def test_silence_is_counted_by_the_clock_of_the_database():
    WorkerHeartbeat.objects.beat("mails")
    WorkerHeartbeat.objects.beat("mails")
    WorkerHeartbeat.objects.update(beat_at=Now() - timedelta(seconds=90))
    silence = WorkerHeartbeat.objects.all().silence()
    assert list(silence) == ["mails"]
    assert timedelta(seconds=89) < silence["mails"] < timedelta(seconds=120)
