"""Numbers of transactions, where the database has them (PostgreSQL): which of them may still write something."""

from __future__ import annotations

from django.db import connection

_OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_OWN = "SELECT pg_current_xact_id()::text::bigint"


def numbers_transactions() -> bool:
    """True where transactions have numbers; elsewhere one writes after the other, and what has an id is committed."""
    return connection.vendor == "postgresql"


def oldest_open_transaction() -> int:
    """Return the lowest number of a transaction that has written something and has not ended."""
    return _number(_OLDEST)


def own_transaction() -> int:
    """Return this transaction's number, given now if it has none: whoever has written before has a lower one."""
    return _number(_OWN)


def _number(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
