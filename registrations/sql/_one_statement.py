"""One claim of one seat in one statement, where the database can (PostgreSQL): counter, seat, ledger and outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import connection, models

from registrations.models import Activity, Notification, SessionRegistration
from registrations.sql._writing import is_written, plan_of

# What the ledger says of the seat count after the claim, and what only the ledger's new row can tell the outbox.
_AFTER = {name: f"c.{name}" for name in ("capacity", "taken", "held", "waiting")}
_CAUSE = {"activity_id": "a.id", "dedup_key": "%s || ':' || a.id || ':' || %s"}


def can_write_in_one_statement() -> bool:
    """True where one statement may write several tables."""
    return connection.vendor == "postgresql"


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
    key = [str(message.kind), str(message.contact_id)]
    parts = [
        _Part.of(SessionRegistration, seat, {}),
        _Part.of(Activity, cause, _AFTER),
        _Part.of(Notification, message, _CAUSE, dedup_key=key),
    ]
    parameters = [*of_contact, *values, *(value for part in parts for value in part.values)]
    with connection.cursor() as cursor:
        cursor.execute(_statement(revise, update, *(part.sent for part in parts)), parameters)
        found = cursor.fetchone()
    if found is None:
        return False
    for row, pk in zip((seat, cause, message), found, strict=False):
        is_written(row, pk)
    return True


class _Part(NamedTuple):
    """One row's share of the statement: the columns that are sent, and their values."""

    sent: tuple[str, ...]
    values: list[Any]

    @classmethod
    def of(
        cls, model: type[models.Model], row: models.Model, told: Mapping[str, str], **more: list[Any]
    ) -> _Part:
        """What the statement tells is not sent, and what is as the model says by default is part of its text."""
        plan = plan_of(model, connection.vendor)
        sent, values = [], []
        for name, value in zip(plan.names, plan.parameters(row), strict=True):
            if name in told:
                values += more.get(name, [])
            elif name not in plan.literals or value != plan.constants[name]:
                sent.append(name)
                values.append(value)
        return cls(tuple(sent), values)


@cache
def _statement(revise: str, update: str, *sent: tuple[str, ...]) -> str:
    # What one part asks of another is done before it: contacts are locked before seat counts.
    revised = f"k AS ({revise} RETURNING id)," if revise else ""
    after = "AND EXISTS (SELECT FROM k)" if revise else ""
    of_seat, of_cause, of_message = sent
    return f"""
        WITH {revised}
        c AS ({update} {after} RETURNING capacity, taken, held, waiting),
        s AS ({_insert(SessionRegistration, of_seat, {}, "c")}),
        a AS ({_insert(Activity, of_cause, _AFTER, "c")}),
        n AS ({_insert(Notification, of_message, _CAUSE, "a")})
        SELECT s.id, a.id, n.id FROM s, a, n
    """  # nosec B608 # names are ours


def _insert(model: type[models.Model], sent: tuple[str, ...], told: Mapping[str, str], source: str) -> str:
    plan = plan_of(model, connection.vendor)
    values = [
        told.get(name) or (f"%s::{kind}" if name in sent else plan.literals[name])
        for name, kind in zip(plan.names, plan.kinds, strict=True)
    ]
    return f"{plan.insert.removesuffix(' VALUES')} SELECT {', '.join(values)} FROM {source} RETURNING id"  # nosec B608 # names are ours
