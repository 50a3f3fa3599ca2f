"""`search=` of lists: plain words, or conditions such as `session_status=live,capacity>=50`.

Conditions are `field=value`, `!=`, `<`, `>`, `<=`, `>=`; a text may begin or end with a star. A comma means and, with
`searchCondition=or` it means or. A field that is not known, or a value that it cannot hold, is refused: an empty list
would read as if there were nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from rest_framework.request import Request

from events.api import parameters
from events.errors import Invalid
from events.models import normalise_email

LARGEST = 2**63 - 1
MOST_CONDITIONS = 20
_CONDITION = re.compile(r"\s*([A-Za-z_]\w*)\s*(!=|<=|>=|=|<|>)(.*)", re.DOTALL | re.ASCII)
_ORDER = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}


@dataclass(frozen=True)
class Text:
    """A text, compared without regard to capitals; `*` at its beginning or end stands for anything."""

    column: str

    def condition(self, sign: str, typed: str) -> Q:
        """The rows that this column matches. Raises ValueError with what may be asked instead."""
        if sign in _ORDER:
            raise ValueError(_("Texts have no order here. Use = or !=."))
        inner = typed.strip("*")
        if "*" in inner:
            raise ValueError(_("A star stands at the beginning or the end."))
        if not inner:
            # A star alone is any text; nothing at all is none.
            empty = Q(**{self.column: ""}) | Q(**{f"{self.column}__isnull": True})
            return ~empty if typed else empty
        return Q(**{f"{self.column}__{_lookup(typed)}": inner})


@dataclass(frozen=True)
class Address(Text):
    """An e-mail address, however it is written."""

    def condition(self, sign: str, typed: str) -> Q:
        """The rows with this address."""
        return super().condition(sign, typed if "*" in typed else normalise_email(typed))


def _lookup(typed: str) -> str:
    begins, ends = typed.startswith("*"), typed.endswith("*")
    if begins and ends:
        return "icontains"
    return "iendswith" if begins else "istartswith" if ends else "iexact"


@dataclass(frozen=True)
class Number:
    """A whole number."""

    column: str

    def condition(self, sign: str, typed: str) -> Q:
        """The rows whose number compares so; nothing typed asks for no number at all."""
        return _compared(self.column, sign, typed, _number)


@dataclass(frozen=True)
class Day:
    """A day such as 2026-11-20."""

    column: str

    def condition(self, sign: str, typed: str) -> Q:
        """The rows whose day compares so."""
        return _compared(self.column, sign, typed, _day)


@dataclass(frozen=True)
class Moment:
    """An instant; a day alone is its midnight in UTC, and the whole day where it is asked for equality."""

    column: str

    def condition(self, sign: str, typed: str) -> Q:
        """The rows whose moment compares so."""
        day = _day_or_none(typed)
        if day is not None and sign not in _ORDER:
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
            return Q(**{f"{self.column}__gte": midnight, f"{self.column}__lt": midnight + timedelta(days=1)})
        return _compared(self.column, sign, typed, parameters.read_moment)


@dataclass(frozen=True)
class Flag:
    """1 or 0; true and false too."""

    column: str

    def condition(self, sign: str, typed: str) -> Q:
        """The rows whose flag is so."""
        if sign in _ORDER or typed.lower() not in parameters.TRUE | parameters.FALSE:
            raise ValueError(_("Give 1 or 0."))
        return Q(**{self.column: typed.lower() in parameters.TRUE})


@dataclass(frozen=True)
class Word:
    """One of a few known words."""

    column: str
    words: Sequence[str]

    def condition(self, sign: str, typed: str) -> Q:
        """The rows with this word."""
        if sign in _ORDER or typed not in self.words:
            raise ValueError(_("Known here: %(known)s.") % {"known": ", ".join(self.words)})
        return Q(**{self.column: typed})


Known = Mapping[str, Text | Number | Day | Moment | Flag | Word]


def narrowed(rows: QuerySet[Any], request: Request, text: str, known: Known) -> QuerySet[Any] | None:
    """The rows for which the conditions hold; None where the text is plain words. Raises Invalid."""
    joined = request.query_params.get("searchCondition", "and").lower()
    if joined not in {"and", "or"}:
        raise Invalid(fields={"searchCondition": [_("Give “and” or “or”.")]})
    parts = text.split(",")
    if not any(_CONDITION.fullmatch(part) for part in parts):
        return None
    if len(parts) > MOST_CONDITIONS:
        raise Invalid(fields={"search": [_("Give at most %(n)d conditions.") % {"n": MOST_CONDITIONS}]})
    every = [_condition(part, known) for part in parts]
    if joined == "and":
        return rows.filter(*every)
    one_of = Q()
    for condition in every:
        one_of |= condition
    return rows.filter(one_of)


def fields_named(text: str) -> set[str]:
    """The fields that the conditions of a search name; none where it is plain words."""
    found = [_CONDITION.fullmatch(part) for part in text.split(",")]
    return {match[1] for match in found if match}


def without_stars(text: str) -> str:
    """Plain words, which are looked for anywhere: the stars around them say nothing more."""
    return " ".join(word.strip("*") for word in text.split())


def _condition(part: str, known: Known) -> Q:
    found = _CONDITION.fullmatch(part)
    if found is None:
        words = _("“%(part)s” is no condition. Between commas give field=value; a value holds no comma.")
        raise Invalid(fields={"search": [words % {"part": part.strip()[:100]}]})
    name, sign, typed = found.groups()
    if name not in known:
        words = _("“%(word)s” cannot be searched. Known here: %(known)s.")
        shown = {"word": name[:100], "known": ", ".join(sorted(known)) or "–"}
        raise Invalid(fields={"search": [words % shown]})
    try:
        condition = known[name].condition(sign, typed.strip())
    except ValueError as error:
        raise Invalid(fields={"search": [f"{name}: {error}"]}) from error
    return ~condition if sign == "!=" else condition


def _compared(column: str, sign: str, typed: str, read: Any) -> Q:
    if not typed and sign not in _ORDER:
        return Q(**{f"{column}__isnull": True})
    return Q(**{f"{column}__{_ORDER.get(sign, 'exact')}": read(typed)})


def _number(typed: str) -> int:
    if not re.fullmatch(r"-?\d{1,19}", typed, re.ASCII) or abs(int(typed)) > LARGEST:
        raise ValueError(_("Give a whole number."))
    return int(typed)


def _day(typed: str) -> date:
    found = _day_or_none(typed)
    if found is None:
        raise ValueError(_("Give a day such as 2026-11-20."))
    return found


def _day_or_none(typed: str) -> date | None:
    try:
        return parse_date(typed) if re.fullmatch(r"\d{4}-\d\d-\d\d", typed, re.ASCII) else None
    except ValueError:
        return None
