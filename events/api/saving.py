"""Steps of every write: whose event it is, the model's own checks, and an admin form's checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events.errors import Invalid
from events.models import Event


def event_to_write(events: QuerySet[Event], event_id: int, row: Any = None) -> Event:
    """The event that a request names. Raises Invalid for one the client does not see, or another than the row's."""
    if row is not None and row.event_id != event_id:
        raise Invalid(fields={"event_id": [_("It stays with its event.")]})
    event = events.select_related("seats").filter(pk=event_id).first()
    if event is None:
        raise Invalid(fields={"event_id": [_("There is no such event.")]})
    return event


def hold(row: models.Model, values: Mapping[str, Any]) -> bool:
    """Let the row hold the values; True where one of them is another than before, or the row is new.

    A record that was sent back as it was read is no change, of which other systems would be told.
    """
    others = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in others.items():
        setattr(row, name, value)
    return bool(others) or row.pk is None


def save_checked(row: models.Model) -> None:
    """Save the row after the model's own checks. Raises ValidationError, which becomes 422 with its fields."""
    row.full_clean()
    row.save()


def check_form(form: forms.BaseForm, names: Mapping[str, str]) -> None:
    """Raises Invalid with what an admin form complains about, under the API's names of its fields."""
    if form.is_valid():
        return
    fields: dict[str, list[str]] = {}
    for name, errors in form.errors.items():
        key = "body" if name == "__all__" else names.get(name, name)
        fields.setdefault(key, []).extend(str(error) for error in errors)
    raise Invalid(fields=fields)
