"""A connection to PostgreSQL that was just used is used again unasked, unless the server has ended it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from config.postgresql import base

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
WHO = "SELECT pg_backend_pid()"


@pytest.fixture
def pair() -> Iterator[tuple[Any, Any]]:
    """A connection as a request has it, and another one that looks at it from outside."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's connection is a file")
    found = connection.copy("requests"), connection.copy("beside")
    yield found
    for each in found:
        each.close()


def ask(one: Any, text: str, *values: Any) -> Any:
    with one.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchone()[0]


def between_requests(one: Any) -> None:
    """What Django does at the end of a request, and at the beginning of the next."""
    one.close_if_unusable_or_obsolete()
    one.close_if_unusable_or_obsolete()


def last_heard(beside: Any, pid: int) -> str:
    return ask(beside, "SELECT query FROM pg_stat_activity WHERE pid = %s", pid)


def test_server_is_asked_after_a_pause_alone(pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, beside = pair
    pid = ask(mine, WHO)
    between_requests(mine)
    mine.cursor()
    assert last_heard(beside, pid) == WHO
    monkeypatch.setattr(base, "JUST_USED_SECONDS", 0)
    between_requests(mine)
    mine.cursor()
    assert last_heard(beside, pid) == "SELECT 1"


def test_connection_that_the_server_ended_is_made_anew(pair: Any) -> None:
    mine, beside = pair
    pid = ask(mine, WHO)
    between_requests(mine)
    assert ask(beside, "SELECT pg_terminate_backend(%s, 5000)", pid)
    assert ask(mine, WHO) != pid


def test_connection_is_asked_after_an_error(pair: Any) -> None:
    mine, beside = pair
    pid = ask(mine, WHO)
    mine.errors_occurred = True
    between_requests(mine)
    assert (mine.errors_occurred, last_heard(beside, pid)) == (False, "SELECT 1")


def test_moments_are_utc_as_django_reads_them(pair: Any) -> None:
    mine, _beside = pair
    text = "SELECT TIMESTAMPTZ '2026-11-20 09:00:00.000001+01', TIMESTAMPTZ '1969-07-20 20:17:40+00', NULL::timestamptz"
    with mine.cursor() as cursor:
        cursor.execute(text)
        found = cursor.fetchone()
    assert found == (datetime(2026, 11, 20, 8, 0, 0, 1, UTC), datetime(1969, 7, 20, 20, 17, 40, 0, UTC), None)
    assert {each.tzinfo for each in found[:2]} == {UTC}
    with mine.chunked_cursor() as cursor:
        cursor.execute(text)
        assert cursor.fetchone() == found


@pytest.mark.parametrize(
    "text",
    ["2026-11-29 20:54:12.85+05:30", "1899-12-31 23:59:59-11:00", "9999-12-31 23:59:59.999999+00:00"],
)
def test_moments_are_read_in_utc(pair: Any, text: str) -> None:
    mine, _beside = pair
    found = ask(mine, "SELECT %s::timestamptz", text)
    with mine.chunked_cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        [(of_many,)] = cursor.fetchmany(1)
    for each in (found, of_many):
        assert (each, each.tzinfo) == (datetime.fromisoformat(text), UTC)
