"""A speaker's name and biography, which other systems know by other words: read by both, written by either."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from events.errors import Invalid
from events.names import NAME_MISSING, clean_name
from sessions_app.models import Speaker


def columns_of(speaker: Speaker, values: dict[str, Any]) -> dict[str, Any]:
    """The columns that the request's values mean.

    In a record that is sent back, what is another than before counts. Raises Invalid where two words for one thing are
    both another, and disagree; or where a speaker would have no name.
    """
    columns = {
        name: value for name, value in values.items() if name not in {"bio", "first_name", "last_name"}
    }
    if {"bio", "biography"} & set(values):
        columns["biography"] = _either(values, "biography", "bio", speaker.biography)
    if {"name", "first_name", "last_name"} & set(values) or speaker.pk is None:
        columns |= _named(speaker, values)
    return columns


def _either(values: dict[str, Any], ours: str, theirs: str, now: str) -> str:
    changed = [name for name in (ours, theirs) if name in values and values[name] != now]
    if len({values[name] for name in changed}) > 1:
        raise Invalid(fields={theirs: [_("“%(name)s” says otherwise.") % {"name": ours}]})
    return values[changed[0]] if changed else now


def _named(speaker: Speaker, values: dict[str, Any]) -> dict[str, str]:
    """The name, and its parts where they were said."""
    said = {name: clean_name(values[name]) for name in ("name", "first_name", "last_name") if name in values}
    first, last = speaker.names
    parts = said.get("first_name", first), said.get("last_name", last)
    made = " ".join(part for part in parts if part)
    name = said.get("name", speaker.name)
    if parts != (first, last) and name not in {made, speaker.name}:
        raise Invalid(fields={"name": [_("“first_name” and “last_name” say otherwise.")]})
    if parts != (first, last):
        name = made
    if not name:
        field = "name" if "name" in said or not said else "first_name"
        raise Invalid(fields={field: [str(NAME_MISSING)]})
    if name == speaker.name and parts == (first, last):
        return {}
    return {"name": name} if name != made else {"name": name, "first_name": parts[0], "last_name": parts[1]}
