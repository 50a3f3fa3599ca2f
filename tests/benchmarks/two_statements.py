"""A plain claim's own two statements, sent bare: nothing that is written around them can be quicker.

Their texts are what a real claim sent. How the write's parameters come of the row read is said here, and held against
that claim: once a claim is changed this fails instead of measuring another one.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from registrations import sql
from registrations.links import manage_token
from registrations.models import EventRegistration
from registrations.notifications import GATHERED, GATHERINGS
from sessions_app.models import Session
from tests.benchmarks import world

READ, WRITE = "BENCHMARK_CLAIM_READ", "BENCHMARK_CLAIM_WRITE"
# What the write says of the row read.
_WANTED = ('c."id"', 'c."revision"', 'e."id"', 's."id"', 'sc."id"', 'sc."revision"', 'r."id"')
_PAYLOAD = (
    '{"session_ids": [%d], "waitlisted_session_ids": [], "on_hold_session_ids": [], "dropped_session_ids": [],'
    ' "gathered": true}'
)


class TwoStatements:
    """The read and the write of a claim."""

    def __init__(self, read: str, write: str) -> None:
        self.read, self.write = read, write
        columns = read.removeprefix("SELECT ").partition("FROM")[0].strip().split(", ")
        self._wanted = itemgetter(*map(columns.index, _WANTED))

    @classmethod
    def of_environment(cls) -> TwoStatements:
        """The statements that the process which started this one had recorded."""
        return cls(os.environ[READ], os.environ[WRITE])

    @property
    def environment(self) -> dict[str, str]:
        """What lets a process have them."""
        return {READ: self.read, WRITE: self.write}

    def row(self, session: uuid.UUID, registration: uuid.UUID) -> tuple[Any, ...]:
        """What the database says of a claim of the session by whoever has the registration."""
        with connection.cursor() as cursor:
            cursor.execute(self.read, [session, registration])
            [row] = cursor.fetchall()
        return row

    def take(self, row: Sequence[Any], at: datetime) -> bool:
        """Give the seat as it was read; False where there was none."""
        with connection.cursor() as cursor:
            cursor.execute(self.write, self.parameters(row, at))
            return cursor.fetchone() is not None

    def parameters(self, row: Sequence[Any], at: datetime) -> list[Any]:
        """The write's parameters: contact and seat count, the seat, its line of the ledger, the mail."""
        contact, revision, event, session, seats, seats_revision, registration = self._wanted(row)
        counted = [contact, revision, 1, 0, 0, seats, 1, seats_revision]
        seat = [at, "website", event, session, contact, registration]
        line = [at, "registered", event, session, contact, "Attendee", "{}", seats, 1]
        key = ["registered", str(contact)]
        mail = ["registered", event, contact, registration, _PAYLOAD % session, at, at + GATHERINGS[GATHERED]]
        return [*counted, *seat, *line, *key, *mail]


def recorded() -> TwoStatements | None:
    """The statements that a button's press sends today; None where no database can write a claim in one.

    Raises RuntimeError where a press sends anything else than these two, with these parameters.
    """
    if not sql.can_write_in_one_statement():
        return None
    event, [session] = world.make_event(sessions=1)
    # The first one of a process may ask more.
    first, second, third = world.make_people(event, 3)
    _pressed(first, session)
    texts = [text for text, _values in _pressed(second, session)]
    if len(texts) != 2:
        raise RuntimeError(f"a claim is not two statements: {texts}")
    statements = TwoStatements(*texts)
    row = statements.row(session.uuid, third.uuid)
    sent = _pressed(third, session)
    at = next(each for each in sent[-1][1] if isinstance(each, datetime))
    expected = [
        (statements.read, [session.uuid, third.uuid]),
        (statements.write, statements.parameters(row, at)),
    ]
    if sent != expected:
        raise RuntimeError(f"a claim sends\n{sent}\nand not\n{expected}")
    if world.check([session]) != 3:
        raise RuntimeError("a press of the button gave no seat")
    return statements


def _pressed(person: EventRegistration, session: Session) -> list[tuple[str, list[Any]]]:
    """What the press of the button "Add" beside the session sends to the database."""
    sent: list[tuple[str, list[Any]]] = []

    def record(execute: Any, text: str, values: Sequence[Any], many: bool, context: Any) -> Any:
        sent.append((text, [*(values or ())]))
        return execute(text, values, many, context)

    path = reverse("manage_seat", args=[person.event.slug, manage_token(person), session.uuid, "add"])
    with connection.execute_wrapper(record):
        Client(headers={"host": "127.0.0.1"}).post(path)
    return sent
