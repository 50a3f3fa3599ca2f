"""What a programme is narrowed to, in words: a chip for each filter, and what to loosen where nothing is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from events.names import isolated
from sessions_app.filters import SessionFilterSet

# In the order in which they stand on the page; the words looked for stand in their own box.
FILTERS = ("track", "kind", "level", "room", "time", "speaker", "free", "fits", "starred")


@dataclass(frozen=True)
class Chip:
    """One filter in words, and the address of the programme without it."""

    name: str
    words: str
    address: str
    # How many sessions are left without it; None where nobody counted.
    count: int | None = None


def narrowed_to(query: QueryDict, *but: str) -> QueryDict:
    """What the address asks for, without these and without what is empty."""
    kept = query.copy()
    for name in list(kept):
        if name in but or not str(kept[name]).strip():
            del kept[name]
    return kept


def chips_of(filters: SessionFilterSet, query: QueryDict) -> list[Chip]:
    """The filters that are set, each with the way back."""
    return [
        Chip(name, words, _address(query, name)) for name in FILTERS for words in _words_of(filters, name)
    ]


def loosened(filters: SessionFilterSet, query: QueryDict) -> list[Chip]:
    """The filters without which something would be left; each is counted, so only where nothing is."""
    if not filters.is_valid():
        return []
    found = []
    for name in ("q", "day", *FILTERS):
        for words in _words_of(filters, name):
            count = filters.without(name).count()
            if count:
                found.append(Chip(name, words, _address(query, name), count))
    return found


def _address(query: QueryDict, name: str) -> str:
    return f"?{narrowed_to(query, name, 'at', 'page').urlencode()}"


def _words_of(filters: SessionFilterSet, name: str) -> Iterator[str]:
    """What the filter asks for: “Track: Rust”, “Seats free”; nothing where it is not set, or says nothing."""
    field, value = filters.form.fields[name], filters.form[name].value()
    if not value or name in filters.form.errors:
        return
    if name in {"free", "fits", "starred"}:
        yield str(field.label)
        return
    choices = dict(getattr(field, "choices", ()))
    words = {"filter": field.label, "value": isolated(str(choices.get(value, value)))}
    yield _("%(filter)s: %(value)s") % words
