"""Choices in words, one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.encoding import force_str


@cache
def _words_of(field: Any) -> Mapping[Any, Any]:
    """The words for each choice of a field, in no language yet."""
    return dict(field.flatchoices)


class InWords:
    """Mixed into models that lists show: `get_…_display` puts into words only what the row has.

    Django's own translates every choice of the field, to look one of them up: for a line of the ledger that is dearer
    than all else that is shown of it.
    """

    def _get_FIELD_display(self, field: Any) -> Any:  # Django calls it so
        value = getattr(self, field.attname)
        return force_str(_words_of(field).get(value, value), strings_only=True)
