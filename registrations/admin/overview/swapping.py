"""The page before two sessions change their rooms: who is concerned, and what becomes of both lines."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin import words
from events.admin.asking import TellOfMoveForm, who
from events.admin.verbs import Consequence, Decision, Done, OneRow, Verb, ask_or_act
from events.errors import NotPermitted
from registrations import actions
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.pages import frame_of, with_refusals
from sessions_app.models import Session

CHANGE = "sessions_app.change_session"


class SwapRooms(Verb[OneRow]):
    """Let two sessions change their rooms."""

    key = "swap-rooms"
    label = gettext_lazy("Swap the two rooms")
    title = gettext_lazy("Swap two rooms")
    permissions: ClassVar[Mapping[str, tuple[str, ...]]] = {"session": (CHANGE,)}
    form_class = TellOfMoveForm

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        mine, other = rows
        return [*_becomes(mine, other), *_becomes(other, mine)]

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        mine, other = rows
        told = actions.swap_rooms(mine, other, actor=decided.actor, notify=decided.notify)
        said = _("“%(one)s” and “%(other)s” have changed their rooms.") % {"one": mine, "other": other}
        more = ngettext("%(n)d person is told.", "%(n)d people are told.", told) % {"n": told}
        return Done(f"{said} {more}" if told else said)


def _becomes(session: Session, other: Session) -> Iterator[Consequence]:
    """What becomes of one session in the other's place."""
    after = copy.copy(session)
    after.building, after.room, after.layout = other.building, other.room, other.layout
    fits = after.location_capacity()
    capacity = session.seats.capacity if fits is None else fits
    preview = actions.preview_capacity(session, capacity)
    seats = "∞" if capacity is None else capacity
    then = _("%(room)s · %(taken)d of %(seats)s") % {
        "room": after.room,
        "taken": session.seats.taken,
        "seats": seats,
    }
    if preview.over_by:
        over = ngettext(
            "over by %(n)d; nobody is removed", "over by %(n)d; nobody is removed", preview.over_by
        )
        then += " · " + over % {"n": preview.over_by}
    now = f"{session.room} · {words.taken_of(session.seats)}"
    yield Consequence(session.name, now, then, "over" if preview.over_by else "")
    if preview.seated:
        yield Consequence(
            who(preview.seated), _("in line"), _("registered at once, and told by mail"), "free"
        )
    if preview.invited:
        yield Consequence(who(preview.invited), _("in line"), _("invited to a free seat by mail"), "invited")


@with_refusals
def swap_rooms_page(request: HttpRequest, target: Target, other: str) -> HttpResponse:
    """Ask on GET, act on POST."""
    verb, second = SwapRooms(), int(other)
    if not isinstance(target, Session):
        raise Http404
    if not access.may(request.user, target.event, CHANGE):
        raise NotPermitted

    def both() -> list[Session]:
        rows = Session.objects.not_archived().filter(Q(pk=second) | Q(pk=target.pk), event=target.event_id)
        found = rows.select_related("event", "seats", "room", "building", "layout").in_bulk()
        if found.keys() != {target.pk, second} or second == target.pk:
            raise Http404
        return [found[target.pk], found[second]]

    both()
    frame = frame_of(request, target, verb.title)
    return ask_or_act(
        request, frame, verb, OneRow(target, request.user), both, is_confirmed=request.method == "POST"
    )
