"""The steps of one form, of which other systems are told in one message about each session or event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from events.models import Event
from registrations.models import Activity
from registrations.queries.as_it_was import Facts, facts_of
from sessions_app.models import Session

Key = tuple[type[Session | Event], int]

# The lines written so far by the steps of the form that is being saved; None outside of one.
_put_off: ContextVar[list[Activity] | None] = ContextVar("lines of one form", default=None)


@contextmanager
def within_form_tell_once() -> Iterator[None]:
    """Let all that the steps in this block do to a session or event be one message, of what is true after the last.

    Each step writes its own line of the ledger. Without the block each line would tell of a moment between two steps,
    with the new name beside the capacity of before, which nobody ever saw. Inside the form's transaction.
    """
    assert transaction.get_connection().in_atomic_block, "within a form's transaction"
    if _put_off.get() is not None:
        yield
        return
    rows: list[Activity] = []
    token = _put_off.set(rows)
    try:
        yield
    finally:
        _put_off.reset(token)
    _say_once(rows)


def keep_as_it_was(rows: Sequence[Activity]) -> None:
    """Let lines of the ledger keep what the sessions and events are that something happened to, before they are saved.

    Inside `within_form_tell_once` that waits for its end.
    """
    rows = [row for row in rows if row.verb in Activity.OF_TARGETS]
    put_off = _put_off.get()
    if put_off is not None:
        put_off.extend(rows)
        return
    if rows:
        facts = _facts(rows)
        for row in rows:
            row.detail = {**row.detail, Activity.AS_IT_WAS: facts[_key(row)]}


def _say_once(rows: Sequence[Activity]) -> None:
    if not rows:
        return
    facts = _facts(rows)
    tellers: dict[Any, Activity] = {}
    for row in rows:
        about = (_key(row), row.seats_id if _is_of_pass(row, facts[_key(row)]) else None)
        # That details changed is the least that a line can say.
        if row.verb != Activity.Verb.EDITED or about not in tellers:
            tellers[about] = row
    for row in rows:
        is_teller = any(row is teller for teller in tellers.values())
        said = {Activity.AS_IT_WAS: facts[_key(row)]} if is_teller else {Activity.SAID_BY_ANOTHER: True}
        row.detail = {**row.detail, **said}
    Activity.objects.bulk_update(rows, ["detail"])


def _is_of_pass(row: Activity, facts: Facts) -> bool:
    """True for a line about a pass, of which the event's own lines say nothing."""
    return row.session_id is None and row.seats_id not in {None, facts["columns"]["seats_id"]}


def _facts(rows: Sequence[Activity]) -> dict[Key, Facts]:
    sessions = {row.session_id for row in rows if row.session_id}
    return facts_of(sessions, {row.event_id for row in rows if not row.session_id})


def _key(row: Activity) -> Key:
    return (Session, row.session_id) if row.session_id else (Event, row.event_id)
