"""The question before a session moves, gets another name, or becomes too small: who is affected."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import counted
from events.admin import words
from events.admin.asking import AsksBeforeSaving, Question, capacity_consequences, named
from events.admin.verbs import Consequence
from events.roles import events_named_to
from registrations.moves import MoveConsequences, TimeAndPlace, consequences_of_move
from sessions_app.models import Session
from sessions_app.queries import warnings_of
from waitlists.models import WaitlistItem


@dataclass(frozen=True)
class MovePreview:
    """A preview of moving a session: how many hold a seat or are told, and what it would do, line by line.

    `concerns_people` is true where anybody is told, loses time to answer, or comes to a seat by it.
    """

    registered: int
    told: int
    concerns_people: bool
    consequences: list[Consequence]
    # It stays where and when it is, and is called otherwise.
    is_only_renamed: bool = False

    @property
    def deed(self) -> str:
        """The words of the button that does it."""
        if self.is_only_renamed:
            return _("Change the title")
        if not self.registered:
            return _("Move it")
        return ngettext("Move, with %(n)d person in it", "Move, with %(n)d people in it", self.registered) % {
            "n": self.registered
        }


def preview_of_move(before: Session, form: Any, *, sees: Collection[int] | None) -> MovePreview:
    """What saving this valid form over `before` would do to people and to the plan; nothing is saved."""
    after = TimeAndPlace.of(form.instance)
    affected = consequences_of_move(before, after, _room_for(form))
    says_over = not affected.room_too_small_by
    previewed = list(capacity_consequences(before, form, says_over=says_over))
    shortened = list(_shortened(before, after))
    moved = _table(before, form.instance, affected)
    along = [] if affected.room_too_small_by else _capacity_along(before, form)
    plan = [*along, *_runs_into(before, form, sees)]
    return MovePreview(
        affected.registered,
        affected.told,
        bool(affected.told or previewed or shortened),
        [*moved, *plan, *shortened, *previewed],
        is_only_renamed=not TimeAndPlace.of(before).is_elsewhere(after),
    )


class MovingAdmin(AsksBeforeSaving):
    """A ModelAdmin that asks before a session with people in it moves."""

    def question_before_saving(self, request: HttpRequest, before: Any, form: Any) -> Question | None:
        """As for any capacity, and where the session moves or is renamed whom that concerns."""
        if not TimeAndPlace.of(before).concerns_people(TimeAndPlace.of(form.instance)):
            return super().question_before_saving(request, before, form)
        preview = preview_of_move(before, form, sees=events_named_to(request.user))
        if not preview.concerns_people:
            return None
        return Question(preview.consequences, preview.deed, tells=preview.told > 0)


def _room_for(form: Any) -> int | None:
    """How many fit in the place after the move; None where it stays, or has no capacity of its own."""
    return form.capacity_of_place() if form.is_location_changed else None


def _capacity_along(before: Session, form: Any) -> Iterator[Consequence]:
    """The capacity that comes with another place."""
    if form.is_location_changed and form.is_capacity_changed:
        capacity = form.cleaned_data["capacity"]
        then = _("no limit") if capacity is None else counted.seats(capacity)
        yield Consequence(_("The capacity"), words.taken_of(before.seats), then)


def _runs_into(before: Session, form: Any, sees: Collection[int] | None) -> Iterator[Consequence]:
    """What the session would run into that it does not now: another session in the room, a speaker elsewhere."""
    after = copy.copy(form.instance)
    after.seats = copy.copy(before.seats)
    after.seats.capacity = form.cleaned_data.get("capacity", before.seats.capacity)
    known = {warning.detail for warning in warnings_of(before, sees=sees)}
    speakers = form.cleaned_data.get("speakers", before.speakers.all())
    for warning in warnings_of(after, sees=sees, speakers=speakers):
        if warning.detail not in known:
            yield Consequence(_("The plan"), "–", warning.detail, "clash")


def _shortened(session: Session, after: TimeAndPlace) -> Iterator[Consequence]:
    """The people invited to a seat whose time to answer would outlast the new start."""
    items = WaitlistItem.objects.invited().filter(
        session=session, invitation_slot__expires_at__gt=after.starts_at
    )
    invited = [item.contact for item in items.select_related("contact").in_line()] if after.starts_at else []
    if invited:
        yield Consequence(
            named(invited), _("invited to a seat"), _("less time to answer, and told so by mail")
        )


def _table(before: Session, after: Session, affected: MoveConsequences) -> Iterator[Consequence]:
    was, will_be = when_and_where(before), when_and_where(after)
    if before.name != after.name:
        was, will_be = f"{before.name} · {was}", f"{after.name} · {will_be}"
    for number, in_words in (
        (affected.registered, counted.registered),
        (affected.in_line, counted.waiting),
        (affected.invited, counted.invited),
    ):
        if number:
            yield Consequence(in_words(number), was, will_be)
    if affected.now_clashing:
        then = _("clash with another session they hold; they keep both seats")
        yield Consequence(named(affected.now_clashing), _("no clash"), then)
    if affected.room_too_small_by:
        fits = affected.registered - affected.room_too_small_by
        then = _("too small by %(n)d: only %(fits)d fit; nobody is removed")
        shown = then % {"n": affected.room_too_small_by, "fits": fits}
        yield Consequence(_("The room"), words.taken_of(before.seats), shown)


def when_and_where(session: Session) -> str:
    """“Sat 10:00–11:00 · Pier”, by the event's clock."""
    place = session.room or session.building or _("no place")
    return f"{words.hours(session, session.event)} · {place}"
