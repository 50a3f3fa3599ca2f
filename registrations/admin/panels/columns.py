"""Columns of files. A file has up to a hundred thousand rows: what is the same in all of them is said once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils.translation import gettext as _

Value = Callable[[Any], Any]


def choice(model: type[Model], name: str) -> Value:
    """Return what says the choice in this field by its words, in the reader's language."""
    words = {value: str(label) for value, label in model._meta.get_field(name).flatchoices}  # type: ignore[union-attr]
    return lambda row: words.get(getattr(row, name), "")


def yes_no(name: str) -> Value:
    """Return what says whether this field is true."""
    yes, no = _("yes"), _("no")
    return lambda row: yes if getattr(row, name) else no


def moment(name: str, zone: ZoneInfo) -> Value:
    """Return what says this moment by the clocks of `zone`, as spreadsheet programs know one: 2027-03-02 10:00."""

    def value(row: Any) -> str:
        at = getattr(row, name)
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else ""

    return value


def given_columns(model: type[Model], zone: ZoneInfo) -> list[tuple[Any, Value]]:
    """What a file says about how a seat was given, and given back."""
    return [
        (_("Registered"), moment("registered_at", zone)),
        (_("Came by"), choice(model, "source")),
        (_("Added by"), lambda row: row.added_by or ""),
        (_("Past capacity"), yes_no("is_past_capacity")),
        (_("Reason"), lambda row: row.reason),
        (_("Cancelled"), moment("cancelled_at", zone)),
        (_("Reason for cancelling"), lambda row: row.cancel_reason),
    ]
