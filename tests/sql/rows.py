"""Rows of any model in which every column has been seen: filled, and empty where it may be. Nothing they name exists.

Foreign keys are asked for at the end of a transaction: whoever writes these rows has to roll back.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from oauth2_provider.models import AccessToken

from events.models import ApiClient, Event
from registrations.models import (
    AddressCode,
    AddressMail,
    Draw,
    Order,
    OrderLine,
    Payment,
    Refund,
    TicketHolder,
)
from registrations.models.address_codes import MOST_TRIES
from tests.factories import FIRST_DAY
from waitlists.models import WaitlistItem

APPS = ("events", "sessions_app", "waitlists", "registrations")
# What a column of this kind holds; later columns of a row hold more, so that an end comes after its beginning.
_BY_KIND: list[tuple[type[models.Field[Any, Any]], Any]] = [
    (models.ForeignKey, lambda field, n: field.target_field.to_python(1_000 * n + 7)),
    (models.UUIDField, lambda field, n: uuid.uuid4()),
    (models.BooleanField, lambda field, n: not field.get_default()),
    (models.DateTimeField, lambda field, n: FIRST_DAY + timedelta(minutes=n, microseconds=123_456)),
    (models.DateField, lambda field, n: date(2031, 5, 5) + timedelta(days=n % 300)),
    (models.DecimalField, lambda field, n: Decimal("12.50")),
    (models.JSONField, lambda field, n: {"of": [n, None, True, "Ü “x” %s"]}),
    (models.IntegerField, lambda field, n: n + 1),
    (models.BinaryField, lambda field, n: b"\x00%d\xff" % n),
    (models.TextField, lambda field, n: f"{n} ü\n“%s”"),
    (models.FileField, lambda field, n: f"{n}.png"),
    (models.CharField, lambda field, n: f"{n}ü{field.name}"[: field.max_length].lower()),
]
# What the model's own constraints allow, in several rows where it takes several: an invited one, and one passed over.
_MORE: dict[type[models.Model], list[dict[str, Any]]] = {
    WaitlistItem: [
        {"invitation_slot_id": None, "passed_over_at": None, "until_hours": 2},
        {"status": "invited", "closed_at": None, "passed_over_at": None, "until_hours": None},
        {"status": "waiting", "closed_at": None, "invitation_slot_id": None, "until_hours": 720},
    ],
    AccessToken: [{"resource": ["https://example.org"]}],
    AddressCode: [{"tries": MOST_TRIES}],
    AddressMail: [{"tries": MOST_TRIES}],
    TicketHolder: [{"number": 2}],
    Draw: [{"published_at": None}, {"state": "published", "cancelled_at": None}],
    Order: [
        {"state": "held", "paid_at": None, "ended_at": None, "way": "online"},
        {"held_until": None, "way": "invoice"},
    ],
    OrderLine: [{"is_held": False}, {"is_held": True, "registration_id": None}],
    Payment: [{"state": "paid"}, {"state": "begun", "paid_at": None}],
    Refund: [{"state": "done"}, {"state": "due", "done_at": None}],
    Event: [{"badge_width_mm": 90, "badge_height_mm": 55, "people_in_one_go": 3}],
}


def all_models() -> list[type[models.Model]]:
    """Every model of ours that has a plain id, but for the API's clients, whose secret is hashed when it is saved."""
    found = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return [model for model in found if model is not ApiClient and model._meta.auto_field]


def rows_of(model: type[models.Model], number: int = 1) -> list[models.Model]:
    """Rows not written yet, with other values for another number: all that is filled, and all that may be empty."""
    first, columns = 200 * number, _columns(model)
    filled = [
        model(**{**_filled(columns, first + 50 * place), **more})
        for place, more in enumerate(_MORE.get(model, [{}]))
    ]
    values = _filled(columns, first + 150)
    may_be_empty = (field for _index, field in columns if field.null or field.blank or field.has_default())
    empty = {field.attname: field.get_default() for field in may_be_empty if not field.unique or field.null}
    return [*filled, model(**{**values, **empty})]


def _filled(columns: list[tuple[int, models.Field[Any, Any]]], first: int) -> dict[str, Any]:
    return {field.attname: _value(field, first + index) for index, field in columns}


def _columns(model: type[models.Model]) -> list[tuple[int, models.Field[Any, Any]]]:
    return [
        (index, field) for index, field in enumerate(model._meta.concrete_fields) if not field.primary_key
    ]


def _value(field: models.Field[Any, Any], number: int) -> Any:
    if field.choices:
        return list(field.flatchoices)[-1][0]
    return next(make(field, number) for kind, make in _BY_KIND if isinstance(field, kind))


def unseen(rows: Sequence[models.Model], attnames: Sequence[str]) -> list[str]:
    """Columns of which these rows never show a value, or never its absence where it may be absent."""
    fields = {field.attname: field for field in type(rows[0])._meta.concrete_fields}
    found = []
    for name in attnames:
        values = [getattr(row, name) for row in rows]
        if all(value in (None, "") for value in values):
            found.append(f"{name} is never filled")
        if fields[name].null and None not in values:
            found.append(f"{name} is never empty")
    return found


def content(row: models.Model) -> dict[str, tuple[type, Any]]:
    """What the instance holds, column by column, with the kind of each value."""
    return {name: (type(value), value) for name, value in vars(row).items() if name != "_state"}


def moment_of_writing(model: type[models.Model]) -> set[str]:
    """Columns that say when the row was written."""
    return {
        str(field.column)
        for field in model._meta.concrete_fields
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    }
