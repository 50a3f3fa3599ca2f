"""The floor of an action: the very statements it ran, sent again over the bare driver, and nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

Statement = tuple[str, Sequence[Any]]


@contextmanager
def recorded() -> Iterator[list[list[Statement]]]:
    """Collect what runs inside, one list of statements for each transaction."""
    transactions: list[list[Statement]] = []
    begin = connection.set_autocommit

    def set_autocommit(autocommit: bool, *args: Any, **more: Any) -> None:
        if not autocommit:
            transactions.append([])
        begin(autocommit, *args, **more)

    def note(execute: Callable[..., Any], text: str, values: Any, many: bool, context: Any) -> Any:
        if text.startswith("BEGIN"):
            pass
        elif not connection.get_autocommit() or connection.in_atomic_block:
            transactions[-1].append((text, values))
        else:
            transactions.append([(text, values)])
        return execute(text, values, many, context)

    connection.set_autocommit = set_autocommit  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(note):
            yield transactions
    finally:
        del connection.set_autocommit


def seconds_of(statement: Statement) -> float:
    """How long one statement takes on this thread's bare connection."""
    text, values = statement
    cursor = connection.connection.cursor()
    begun = time.perf_counter()
    cursor.execute(text if connection.vendor == "postgresql" else text.replace("%s", "?"), values or ())
    if cursor.description:
        cursor.fetchall()
    return time.perf_counter() - begun


def replay(transactions: Sequence[Sequence[Statement]], clients: int = 1) -> float:
    """Run the transactions again over bare connections, shared out among `clients` threads; the seconds it took.

    On SQLite by one thread: there the ledger's ids are among the values, and only one could write anyway.
    """
    clients = clients if connection.vendor == "postgresql" else 1
    shares = [transactions[index::clients] for index in range(clients)]
    start = threading.Barrier(clients + 1)
    failures: list[Exception] = []
    threads = [threading.Thread(target=_run, args=[share, start, failures]) for share in shares]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return time.perf_counter() - begun


def _run(
    transactions: Sequence[Sequence[Statement]], start: threading.Barrier, failures: list[Exception]
) -> None:
    bare = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    start.wait()
    try:
        for statements in filter(None, transactions):
            bare(statements)
    except Exception as error:
        failures.append(error)
    finally:
        connection.close()


def _postgresql() -> Callable[[Sequence[Statement]], None]:
    connection.ensure_connection()
    driver = connection.connection

    def run(statements: Sequence[Statement]) -> None:
        with driver.transaction(), driver.cursor() as cursor:
            for text, values in statements:
                cursor.execute(text, values)
                if cursor.description:
                    cursor.fetchall()

    return run


def _sqlite() -> Callable[[Sequence[Statement]], None]:
    connection.ensure_connection()
    driver = connection.connection

    def run(statements: Sequence[Statement]) -> None:
        cursor = driver.cursor()
        driver.execute("BEGIN IMMEDIATE")
        for text, values in statements:
            cursor.execute(text.replace("%s", "?"), values or ())
            cursor.fetchall()
        driver.execute("COMMIT")

    return run
