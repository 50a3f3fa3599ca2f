"""Sessions and events as they were: their columns and figures, kept in the ledger when something happens to them.

Whoever tells of it later, minutes or a day after, tells of that moment and not of what has become of it since.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count, Model

from events.models import Event, SeatCount
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Facts = dict[str, Any]
Row = TypeVar("Row", bound=Model)
_FIGURES = ("capacity", "hard_limit", "taken", "held", "waiting")


@dataclass(frozen=True)
class TargetThen:
    """One session or event as it was, not to be saved; how many waited, and of a session its speakers and passes."""

    row: Session | Event
    waitlist_count: int
    speaker_ids: list[int]
    pass_ids: list[int]


def facts_of(sessions: Collection[int], events: Collection[int]) -> dict[tuple[type, int], Facts]:
    """Return what these sessions and events are now, by model and id, in as few queries for many as for one."""
    found: dict[tuple[type, int], Facts] = {}
    if sessions:
        rows = Session.objects.select_related("seats", "event").prefetch_related("speakers", "passes")
        waiting = _waiting("session_id", sessions)
        for session in rows.filter(pk__in=sessions):
            found[Session, session.pk] = _facts(session, waiting) | {
                "zone": session.event.timezone,
                "speaker_ids": sorted(each.pk for each in session.speakers.all()),
                "pass_ids": sorted(each.pk for each in session.passes.all()),
            }
    if events:
        waiting = _waiting("event_id", events, session=None)
        for event in Event.objects.select_related("seats").filter(pk__in=events):
            found[Event, event.pk] = _facts(event, waiting)
    return found


def _waiting(name: str, ids: Iterable[int], **narrowed: Any) -> dict[int, int]:
    items = WaitlistItem.objects.open().filter(**{f"{name}__in": ids}, **narrowed)
    return dict(items.order_by().values_list(name).annotate(Count("pk")))


def _facts(row: Session | Event, waiting: dict[int, int]) -> Facts:
    return {
        "columns": {
            field.attname: _plain(getattr(row, field.attname)) for field in row._meta.concrete_fields
        },
        "seats": {name: getattr(row.seats, name) for name in _FIGURES},
        "waitlist_count": waiting.get(row.pk, 0),
    }


def _plain(value: Any) -> Any:
    """The value as JSON can hold it, and as its column reads it back."""
    if value is None or isinstance(value, bool | int | float | dict | list):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def target_then(model: type[Session | Event], facts: Facts, event: Event) -> TargetThen:
    """Return the session or event as the facts say it was; `event` is its event as it is now."""
    row = unsaved(model, facts["columns"])
    row.seats = unsaved(SeatCount, {"id": row.seats_id, **facts["seats"]})
    if isinstance(row, Session):
        row.event = copy.copy(event)
        row.event.timezone = facts["zone"]
    return TargetThen(row, facts["waitlist_count"], facts.get("speaker_ids", []), facts.get("pass_ids", []))


def unsaved(model: type[Row], columns: dict[str, Any]) -> Row:
    """Return a row of these columns as JSON kept them, to be read and not to be saved; others are as in a new row."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    known = {name: value for name, value in columns.items() if name in fields}
    return model(**{name: fields[name].to_python(value) for name, value in known.items()})
