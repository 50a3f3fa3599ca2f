"""One claim of one seat in one statement, where the database can (PostgreSQL): counter, seat, ledger and outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import compress
from operator import itemgetter, ne
from typing import Any

from django.db import connection, models

from registrations.models import Activity, Notification, SessionRegistration
from registrations.sql._reading import is_postgresql
from registrations.sql._writing import is_written, plan_of

# What the statement itself tells: the ledger of the seat count after the claim, the outbox of the ledger's new row.
_AFTER = {name: f"c.{name}" for name in ("capacity", "taken", "held", "waiting")}
_CAUSE = {"dedup_key": "%s || ':' || a.id || ':' || %s", "activity_id": "a.id"}
_TOLD: dict[type[models.Model], Mapping[str, str]] = {Activity: _AFTER, Notification: _CAUSE}


def can_write_in_one_statement() -> bool:
    """True where one statement may write several tables."""
    return is_postgresql()


Update = tuple[str, Sequence[Any]]


def write_in_one_statement(
    counted: Update,
    seat: SessionRegistration,
    cause: Activity,
    message: Notification,
    revised: Update | None = None,
) -> bool:
    """Write one claim: `counted` is the conditional update of its counters. False, with no seat given, if it fails.

    `revised` is the conditional update of a contact that is not locked, done first; where only the other fails the
    contact has a new revision for nothing. Statements are saved, and the seat count's row is locked for less time.
    """
    update, values = counted
    revise, of_contact = revised or ("", [])
    rows = (seat, cause, message)
    sent, [of_seat, of_cause, of_message] = zip(*(_columns(type(row)).sent(row) for row in rows), strict=True)
    key = [str(message.kind), str(message.contact_id)]
    parameters = [*of_contact, *values, *of_seat, *of_cause, *key, *of_message]
    with connection.cursor() as cursor:
        cursor.execute(_statement(revise, update, *sent), parameters)
        found = cursor.fetchone()
    if found is None:
        return False
    for row, pk in zip(rows, found, strict=True):
        is_written(row, pk)
    return True


class _Columns:
    """The columns of one model's row in the statement, and which of them are sent with a row.

    What the statement tells is not sent, and what is as the model says by default is part of its text.
    """

    def __init__(self, model: type[models.Model]) -> None:
        plan = plan_of(model, connection.vendor)
        self.table, self.told = model._meta.db_table, _TOLD.get(model, {})
        own = [index for index, name in enumerate(plan.names) if name not in self.told]
        self.names = [plan.names[index] for index in own]
        self.kinds = [plan.kinds[index] for index in own]
        self.literals = [plan.literals.get(name) for name in self.names]
        # What has no literal differs from this, whatever it is.
        self.defaults = [plan.constants[name] if name in plan.literals else object() for name in self.names]
        self.read = itemgetter(*self.names)
        self.converted = [(own.index(index), convert) for index, convert in plan.converted if index in own]

    def sent(self, row: models.Model) -> tuple[tuple[bool, ...], list[Any]]:
        """Of each column whether it is sent, and the values of those that are."""
        values = list(self.read(row.__dict__))
        for index, convert in self.converted:
            values[index] = convert(values[index])
        are_sent = tuple(map(ne, values, self.defaults))
        return are_sent, list(compress(values, are_sent))

    def insert(self, are_sent: Sequence[bool], source: str) -> str:
        """The statement that writes such a row; what the statement tells comes first."""
        own = zip(are_sent, self.kinds, self.literals, strict=True)
        values = [f"%s::{kind}" if is_sent else str(literal) for is_sent, kind, literal in own]
        names = ", ".join(f'"{name}"' for name in (*self.told, *self.names))
        values = [*self.told.values(), *values]
        return f'INSERT INTO "{self.table}" ({names}) SELECT {", ".join(values)} FROM {source} RETURNING id'  # nosec B608 # names are ours


@cache
def _columns(model: type[models.Model]) -> _Columns:
    return _Columns(model)


@cache
def _statement(revise: str, update: str, *sent: tuple[bool, ...]) -> str:
    # What one part asks of another is done before it: contacts are locked before seat counts.
    revised = f"k AS ({revise} RETURNING id)," if revise else ""
    after = "AND EXISTS (SELECT FROM k)" if revise else ""
    of_seat, of_cause, of_message = sent
    return f"""
        WITH {revised}
        c AS ({update} {after} RETURNING capacity, taken, held, waiting),
        s AS ({_columns(SessionRegistration).insert(of_seat, "c")}),
        a AS ({_columns(Activity).insert(of_cause, "c")}),
        n AS ({_columns(Notification).insert(of_message, "a")})
        SELECT s.id, a.id, n.id FROM s, a, n
    """  # nosec B608 # names are ours
