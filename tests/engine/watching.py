"""What one act did: its transactions, locks, movements and mails."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from registrations.models import Activity, AttendeePass, EventRegistration, Notification, SessionRegistration

LOCK = re.compile(r'FROM "(?P<table>\w+)".* FOR (NO KEY )?UPDATE', re.DOTALL)
# One person's contact: the update that gives it a new revision locks it.
ONE_PERSON = re.compile(
    r"UPDATE (?P<table>events_contact) SET revision = revision \+ 1 WHERE email = '[^']*' "
)
IN_ORDER = re.compile(r'ORDER BY ("?\w+"?\."id" ASC|id) FOR ')
COUNTED = re.compile(r'UPDATE "events_seatcount" SET taken = .* WHERE id = (?P<id>\d+)')
# Always in this order; the event's own row is locked for what concerns passes and the switch.
ORDER = {
    "events_event": 0,
    "events_contact": 1,
    "events_seatcount": 2,
    # One by one, by ascending id.
    "registrations_order": 3,
    "registrations_invoiceseries": 9,
}


@dataclass
class Watched:
    """Everything an act wrote, and in which transactions."""

    transactions: list[list[str]] = field(default_factory=list)
    moved: int = 0
    ledger: list[Activity] = field(default_factory=list)
    mails: list[Notification] = field(default_factory=list)

    @property
    def locks(self) -> Iterator[list[tuple[str, str]]]:
        """Per transaction, the table and the text of each locking statement."""
        for statements in self.transactions:
            found = [(ONE_PERSON.search(sql) or LOCK.search(sql), sql) for sql in statements]
            yield [(match["table"], sql) for match, sql in found if match]

    @property
    def writing(self) -> list[list[str]]:
        """The transactions that wrote into the ledger."""
        word = 'INSERT INTO "registrations_activity"'
        return [statements for statements in self.transactions if any(word in sql for sql in statements)]

    def told(self) -> dict[str, int]:
        """How many mails each person got, by the address before the @."""
        return dict(Counter(mail.contact.email.split("@")[0] for mail in self.mails))


@contextmanager
def watching() -> Iterator[Watched]:
    """Watch what happens inside; ask afterwards."""
    watched = Watched()
    before = _seats(), _last(Activity), _last(Notification)
    with CaptureQueriesContext(connection) as queries:
        yield watched
    watched.transactions = list(_transactions(query["sql"] for query in queries.captured_queries))
    watched.moved = len(_seats() ^ before[0])
    watched.ledger = list(Activity.objects.filter(pk__gt=before[1]).order_by("pk"))
    mails = Notification.objects.filter(pk__gt=before[2]).order_by("pk")
    watched.mails = list(mails.select_related("contact"))


def _last(model: Any) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _seats() -> set[tuple[str, int]]:
    """Every seat that somebody has now, whatever it is a seat of."""
    live: dict[str, Any] = {
        "session": SessionRegistration.objects.active(),
        "event": EventRegistration.objects.confirmed(),
        "pass": AttendeePass.objects.filter(cancelled_at=None),
    }
    return {(kind, pk) for kind, rows in live.items() for pk in rows.values_list("pk", flat=True)}


def _transactions(statements: Iterator[str]) -> Iterator[list[str]]:
    """Cut what ran at the outermost savepoints: inside a test's own transaction these are the engine's.

    A statement outside of them is a transaction of its own.
    """
    inside: list[str] = []
    depth = 0
    for sql in statements:
        if sql.startswith("SAVEPOINT"):
            depth += 1
        elif sql.startswith("RELEASE SAVEPOINT"):
            depth -= 1
            if depth == 0:
                yield inside
                inside = []
        elif depth:
            inside.append(sql)
        else:
            yield [sql]


def check_locks(watched: Watched) -> None:
    """Locks come in the one order, each set in one statement by ascending id, and never through a join."""
    for taken in watched.locks:
        tables = [table for table, _sql in taken]
        assert tables == sorted(tables, key=ORDER.__getitem__), tables
        # Contacts are locked a second time, from the lowest id, only where one of them was just made.
        assert tables.count("events_seatcount") <= 1, tables
        for table, sql in taken:
            assert " JOIN " not in sql, sql
            assert (
                table in ("events_event", "registrations_order")
                or IN_ORDER.search(sql)
                or ONE_PERSON.search(sql)
            ), sql
    for statements in watched.transactions:
        # An update locks as well: counters that were not locked before are changed by ascending id.
        changed = [int(match["id"]) for match in map(COUNTED.search, statements) if match]
        assert changed == sorted(changed), statements


def check_ledger(watched: Watched) -> None:
    """Each seat that changed hands has its row in the ledger, and no row says that one did which did not."""
    assert sum(abs(row.taken_change) for row in watched.ledger) == watched.moved


def check_mails(watched: Watched) -> None:
    """Nobody is told twice."""
    assert {who: times for who, times in watched.told().items() if times > 1} == {}


def check(watched: Watched, *, transactions: Callable[[int], bool] = bool) -> None:
    """Everything that holds for every path."""
    if connection.vendor == "postgresql":
        check_locks(watched)
    check_ledger(watched)
    check_mails(watched)
    assert transactions(len(watched.writing)), len(watched.writing)
