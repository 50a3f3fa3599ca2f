"""A verb: what may be done with rows of a list, what it would do to whom, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict

from events import counted
from events.actors import Actor
from events.admin.verbs.forms import ConfirmForm
from events.errors import Refusal

# How many rows one transaction changes at most: locks are held shortly, and no statement grows too long.
PORTION = 500


class Listing(Protocol):
    """One list of rows as a verb knows it: a panel, or the page of one object, which is a list of one row."""

    @property
    def user(self) -> Any:
        """The member of staff who looks at it."""

    @property
    def target(self) -> Any:
        """What its rows belong to; the object itself where that is the one row."""

    def name_of(self, row: Any) -> str:
        """A row's name, as a person says it."""

    def row_url(self, row: Any) -> str:
        """Where the row's own page is; empty for none."""

    def add_figures(self, rows: list[Any]) -> None:
        """Give each row the figures that it is shown with."""


@dataclass(frozen=True)
class Consequence:
    """One line of the table that is shown before anything happens: who, how it is now, how it will be then.

    `kind` is one of the style sheet's status words, for how `then` is marked.
    """

    who: Any
    now: Any
    then: Any
    kind: str = ""


@dataclass(frozen=True)
class Obstacle:
    """Why a verb cannot be done to these rows as they are, and the way out: a link with its words."""

    words: tuple[Any, ...]
    url: str = ""
    link: Any = ""


@dataclass(frozen=True)
class Decision:
    """What was decided on the page: by whom, why, whether those concerned are told, and what else was asked."""

    actor: Actor
    reason: str = ""
    notify: bool = True
    given: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.given[name]


@dataclass
class Refused:
    """One row that was refused, and where to find it."""

    name: str
    url: str = ""


@dataclass
class Done:
    """What became of a verb: one line of words, how many were served, and who was refused for which reason.

    `shown_once` is a secret that was made, which nobody can look up afterwards.
    """

    words: str
    count: int = 1
    refused: dict[str, list[Refused]] = field(default_factory=dict)
    shown_once: str = ""

    def refuse(self, reason: object, name: str, url: str = "") -> None:
        """Add one refusal to those with the same reason."""
        self.refused.setdefault(str(reason), []).append(Refused(name, url))

    @property
    def refused_count(self) -> int:
        """How many were refused."""
        return sum(len(rows) for rows in self.refused.values())

    def saying(self, words: str) -> Done:
        """What was done, summed up in these words and the number of those refused."""
        self.words = words
        if self.refused_count:
            self.words += f" {counted.refused(self.refused_count)}."
        return self


L = TypeVar("L", bound=Listing)


class Verb(Generic[L]):
    """One verb. Its button and its deed ask the same `is_allowed`; `rows` is a queryset, or one object in a list."""

    key: ClassVar[str]
    label: ClassVar[Any]
    title: ClassVar[Any]
    note: ClassVar[Any] = ""
    # What is asked for, by the model that the rows belong to; a model that is missing has no such verb.
    permissions: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    form_class: ClassVar[type[forms.Form]] = ConfirmForm
    is_danger: ClassVar[bool] = False
    is_main: ClassVar[bool] = False
    # Whether the page it leads to may open over the one that it is called from.
    opens_dialog: ClassVar[bool] = False

    def is_allowed(self, user: Any, target: Any) -> bool:
        """True when this member of staff may use the verb here."""
        permissions = self.permissions.get(target._meta.model_name)
        return permissions is not None and user.has_perms(permissions)

    def applies(self, row: Any) -> bool:
        """True while there is something to do with this row."""
        return True

    def obstacle(self, listing: L, rows: Any) -> Obstacle | None:
        """What stands in the way; None for nothing."""
        return None

    def why_not(self, listing: L) -> str:
        """Why the verb cannot be done to any row of this list now; empty where it can."""
        return ""

    def own_page(self, request: HttpRequest, frame: Any, listing: L, rows: Any) -> HttpResponse | None:
        """A page that asks and acts by itself, for verbs that need more than a table and questions."""
        return None

    def form(self, listing: L, data: QueryDict | None) -> forms.Form:
        """The questions asked before the deed; unbound when `data` is None."""
        return self.form_class(data)

    def consequences(self, listing: L, rows: list[Any]) -> list[Consequence]:
        """What would become of these rows."""
        raise NotImplementedError

    def warning(self, listing: L, count: int) -> str:
        """One sentence about the whole, shown before the deed."""
        return ""

    def deed(self, count: int) -> str:
        """The words of the button that does it."""
        return str(self.label)

    def deed_past_capacity(self, listing: L, rows: Any) -> tuple[str, str]:
        """The words of that button without and with past capacity; empty for verbs that do not ask."""
        return "", ""

    def act(self, listing: L, rows: Any, decided: Decision) -> Done:
        """Do it, and say what became of it. Raises a Refusal where the whole was refused."""
        raise NotImplementedError


def in_portions(
    rows: Iterable[Any],
    listing: Listing,
    act: Callable[[list[Any]], int],
    *,
    done_words: Callable[[int], str],
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
                done.refuse(refusal.message, listing.name_of(row), listing.row_url(row))
            break
        left = left[PORTION:]
    return done.saying(done_words(done.count))


def one_by_one(
    rows: Iterable[Any], listing: Listing, act: Callable[[Any], Any], *, done_words: Callable[[int], str]
) -> Done:
    """Act on each row by itself, so that one refusal keeps nobody else from it; `act` returns why not, or nothing."""
    done = Done("", 0)
    for row in rows:
        try:
            refused = act(row)
        except Refusal as refusal:
            refused = refusal.message
        if refused:
            done.refuse(refused, listing.name_of(row), listing.row_url(row))
        else:
            done.count += 1
    return done.saying(done_words(done.count))
