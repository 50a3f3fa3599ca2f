"""Columns that the files of several panels share."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from events.admin import words


def given_columns(zone: ZoneInfo) -> list[tuple[Any, Any]]:
    """What a file says about how a seat was given, and given back."""
    return [
        (_("Registered"), lambda row: words.moment(row.registered_at, zone)),
        (_("Came by"), lambda row: row.get_source_display()),
        (_("Added by"), lambda row: row.added_by or ""),
        (_("Past capacity"), lambda row: words.yes_no(row.is_past_capacity)),
        (_("Reason"), lambda row: row.reason),
        (_("Cancelled"), lambda row: words.moment(row.cancelled_at, zone)),
        (_("Reason for cancelling"), lambda row: row.cancel_reason),
    ]
