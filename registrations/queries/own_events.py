"""Whether every row that names its event names the one of the row it hangs on.

The event stands on the row itself so that tables can be split by it. No constraint reaches over two tables: the code
that makes a row copies it, and this is how a copy that went astray is found.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Model, Q

from events.models import Event
from registrations.models import Activity, CheckIn, OrderLine, SessionRegistration
from registrations.queries.asked_once import Question, Rows, Within
from registrations.queries.counters import Scope, Target

# By which way a row's true event is reached. What `WaitlistItem` hangs on is looked at with its line.
PARENTS: dict[type[Model], str] = {
    SessionRegistration: "session__event",
    CheckIn: "event_registration__event",
    OrderLine: "order__event",
    Activity: "session__event",
}


def event_id_of(target: Target) -> int:
    """The event's own id, or that of the event to which a session or a pass belongs."""
    return target.pk if isinstance(target, Event) else target.event_id


def rows_of_other_events(scope: Scope) -> Iterator[tuple[str, str]]:
    """Where a row names another event than its parent's, or none, and in which words."""
    for seats_id, stored in scope.stored.items():
        if stored.named_event_id != stored.event_id:
            yield scope.name(seats_id), f"its seat count names event {stored.named_event_id}"
    for model, question in _ASTRAY.items():
        for pk, event_id, true in question.rows(scope.event_id):
            yield (
                f"{model._meta.verbose_name} {pk}",
                f"it names event {event_id}, but belongs to event {true}",
            )


def _astray(model: type[Model], path: str) -> Question:
    @Question
    def rows(within: Within) -> Rows:
        wrong = ~Q(event=F(path)) & Q(**{f"{path}__isnull": False})
        found = within.narrow(model._default_manager.filter(wrong), path).order_by("pk")
        return found.values_list("pk", "event_id", path)

    return rows


_ASTRAY = {model: _astray(model, path) for model, path in PARENTS.items()}
