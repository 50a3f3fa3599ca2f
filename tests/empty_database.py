"""An empty database beside the test's own: what a new machine has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


@contextmanager
def empty_database(folder: Path) -> Iterator[None]:
    """Let the default connection lead to an empty database, until the end of the block."""
    used, new = connection.settings_dict["NAME"], f"{connection.settings_dict['NAME']}_empty"
    if connection.vendor == "postgresql":
        _without_database(f"DROP DATABASE IF EXISTS {new}", f"CREATE DATABASE {new}")
    else:
        new = str(folder / "empty.sqlite3")
    connection.close()
    connection.settings_dict["NAME"] = new
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = used
        if connection.vendor == "postgresql":
            _without_database(f"DROP DATABASE {new}")


def _without_database(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
