"""Requests as other systems' clients spell them, read as what this API calls the same thing. No rules here.

A form writes lists as `a=1&a=2`, `a[]=1` or `a[0]=1`, and what lies inside a field as `building[name]` or
`building.name`. Answers and other custom fields may stand flat, as `c_1001`. What nobody would read is left as it
came, so that it is refused as unknown, never dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import copy
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers

CUSTOM = "custom_fields"
_IN_BRACKETS = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_NUMBER = re.compile(r"[0-9]{0,4}")
_FLAT = re.compile(r"c_[0-9]{1,18}")
# A field inside the rows of a list, as the library spells it: layouts[0]name.
_OF_ROW = re.compile(r"[^\[\].]+\[[0-9]{1,4}\][^\[\].]+")


def read_form(form: QueryDict) -> QueryDict:
    """The form with each name spelled as the serializers read it; values keep their order."""
    if not any("[" in name for name in form):
        return form
    spelled = QueryDict(mutable=True)
    for name, values in form.lists():
        for value in values:
            spelled.appendlist(_spelled(name), value)
    return spelled


def _spelled(name: str) -> str:
    found = _IN_BRACKETS.fullmatch(name)
    if found is None or found[1] == CUSTOM:
        return name
    if _FLAT.fullmatch(found[1]):
        # A list of choices: c_1001[]=Tea.
        return f"{CUSTOM}[{found[1]}]{found[2]}"
    base, inner = found[1], found[2][1:-1].split("][")
    match inner:
        case [number] if _NUMBER.fullmatch(number):
            return base
        case [part]:
            return f"{base}.{part}"
        case [number, part] if number and _NUMBER.fullmatch(number):
            return f"{base}[{number}]{part}"
    return name


def understood(data: Mapping[str, Any], fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body with custom fields in their one place, and without what a form says only by being blank.

    Raises ValidationError where a form says two things of one field.
    """
    if CUSTOM in fields:
        data = _with_custom_fields(data)
    return _without_blank_lists(data, fields) if isinstance(data, QueryDict) else data


def unknown_names(data: Mapping[str, Any], fields: Mapping[str, Any]) -> list[str]:
    """The names of a body that no field reads."""
    if not isinstance(data, QueryDict):
        return [name for name in data if name not in fields]
    return [name for name in data if not _is_read(name, fields)]


def _is_read(name: str, fields: Mapping[str, Any]) -> bool:
    if name in fields:
        return True
    field = fields.get(re.split(r"[\[.]", name)[0])
    if isinstance(field, serializers.ListSerializer):
        return bool(_OF_ROW.fullmatch(name))
    return isinstance(field, serializers.Serializer) and "." in name and "[" not in name


def _with_custom_fields(data: Mapping[str, Any]) -> Mapping[str, Any]:
    parts = [name for name in data if _FLAT.fullmatch(name) or name.startswith((f"{CUSTOM}[", f"{CUSTOM}."))]
    if not parts:
        return data
    if not isinstance(data, QueryDict):
        given = data.get(CUSTOM, {})
        rest = {name: value for name, value in data.items() if name not in parts}
        more = {name: data[name] for name in parts}
        return {**rest, CUSTOM: {**given, **more} if isinstance(given, dict) else given}
    form = copy(data)
    given = read_json(form.get(CUSTOM, ""))
    for part in parts:
        given = _with_part(given, part, form.pop(part))
    form.setlist(CUSTOM, [json.dumps(given)])
    return form


def _with_part(given: Any, part: str, values: list[str]) -> Any:
    """The custom fields with one more; a text that is refused as no object where it cannot be understood."""
    inner = re.findall(r"[^\[\].]+|(?<=\[)(?=\])", part.removeprefix(CUSTOM))
    match inner:
        case [name]:
            more: Any = values[-1]
        case [name, number] if _NUMBER.fullmatch(number):
            more = values
        case [name, number, "id"] if _NUMBER.fullmatch(number):
            more = [{"id": int(each) if each.isdecimal() else each} for each in values]
        case _:
            return part
    if not isinstance(given, dict) or (name in given and not isinstance(given[name], type(more))):
        return part
    return {**given, name: given[name] + more if isinstance(more, list) and name in given else more}


def read_json(text: str) -> Any:
    """What a form's field says as JSON; the text itself where it is none."""
    try:
        return json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return text


def _without_blank_lists(form: QueryDict, fields: Mapping[str, Any]) -> QueryDict:
    # Its own `copy` would copy what was uploaded with it, which cannot be where that is large.
    read = copy(form)
    twice = {}
    for name, values in form.lists():
        field = fields.get(name)
        if isinstance(field, serializers.ListField):
            chosen = [value for value in values if value != ""]
            if chosen:
                read.setlist(name, chosen)
            else:
                del read[name]
        elif len(set(values)) > 1 and not getattr(field, "is_flag", False):
            twice[name] = [_("Give this once.")]
    if twice:
        raise serializers.ValidationError(twice)
    return read
