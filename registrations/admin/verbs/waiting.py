"""Verbs on the waitlist: invite now, register now, remove."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.actors import Actor
from events.admin import words
from events.errors import Invalid
from registrations import actions
from registrations.admin import access
from registrations.admin.forms import CancelForm, PlaceForm, RegisterForm, TellForm
from registrations.admin.panels.base import Panel
from registrations.admin.verbs.base import PORTION, Consequence, Done, Verb, in_portions, summed_up
from registrations.rules.results import PersonLine
from waitlists.models import WaitlistItem

CHANGE = ("waitlists.change_waitlistitem",)


def _now(panel: Panel, row: WaitlistItem) -> str:
    place = getattr(row, "number", None)
    return _("%(place)d. in line") % {"place": place} if place else row.get_status_display()


class Invite(Verb):
    """Hold one free seat for the chosen people until the deadline."""

    key = "invite"
    label = gettext_lazy("Invite now")
    title = gettext_lazy("Invite from the waitlist")
    note = gettext_lazy("One free seat is held for all of them together; the first to accept gets it.")
    permissions = {"event": CHANGE, "session": CHANGE}
    form_class = TellForm

    def consequences(self, panel: Panel, rows: list[Any]) -> list[Consequence]:
        panel.add_figures(rows)
        return [self._of(panel, row) for row in rows]

    def _of(self, panel: Panel, row: WaitlistItem) -> Consequence:
        if row.status != WaitlistItem.Status.WAITING:
            return Consequence(panel.name_of(row), _now(panel, row), _("stays as it is"))
        return Consequence(panel.name_of(row), _now(panel, row), _("is offered the seat by mail"), "invited")

    def warning(self, request: HttpRequest, panel: Panel, count: int) -> str:
        if panel.target.seats.has_seat_for_line:
            return ""
        return _("There is no free seat to offer (%(seats)s).") % {
            "seats": words.taken_of(panel.target.seats)
        }

    def deed(self, count: int) -> str:
        return ngettext("Invite %(n)d person", "Invite %(n)d people", count) % {"n": count}

    def act(self, panel: Panel, rows: QuerySet[Any], data: dict[str, Any], actor: Actor) -> Done:
        count = actions.invite(list(rows), actor=actor, notify=data["notify"])
        return Done(ngettext("%(n)d person invited.", "%(n)d people invited.", count) % {"n": count}, count)


class Register(Verb):
    """Give the chosen people the seats they wait for, past capacity where that is decided."""

    key = "register"
    label = gettext_lazy("Register now")
    title = gettext_lazy("Register from the waitlist")
    permissions = {
        "event": (*CHANGE, "registrations.add_eventregistration"),
        "session": (*CHANGE, "registrations.add_sessionregistration"),
    }
    form_class = RegisterForm

    def form(self, request: HttpRequest, panel: Panel, data: QueryDict | None) -> forms.Form:
        may = access.may_pass_capacity(request.user, panel.event)
        return RegisterForm(data, may_pass_capacity=may)

    def consequences(self, panel: Panel, rows: list[Any]) -> list[Consequence]:
        panel.add_figures(rows)
        return list(self._preview(panel, rows))

    def _preview(self, panel: Panel, rows: list[Any]) -> Any:
        seats, given = panel.target.seats, 0
        for row in rows:
            is_invited = row.status == WaitlistItem.Status.INVITED
            has_seat = is_invited or seats.free is None or given < seats.free
            if has_seat:
                given += not is_invited
                yield Consequence(panel.name_of(row), _now(panel, row), _("gets a seat"), "free")
            else:
                yield Consequence(
                    panel.name_of(row), _now(panel, row), _("no seat, unless past capacity"), "over"
                )

    def warning(self, request: HttpRequest, panel: Panel, count: int) -> str:
        return words.summary_of(panel.target.seats)

    def deed(self, count: int) -> str:
        return ngettext("Register %(n)d person", "Register %(n)d people", count) % {"n": count}

    def deed_past_capacity(self, panel: Panel, rows: QuerySet[Any]) -> tuple[str, str]:
        count, free = rows.count(), panel.target.seats.free
        invited = rows.filter(status=WaitlistItem.Status.INVITED).count()
        fitting = count if free is None else min(count, invited + max(0, free))
        plain, everybody = self.deed(fitting) if fitting else "", self.deed(count)
        past = _("%(n)d past capacity") % {"n": count - fitting}
        return plain, f"{everybody}, {past}" if count > fitting else everybody

    def act(self, panel: Panel, rows: QuerySet[Any], data: dict[str, Any], actor: Actor) -> Done:
        chosen, lines = list(rows), list[PersonLine]()
        for start in range(0, len(chosen), PORTION):
            lines += actions.register_from_waitlist(
                chosen[start : start + PORTION],
                reason=data["reason"],
                past_capacity=data["past_capacity"],
                actor=actor,
                notify=data["notify"],
            )
        return summed_up(lines, panel.target)


class Reorder(Verb):
    """Give one person another place in line; everybody else keeps their order."""

    key = "reorder"
    label = gettext_lazy("Change place…")
    title = gettext_lazy("Change the place in line")
    note = gettext_lazy("Everybody else keeps their order. The ledger keeps who did it and why.")
    permissions = {"event": CHANGE, "session": CHANGE}
    form_class = PlaceForm

    def form(self, request: HttpRequest, panel: Panel, data: QueryDict | None) -> forms.Form:
        return PlaceForm(data, is_reason_required=True)

    def consequences(self, panel: Panel, rows: list[Any]) -> list[Consequence]:
        panel.add_figures(rows)
        return [Consequence(panel.name_of(row), _now(panel, row), _("the place given below")) for row in rows]

    def deed(self, count: int) -> str:
        return _("Change place")

    def act(self, panel: Panel, rows: QuerySet[Any], data: dict[str, Any], actor: Actor) -> Done:
        chosen = list(rows[:2])
        if len(chosen) != 1:
            raise Invalid(_("Choose one person at a time."))
        line = list(WaitlistItem.objects.waiting().filter(seats_id=panel.target.seats_id).in_line())
        others = [item for item in line if item.pk != chosen[0].pk]
        if data["place"] > len(others):
            limit = {"last": len(others)}
            raise Invalid(_("Choose a place from 1 to %(last)d, in front of somebody.") % limit)
        before = others[data["place"] - 1]
        actions.move_in_line(chosen[0], before=before, actor=actor, reason=data["reason"])
        said = {"name": panel.name_of(chosen[0]), "place": data["place"]}
        return Done(_("%(name)s is now number %(place)d in line.") % said, 1)


class Remove(Verb):
    """End the chosen people's wait; a seat held for one of them goes to the next."""

    key = "remove"
    label = gettext_lazy("Remove")
    title = gettext_lazy("Remove from the waitlist")
    permissions = {"event": CHANGE, "session": CHANGE}
    form_class = CancelForm
    is_danger = True

    def consequences(self, panel: Panel, rows: list[Any]) -> list[Consequence]:
        panel.add_figures(rows)
        then = _("no longer in line")
        return [Consequence(panel.name_of(row), _now(panel, row), then, "clash") for row in rows]

    def deed(self, count: int) -> str:
        return ngettext("Remove %(n)d person", "Remove %(n)d people", count) % {"n": count}

    def act(self, panel: Panel, rows: QuerySet[Any], data: dict[str, Any], actor: Actor) -> Done:
        def remove(portion: list[Any]) -> int:
            return actions.remove_from_waitlist(
                portion, reason=data["reason"], actor=actor, notify=data["notify"]
            )

        def said(count: int) -> str:
            removed = ngettext(
                "%(n)d person removed from the waitlist.", "%(n)d people removed from the waitlist.", count
            )
            return removed % {"n": count}

        return in_portions(rows, panel, remove, done_words=said)
