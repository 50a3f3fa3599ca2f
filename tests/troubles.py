"""A real database in real trouble: read-only, full, gone, without room for one more connection.

Each is a context; while it lasts the connection of the test's thread meets the trouble, afterwards all is well.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.signals import connection_created

_FULL = """
CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END$$;
CREATE TRIGGER disk_is_full BEFORE INSERT ON registrations_activity FOR EACH ROW EXECUTE FUNCTION disk_is_full();
"""
_NOT_FULL = "DROP TRIGGER disk_is_full ON registrations_activity; DROP FUNCTION disk_is_full();"


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextlib.contextmanager
def read_only() -> Iterator[None]:
    """Each connection may only read, as on a standby, or where the file may not be written."""
    words = {"sqlite": "PRAGMA query_only = {}", "postgresql": "SET default_transaction_read_only = {}"}
    forbid, allow = (words[connection.vendor].format(state) for state in ("ON", "OFF"))

    def on_each_connection(connection: Any, **_more: Any) -> None:
        connection.cursor().execute(forbid)

    _run(forbid)
    connection_created.connect(on_each_connection, weak=False)
    try:
        yield
    finally:
        connection_created.disconnect(on_each_connection)
        connection.close()
        _run(allow)


@contextlib.contextmanager
def full() -> Iterator[None]:
    """No page more fits on the disk."""
    if connection.vendor == "postgresql":
        _run(_FULL)
        try:
            yield
        finally:
            _run(_NOT_FULL)
        return
    _run("VACUUM")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        _run("PRAGMA max_page_count = 1000000")


def _address() -> str:
    """The server's address, for a connection beside Django's own."""
    parameters = connection.get_connection_params()
    wanted = {"dbname", "user", "password", "host", "port"}
    return psycopg.conninfo.make_conninfo(**{k: v for k, v in parameters.items() if k in wanted and v})


def end_connection() -> None:
    """The server ends this thread's connection, as an administrator or a restart does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    _end(pid)


def _end(pid: int) -> None:
    with psycopg.connect(_address(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone():
            pass


@contextlib.contextmanager
def shut_down(
    when: Callable[[str], bool] = lambda sql: sql.startswith(("INSERT", "UPDATE", "WITH")),
) -> Iterator[None]:
    """The server ends the connection right before the first statement that writes."""
    done: list[bool] = []

    def ended(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not done and when(sql):
            done.append(True)
            _end(context["connection"].connection.info.backend_pid)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(ended):
        yield
    connection.close_if_unusable_or_obsolete()  # as where the next request begins
    assert done, "nothing was written at all"


@contextlib.contextmanager
def too_many_connections() -> Iterator[None]:
    """The server has no room for one more connection."""
    with psycopg.connect(_address(), autocommit=True) as admin:
        admin.execute("CREATE ROLE seatwise_crowd LOGIN CONNECTION LIMIT 0")
        before = connection.settings_dict["USER"]
        connection.close()
        connection.settings_dict["USER"] = "seatwise_crowd"
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["USER"] = before
            admin.execute("DROP ROLE seatwise_crowd")


EVERYWHERE = {"read-only": read_only, "full": full}
ON_A_SERVER = {"shut down": shut_down, "too many connections": too_many_connections}
