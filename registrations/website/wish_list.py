"""A list of wishes as its page shows it: in order, each with what it overlaps; and what was sent of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registrations.forms import RefusableForm
from registrations.models.tickets import MOST_WISHES
from registrations.rules import clashes
from registrations.rules.choices import LARGEST_PLACE
from registrations.rules.outcomes import names_at
from sessions_app.models import Session

Stated = list[tuple[Session, int | None]]
# The moves of one wish: what a button named so does to the list, before it is kept.
MOVES = ("first", "up", "down", "remove", "again")


@dataclass(frozen=True)
class WishLine:
    """One wish: its session, its rank, and what stands in its way already."""

    session: Session
    rank: int
    overlaps: str = ""
    # Where it may be said up to which place it is waited for.
    most: BoundField | None = None


class WishesForm(RefusableForm):
    """The list in its order, and for each wish up to which place in line it is waited for, where that is asked."""

    def __init__(self, data: Any, *, stated: Stated, may_wait: bool) -> None:
        self.stated = stated
        super().__init__(data)
        for session, most in stated if may_wait else []:
            self.fields[name_of(session)] = forms.IntegerField(
                label=gettext_lazy("Wait for it at most at place"),
                required=False,
                initial=most,
                min_value=1,
                max_value=LARGEST_PLACE,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse more wishes than there may be, one wish twice, and what is no session at all."""
        data = super().clean() or {}
        sent = self.sent
        if len(sent) > MOST_WISHES:
            self.add_error(None, too_many())
        elif len(set(sent)) < len(sent):
            self.add_error(None, _("A session can stand in your list only once. Please order it again."))
        elif any(identity_in(each) is None for each in sent):
            self.add_error(None, not_drawn())
        return data

    @property
    def sent(self) -> list[str]:
        """What was sent as the list, in its order."""
        return self.data.getlist("wish") if isinstance(self.data, QueryDict) else []

    @property
    def order(self) -> list[uuid.UUID]:
        """The sessions in the order sent, with the one move applied that was asked for."""
        known = [session.uuid for session, _most in self.stated]
        sent = [identity_in(each) for each in self.sent]
        found = [each for each in sent if each is not None]
        # What was wished for on another page meanwhile stays, behind what this page knew.
        return _moved([*found, *(each for each in known if each not in found)], self.data.get("do", ""))

    @property
    def moved(self) -> uuid.UUID | None:
        """The wish that was moved, by its button or by the hand."""
        verb, _dash, rest = self.data.get("do", "").partition("-")
        return (
            identity_in(rest.partition("@")[0]) if verb in MOVES else identity_in(self.data.get("moved", ""))
        )

    @property
    def is_removal(self) -> bool:
        """True where a wish was taken out."""
        return self.data.get("do", "").startswith("remove-")

    def most_for(self, session: Session) -> int | None:
        """Up to which place the session is waited for; as it was, where the form did not ask."""
        name = name_of(session)
        if name in self.cleaned_data:
            return self.cleaned_data[name]
        return next((most for each, most in self.stated if each.pk == session.pk), None)

    def lines(self, held: Collection[Session] = ()) -> list[WishLine]:
        """The list as it was sent in vain, else as it is kept."""
        sessions = [session for session, _most in self.stated]
        if self.is_bound and self.is_valid_order(sessions):
            by_identity = {session.uuid: session for session in sessions}
            sessions = [by_identity[each] for each in self.order if each in by_identity]
        return lines_of(sessions, held, self)

    def is_valid_order(self, sessions: Sequence[Session]) -> bool:
        """True where what was sent is an order of these sessions."""
        sent = self.sent
        return set(sent) <= {str(session.uuid) for session in sessions} and len(set(sent)) == len(sent)


def lines_of(
    sessions: Sequence[Session], held: Collection[Session] = (), form: WishesForm | None = None
) -> list[WishLine]:
    """The wishes in their order, each with what it overlaps."""
    asked = form.fields if form else {}
    return [
        WishLine(
            session,
            rank,
            _overlaps(session, sessions[: rank - 1], held),
            form[name_of(session)] if form and name_of(session) in asked else None,
        )
        for rank, session in enumerate(sessions, 1)
    ]


def name_of(session: Session) -> str:
    """The name of the field that says up to which place the session is waited for."""
    return f"most-{session.uuid}"


def identity_in(text: str) -> uuid.UUID | None:
    """The identity that the text is; None for any other text."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def too_many() -> str:
    """What is said to whoever wishes for more than anybody may."""
    words = _("A list has at most %(n)d wishes. Take some out first.")
    return words % {"n": MOST_WISHES}


def not_drawn() -> str:
    """What is said of a session that is in no draw, or in another one."""
    return _("One of these sessions is not in this draw. Your list is as it was.")


def _overlaps(session: Session, before: Sequence[Session], held: Collection[Session]) -> str:
    if mine := clashes(session, held):
        words = _("Overlaps %(names)s, where you have a seat: you get it only if you give that up in time.")
        return words % {"names": names_at(session.event_id, mine)}
    ranks = [str(rank) for rank, other in enumerate(before, 1) if other.blocks(session)]
    if not ranks:
        return ""
    words = ngettext(
        "Overlaps your wish %(ranks)s: you get at most one of the two.",
        "Overlaps your wishes %(ranks)s: you get at most one of them.",
        len(ranks),
    )
    return words % {"ranks": ", ".join(ranks)}


def _moved(order: list[uuid.UUID], pressed: str) -> list[uuid.UUID]:
    """The order after one button was pressed; unchanged for any other word."""
    verb, _dash, rest = pressed.partition("-")
    named, _at, rank = rest.partition("@")
    which = identity_in(named)
    if verb not in MOVES or which is None or (which in order) is (verb == "again"):
        return order
    left = [each for each in order if each != which]
    if verb == "remove":
        return left
    at = order.index(which) if which in order else len(order)
    to = {"first": 0, "up": max(at - 1, 0), "down": at + 1}.get(verb, at)
    if verb == "again":
        to = min(int(rank[:3]), len(left) + 1) - 1 if rank.isdecimal() else len(left)
    return [*left[: max(to, 0)], which, *left[max(to, 0) :]]
