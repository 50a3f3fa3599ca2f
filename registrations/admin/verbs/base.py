"""What may be done with the rows of a panel: ticked ones, or all that match beyond the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.actors import Actor
from events.admin.words import taken_of
from events.errors import Invalid, Refusal
from registrations.admin import access
from registrations.admin.access import Target
from registrations.admin.panels.base import Panel
from registrations.admin.panels.changelist import change_url
from registrations.rules.people import Attendee
from registrations.rules.results import PersonLine

# How many lines a confirmation lists; the others are counted.
SHOWN_ROWS = 50
# How many rows one transaction changes at most: locks are held shortly, and no statement grows too long.
PORTION = 500


@dataclass
class Refused:
    """One row that was refused, and where to find it."""

    name: str
    url: str = ""


@dataclass
class Done:
    """What became of a verb: one line of words, how many were served, and who was refused for which reason."""

    words: str
    count: int
    refused: dict[str, list[Refused]] = field(default_factory=dict)

    def refuse(self, reason: object, name: str, url: str = "") -> None:
        """Add one refusal to those with the same reason."""
        self.refused.setdefault(str(reason), []).append(Refused(name, url))

    @property
    def refused_count(self) -> int:
        """How many were refused."""
        return sum(len(rows) for rows in self.refused.values())


@dataclass(frozen=True)
class Consequence:
    """One line of the table that is shown before anything happens."""

    who: Any
    now: Any
    then: Any
    kind: str = ""


class Verb:
    """One verb of a panel. The button and the deed ask the same `is_allowed`."""

    key: ClassVar[str]
    label: ClassVar[Any]
    title: ClassVar[Any]
    note: ClassVar[Any] = ""
    permissions: ClassVar[Mapping[str, tuple[str, ...]]]
    form_class: ClassVar[type[forms.Form]]
    is_danger: ClassVar[bool] = False
    is_main: ClassVar[bool] = False

    def is_allowed(self, user: Any, target: Target) -> bool:
        """True when this member of staff may use the verb here."""
        permissions = self.permissions.get(access.kind_of(target))
        return permissions is not None and access.may(user, access.event_of(target), *permissions)

    def url(self, panel: Panel) -> str:
        """Where the panel's button sends its ticked rows."""
        return reverse(
            "admin:panel_verb", args=[access.kind_of(panel.target), panel.target.pk, panel.key, self.key]
        )

    def form(self, request: HttpRequest, panel: Panel, data: QueryDict | None) -> forms.Form:
        """The questions asked before the deed; unbound when `data` is None."""
        return self.form_class(data)

    def consequences(self, panel: Panel, rows: list[Any]) -> list[Consequence]:
        """What would become of these rows."""
        raise NotImplementedError

    def warning(self, request: HttpRequest, panel: Panel, count: int) -> str:
        """One sentence about the whole, shown before the deed."""
        return ""

    def deed(self, count: int) -> str:
        """The words of the primary button."""
        raise NotImplementedError

    def answer(self, panel: Panel, rows: QuerySet[Any]) -> HttpResponse | None:
        """A response instead of a confirmation, for verbs that change nothing."""
        return None

    def deed_past_capacity(self, panel: Panel, rows: QuerySet[Any]) -> tuple[str, str]:
        """The words of the button without and with past capacity; empty for verbs that do not ask."""
        return "", ""

    def act(self, panel: Panel, rows: QuerySet[Any], data: dict[str, Any], actor: Actor) -> Done:
        """Do it, and say what became of it. Raises a Refusal where the whole was refused."""
        raise NotImplementedError


@dataclass(frozen=True)
class Selection:
    """Which rows a verb was asked for."""

    ids: list[int]
    is_across: bool
    parameters: str

    @classmethod
    def of(cls, data: QueryDict) -> Selection:
        """Read the ticked rows; with `across` all that match the panel's search and filters."""
        return cls(ids_in(data.getlist("row")), data.get("across") == "1", data.get("parameters", ""))

    def refusal(self) -> Refusal:
        """Why nothing can be done when no row is left."""
        if self.ids or self.is_across:
            return Refusal(_("None of the chosen rows is in this list any more. Somebody was faster."))
        return Invalid(_("Choose at least one row first."))

    def rows(self, request: HttpRequest, panel: Panel) -> QuerySet[Any]:
        """The chosen rows of this panel and of no other, in the panel's order."""
        if self.is_across:
            return panel.read_exactly(request, QueryDict(self.parameters)).queryset
        page = panel.read(request, QueryDict())
        return (
            page.root_queryset.filter(pk__in=self.ids)
            .select_related(*panel.list_select_related)
            .order_by(*page.get_ordering(request, page.root_queryset))
        )


def ids_in(values: Iterable[str]) -> list[int]:
    """The row numbers among what a browser sent; anything else, and what no database can hold, is left out."""
    return [int(value) for value in values if value.isdecimal() and len(value) < 19]


def in_portions(
    rows: Iterable[Any], panel: Panel, act: Callable[[list[Any]], int], *, done_words: Callable[[int], str]
) -> Done:
    """Act on very many rows in several transactions. Refused later on, those not reached are listed."""
    done, left = Done("", 0), list(rows)
    while left:
        portion = left[:PORTION]
        try:
            done.count += act(portion)
        except Refusal as refusal:
            if not done.count:
                raise
            for row in left:
                done.refuse(refusal.message, panel.name_of(row), panel.row_url(row))
            break
        left = left[PORTION:]
    return _with_refused(done, done_words(done.count))


def one_by_one(
    rows: Iterable[Any], panel: Panel, act: Callable[[Any], Any], *, done_words: Callable[[int], str]
) -> Done:
    """Act on each row by itself, so that one refusal keeps nobody else from it; `act` returns why not, or nothing."""
    done = Done("", 0)
    for row in rows:
        try:
            refused = act(row)
        except Refusal as refusal:
            refused = refusal.message
        if refused:
            done.refuse(refused, panel.name_of(row), panel.row_url(row))
        else:
            done.count += 1
    return _with_refused(done, done_words(done.count))


def summed_up(lines: Iterable[PersonLine], target: Target) -> Done:
    """Sum up what became of several people: how many have a seat now, how full it is, and who was refused why."""
    lines = list(lines)
    added = [line for line in lines if line.is_success]
    past = sum(line.is_past_capacity for line in added)
    said = ngettext("%(n)d person registered", "%(n)d people registered", len(added)) % {"n": len(added)}
    said += ", " + _("%(n)d of them past capacity") % {"n": past} if past else ""
    target.seats.refresh_from_db()
    done = Done("", len(added))
    for line in lines:
        if not line.is_success:
            url = change_url(line.registration) if line.registration else ""
            done.refuse(line.message, name_of(line.attendee), url)
    return _with_refused(done, f"{said} ({taken_of(target.seats)}).")


def name_of(attendee: Attendee) -> str:
    """The person's name, else the address."""
    return f"{attendee.first_name} {attendee.last_name}".strip() or attendee.email


def _with_refused(done: Done, said: str) -> Done:
    done.words = said
    if done.refused_count:
        done.words += " " + _("%(refused)d refused.") % {"refused": done.refused_count}
    return done
