"""A column that is filled while people register: in short transactions, and from where the last try ended."""

from typing import Any

from django.db.models import F, Model, OuterRef, Subquery


def fill_event(model: type[Model], found: Any, *, at_once: int) -> None:
    """Give each row without an event the one that `found` finds for it, so many rows in one statement."""
    rows, last = model._default_manager.order_by("pk"), 0
    while pks := rows.filter(event=None, pk__gt=last).values_list("pk", flat=True)[:at_once]:
        batch = list(pks)
        rows.filter(event=None, pk__gt=last, pk__lte=batch[-1]).order_by().update(event=found)
        last = batch[-1]


def event_by(model: type[Model], **where: str) -> Subquery:
    """The event of the row of `model` to which these columns of the outer row lead."""
    leads = {name: OuterRef(column) for name, column in where.items()}
    own = "pk" if model._meta.model_name == "event" else "event_id"
    return Subquery(model._default_manager.order_by().filter(**leads).values(found=F(own))[:1])
