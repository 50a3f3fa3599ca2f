"""Threads of one process write to SQLite in the order in which they came, and whoever ends lets the next one in."""

from __future__ import annotations

import gc
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connections, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper as Plain
from django.db.utils import ConnectionHandler

from config.databases import database_from_environment
from config.sqlite.base import DatabaseWrapper as InTurn
from config.sqlite.turns import turns_of
from events.database_trouble import is_lock_trouble

SECONDS = 20
# The connection of this thread, as `transaction.atomic` finds it.
HERE = "turns"


@pytest.fixture
def file(tmp_path, monkeypatch, django_db_blocker) -> Iterator[Path]:
    """A database of one table."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with django_db_blocker.unblock():
        mine = connect(tmp_path / "turns.sqlite3")
        mine.cursor().execute("CREATE TABLE wrote (id integer PRIMARY KEY, who text UNIQUE)")
        yield tmp_path / "turns.sqlite3"
        mine.close()
        del connections[HERE]


def connect(file: Path, backend: type[Plain] = InTurn) -> Any:
    """Give this thread a connection."""
    settings = ConnectionHandler({"default": database_from_environment(file, durable=False)}).settings
    connections[HERE] = backend(settings["default"], HERE)
    return connections[HERE]


def write(who: str) -> None:
    """Add a row."""
    connections[HERE].cursor().execute("INSERT INTO wrote (who) VALUES (%s)", [who])


def wrote(file: Path) -> list[str]:
    """Who wrote, in order."""
    with sqlite3.connect(file) as driver:
        return [who for (who,) in driver.execute("SELECT who FROM wrote ORDER BY id")]


def begin(act: Callable[[], object]) -> threading.Thread:
    """Do it in a thread."""
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


def writer(file: Path, who: str, backend: type[Plain] = InTurn, trace: Any = None) -> threading.Thread:
    """A thread that adds a row in a transaction of its own, and then closes its connection."""

    def act() -> None:
        mine = connect(file, backend)
        mine.ensure_connection()
        mine.connection.set_trace_callback(trace)
        with transaction.atomic(HERE):
            write(who)
        mine.close()

    return begin(act)


def wait_for(file: Path, number: int) -> None:
    """Until so many threads wait for their turn."""
    end = time.monotonic() + SECONDS
    while len(turns_of(str(file))._line) != number:
        assert time.monotonic() < end
        time.sleep(0)


def test_threads_write_in_the_order_in_which_they_came(file):
    threads = []
    with transaction.atomic(HERE):
        for number, who in enumerate("abcdef"):
            threads.append(writer(file, who))
            wait_for(file, number + 1)
        write("first")
    for thread in threads:
        thread.join(SECONDS)
    assert wrote(file) == ["first", *"abcdef"]


def is_passed_by(file: Path, backend: type[Plain], number: int) -> bool:
    """True when one that waits sees another who has just written write again."""
    mine, has_begun = connect(file, backend), threading.Event()
    with transaction.atomic(HERE):
        other = writer(file, f"other {number}", backend, trace=lambda _statement: has_begun.set())
        assert has_begun.wait(SECONDS) if backend is Plain else wait_for(file, 1) is None
        write(f"mine {number}")
    with transaction.atomic(HERE):
        write(f"mine again {number}")
    other.join(SECONDS)
    mine.close()
    order = wrote(file)
    return order.index(f"mine again {number}") < order.index(f"other {number}")


def test_whoever_has_just_written_goes_behind_those_who_wait(file):
    assert not any(is_passed_by(file, InTurn, number) for number in range(5))


def test_without_turns_whoever_waits_is_passed_by(file):
    assert any(is_passed_by(file, Plain, number) for number in range(20))


def test_waits_no_longer_than_for_another_process_and_says_the_same(file):
    told: list[Exception] = []

    def impatient() -> None:
        connect(file).cursor().execute("PRAGMA busy_timeout = 20")
        try:
            write("impatient")
        except OperationalError as error:
            told.append(error)
        connections[HERE].close()

    with transaction.atomic(HERE):
        begin(impatient).join(SECONDS)
        assert [(str(error), is_lock_trouble(error)) for error in told] == [("database is locked", True)]
        assert not turns_of(str(file))._line
    write("mine")
    assert wrote(file) == ["mine"]


def commits() -> None:
    with transaction.atomic(HERE):
        write("kept")


def commits_within() -> None:
    with transaction.atomic(HERE):
        with transaction.atomic(HERE):
            write("kept")
        with suppress(IntegrityError), transaction.atomic(HERE):
            write("kept")


def rolls_back() -> None:
    with suppress(ZeroDivisionError), transaction.atomic(HERE):
        write("lost")
        raise ZeroDivisionError


def writes_alone() -> None:
    write("kept")


def writes_many_alone() -> None:
    connections[HERE].cursor().executemany("INSERT INTO wrote (who) VALUES (%s)", [["kept"]])


def fails_alone() -> None:
    write("kept")
    with suppress(IntegrityError):
        write("kept")


def closes_within() -> None:
    with suppress(transaction.TransactionManagementError), transaction.atomic(HERE):
        write("lost")
        connections[HERE].close()


def manages_itself() -> None:
    transaction.set_autocommit(False, HERE)
    write("kept")
    transaction.commit(HERE)


def says_it_in_words() -> None:
    cursor = connections[HERE].cursor()
    cursor.execute("begin immediate")
    write("kept")
    cursor.execute("COMMIT")


def ends_in_the_middle() -> None:
    """The thread ends, and with it its connection."""
    transaction.atomic(HERE).__enter__()
    write("lost")


def cannot_begin() -> None:
    """Another process writes."""
    file = connections[HERE].settings_dict["NAME"]
    connections[HERE].cursor().execute("PRAGMA busy_timeout = 0")
    with sqlite3.connect(file, isolation_level=None) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"), transaction.atomic(HERE):
            pass
        stranger.execute("ROLLBACK")


WAYS = {
    commits: True,
    commits_within: True,
    rolls_back: False,
    writes_alone: True,
    writes_many_alone: True,
    fails_alone: True,
    closes_within: False,
    manages_itself: True,
    says_it_in_words: True,
    ends_in_the_middle: False,
    cannot_begin: False,
}


@pytest.mark.parametrize(("way", "is_kept"), WAYS.items(), ids=[way.__name__ for way in WAYS])
def test_the_next_one_writes_however_one_ends(file, way, is_kept):
    def act() -> None:
        connect(file)
        way()

    begin(act).join(SECONDS)
    # As happens sooner or later to what a thread leaves behind.
    gc.collect()
    # Nobody would be let in while the one before holds the turn.
    turn = turns_of(str(file)).take(lambda: 0)
    assert turn
    turns_of(str(file)).give_up(turn)
    write("next")
    assert wrote(file) == ["kept", "next"] if is_kept else ["next"]


def test_a_process_that_is_born_while_somebody_writes_begins_with_an_empty_line(file):
    with transaction.atomic(HERE):
        child = os.fork()
        if not child:
            os._exit(0 if turns_of(str(file)).take(lambda: 0) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert turns_of(str(file)).take(lambda: 0) is None
