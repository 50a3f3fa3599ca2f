"""The revision of what public pages show: raised by the database itself, so that no writer can forget it.

Each app names the tables of which its pages show something (`watch`, in its `apps.py`). Their triggers give the event
of a changed row another revision, whoever changes it: a form, an import, the API, SQL by hand. They are made after
`migrate`. What a claim writes is not watched: seat counts are read with every page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connections, transaction

TABLE = "events_shownrevision"
_NAME = "seatwise_shown"
# Says nothing that a page shows.
_NOT_SHOWN = "updated_at"
# What belongs to no single event: every event's pages may show it.
OF_ALL = ""


@dataclass(frozen=True)
class _Watched:
    """One table: which of its columns names the event, or names a row of another table that does."""

    label: str
    column: str
    of: str

    @property
    def model(self) -> Any:
        return apps.get_model(self.label)

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)


_watched: dict[str, _Watched] = {}


def watch(label: str, column: str = "event_id", *, of: str = "") -> None:
    """Let each change in this model's table raise the revision of the event that its `column` names.

    With `of` the column names a row of that table, which names the event. `OF_ALL` raises the revision of every event.
    """
    _watched[label] = _Watched(label, column, of)


def watched_tables() -> set[str]:
    """The tables in which no change goes unnoticed."""
    return {each.table for each in _watched.values()}


def arm(using: str) -> None:
    """Make the triggers that are missing; from then on revisions are said. Without all tables nothing is made."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    if not {TABLE, *watched_tables()} <= tables:
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for statement in _missing(connection, cursor):
            cursor.execute(statement)
        cursor.execute(
            f"INSERT INTO {TABLE} (event_id, word) SELECT 0, {_WORDS[connection.vendor]}"  # nosec B608 # ours
            f" WHERE NOT EXISTS (SELECT 1 FROM {TABLE} WHERE event_id = 0)"
        )


def disarm(using: str) -> None:
    """Take the triggers away where `migrate` would lose them or stumble over them (SQLite), and say no revision."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        if TABLE in connection.introspection.table_names(cursor):
            for name in _triggers(connection, cursor):
                cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(f"DELETE FROM {TABLE} WHERE event_id = 0")  # nosec B608 # ours


def _triggers(connection: Any, cursor: Any) -> set[str]:
    """The triggers that are there; with their tables on PostgreSQL, where each has the same name."""
    cursor.execute(_THERE[connection.vendor])
    return {row[0] for row in cursor.fetchall()}


def _missing(connection: Any, cursor: Any) -> Iterator[str]:
    there = _triggers(connection, cursor)
    if connection.vendor == "postgresql":
        if lacking := [each for each in _watched.values() if each.table not in there]:
            yield _RAISE
            yield _CHANGED
            yield _EMPTIED
        for each in lacking:
            arguments = ", ".join(f"'{word}'" for word in (each.column, each.of))
            yield (
                f"CREATE TRIGGER {_NAME} AFTER INSERT OR UPDATE OR DELETE ON {each.table}"
                f" FOR EACH ROW EXECUTE FUNCTION {_NAME}_changed({arguments})"
            )
            yield (
                f"CREATE TRIGGER {_NAME}_emptied AFTER TRUNCATE ON {each.table}"
                f" EXECUTE FUNCTION {_NAME}_emptied()"
            )
        return
    for each in _watched.values():
        for act, rows in (("insert", ["NEW"]), ("delete", ["OLD"]), ("update", ["OLD", "NEW"])):
            name = f"{_NAME}_{each.table}_{act}"
            if name not in there:
                yield _sqlite_trigger(each, name, act, rows)


def _sqlite_trigger(each: _Watched, name: str, act: str, rows: list[str]) -> str:
    columns = [field.column for field in each.model._meta.concrete_fields if field.column != _NOT_SHOWN]
    then, now = (", ".join(f'{row}."{column}"' for column in columns) for row in ("OLD", "NEW"))
    when = f" WHEN ({then}) IS NOT ({now})" if act == "update" and len(columns) > 1 else ""
    events = " UNION ".join(f"SELECT {_event_of(each, row)} AS id" for row in rows)
    return (
        f"CREATE TRIGGER {name} AFTER {act} ON {each.table}{when} BEGIN"  # nosec B608 # names are ours
        f" DELETE FROM {TABLE} WHERE event_id IN (SELECT id FROM ({events}));"
        f" INSERT INTO {TABLE} (event_id, word) SELECT id, {_WORDS['sqlite']} FROM ({events}) WHERE id IS NOT NULL;"
        " END"
    )


def _event_of(each: _Watched, row: str) -> str:
    if each.column == OF_ALL:
        return "0"
    named = f"{row}.{each.column}"
    return f"(SELECT event_id FROM {each.of} WHERE id = {named})" if each.of else named  # nosec B608 # ours


_WORDS = {
    "sqlite": "random() & 281474976710655",
    "postgresql": "floor(random() * 281474976710656)::bigint",
}
_THERE = {
    "sqlite": f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{_NAME}%'",  # nosec B608 # ours
    "postgresql": f"SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = '{_NAME}' AND NOT tgisinternal",  # nosec B608 # ours
}

# Once a statement is enough, however many rows it changes. What another transaction is about to take away stays: so
# nobody waits here, in whatever order tables are written.
_RAISE = f"""
CREATE OR REPLACE FUNCTION {_NAME}_raise(which bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    raised text := which || ' ' || extract(epoch FROM statement_timestamp());
BEGIN
    IF which IS NULL OR current_setting('{_NAME.replace("_", ".")}', true) = raised THEN
        RETURN;
    END IF;
    PERFORM set_config('{_NAME.replace("_", ".")}', raised, true);
    DELETE FROM {TABLE} WHERE id IN (SELECT id FROM {TABLE} WHERE event_id = which FOR UPDATE SKIP LOCKED);
    INSERT INTO {TABLE} (event_id, word) VALUES (which, {_WORDS["postgresql"]});
END $$
"""  # nosec B608 # names are ours

# The columns are named nowhere: another column of the table is watched from its first moment.
_CHANGED = f"""
CREATE OR REPLACE FUNCTION {_NAME}_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one jsonb;
    which bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - '{_NOT_SHOWN}' = to_jsonb(NEW) - '{_NOT_SHOWN}' THEN
        RETURN NULL;
    END IF;
    FOREACH one IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[to_jsonb(NEW)] WHEN 'DELETE' THEN ARRAY[to_jsonb(OLD)]
        ELSE ARRAY[to_jsonb(OLD), to_jsonb(NEW)] END
    LOOP
        which := CASE TG_ARGV[0] WHEN '' THEN 0 ELSE (one ->> TG_ARGV[0])::bigint END;
        IF TG_ARGV[1] <> '' THEN
            EXECUTE format('SELECT event_id FROM %I WHERE id = $1', TG_ARGV[1]) INTO which USING which;
        END IF;
        PERFORM {_NAME}_raise(which);
    END LOOP;
    RETURN NULL;
END $$
"""  # nosec B608 # names are ours

_EMPTIED = f"""
CREATE OR REPLACE FUNCTION {_NAME}_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM {_NAME}_raise(0);
    RETURN NULL;
END $$
"""
