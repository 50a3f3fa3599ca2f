"""Verbs on the waitlist: invite now, register now, change the place, remove."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import counted
from events.admin import words
from events.admin.verbs import (
    PORTION,
    CancelForm,
    Consequence,
    Decision,
    Done,
    Obstacle,
    TellForm,
    in_portions,
)
from events.errors import Invalid
from events.models import Event
from registrations import actions
from registrations.admin.verbs import access
from registrations.admin.verbs.base import PanelListing, PanelVerb, summed_up
from registrations.admin.verbs.forms import PlaceForm, RegisterForm
from registrations.admin.verbs.previews import said_to_be_owed
from registrations.queries import standings_of
from registrations.queries.sales import sells
from registrations.rules.doors import Override, Why, register_now
from registrations.rules.refusals import has_limit_of_choice
from registrations.rules.results import PersonLine
from sessions_app.models import Session
from waitlists.models import WaitlistItem

# Decisions of their own beside past capacity.
OFFERED = (Override.CLASH, Override.LIMITS, Override.CLOSED)
CHANGE = ("waitlists.change_waitlistitem",)


def _now(row: WaitlistItem) -> str:
    place = getattr(row, "number", None)
    return _("%(place)d. in line") % {"place": place} if place else row.get_status_display()


class Invite(PanelVerb):
    """Hold one free seat for the chosen people until the deadline."""

    key = "invite"
    label = gettext_lazy("Invite now")
    title = gettext_lazy("Invite from the waitlist")
    note = gettext_lazy("One free seat is held for all of them; the first to accept gets it.")
    permissions = {"event": CHANGE, "session": CHANGE}
    form_class = TellForm

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        listing.add_figures(rows)
        return [self._of(listing, row) for row in rows]

    def _of(self, listing: PanelListing, row: WaitlistItem) -> Consequence:
        if row.status != WaitlistItem.Status.WAITING:
            return Consequence(listing.name_of(row), _now(row), _("stays as it is"))
        return Consequence(listing.name_of(row), _now(row), _("is offered the seat by mail"), "invited")

    def obstacle(self, listing: PanelListing, rows: Any) -> Obstacle | None:
        why_not = self.why_not(listing)
        return (
            Obstacle((why_not, _("Raise the capacity, or register them past capacity."))) if why_not else None
        )

    def why_not(self, listing: PanelListing) -> str:
        if listing.target.seats.has_seat_for_line:
            return ""
        none_free = _("There is no free seat to offer (%(seats)s).")
        return none_free % {"seats": words.taken_of(listing.target.seats)}

    def deed(self, count: int) -> str:
        return ngettext("Invite %(n)d person", "Invite %(n)d people", count) % {"n": count}

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        count = actions.invite(list(rows), actor=decided.actor, notify=decided.notify)
        return Done(ngettext("%(n)d person invited.", "%(n)d people invited.", count) % {"n": count}, count)


def _decisions_at(target: Event | Session) -> list[str]:
    """The decisions that somebody in this line may need, capacity apart."""
    if not isinstance(target, Session):
        return []
    needed = {
        Override.CLASH: target.starts_at is not None,
        Override.LIMITS: has_limit_of_choice(target),
        Override.CLOSED: target.has_started(timezone.now()),
    }
    return [override.value for override in OFFERED if needed[override]]


class Register(PanelVerb):
    """Give the chosen people the seats they wait for, past capacity where that is decided."""

    key = "register"
    label = gettext_lazy("Register now")
    title = gettext_lazy("Register from the waitlist")
    permissions = {
        "event": (*CHANGE, "registrations.add_eventregistration"),
        "session": (*CHANGE, "registrations.add_sessionregistration"),
    }
    form_class = RegisterForm

    def form(self, listing: PanelListing, data: QueryDict | None) -> forms.Form:
        why_not = access.why_not_past_capacity(listing.user, listing.event)
        return RegisterForm(
            data,
            why_not_past=why_not,
            offered=_decisions_at(listing.target),
            sells_passes=isinstance(listing.target, Event) and sells(listing.target),
        )

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        listing.add_figures(rows)
        return list(self._preview(listing, rows))

    def _preview(self, listing: PanelListing, rows: list[Any]) -> Any:
        target, given, now = listing.target, 0, timezone.now()
        seats = target.seats
        standings = standings_of({row.contact_id for row in rows}, listing.event)
        for row in rows:
            is_invited = row.status == WaitlistItem.Status.INVITED
            has_seat = is_invited or seats.free is None or given < seats.free
            door = register_now(is_invited=is_invited)
            found = actions.refusals_of(target, row, standings[row.contact_id], now, door.seats)
            refused = [one for one in found if one.why not in door.overlooks | {Why.FULL}]
            if refused:
                yield Consequence(listing.name_of(row), _now(row), refused[0].words, "clash")
            elif has_seat:
                given += not is_invited
                gets = " · ".join([_("gets a seat"), *said_to_be_owed(row.event_pass, "")])
                yield Consequence(listing.name_of(row), _now(row), gets, "free")
            else:
                yield Consequence(listing.name_of(row), _now(row), _("no seat, unless past capacity"), "over")

    def warning(self, listing: PanelListing, count: int) -> str:
        return words.summary_of(listing.target.seats)

    def deed(self, count: int) -> str:
        return ngettext("Register %(n)d person", "Register %(n)d people", count) % {"n": count}

    def deed_past_capacity(self, listing: PanelListing, rows: QuerySet[Any]) -> tuple[str, str]:
        count, free = rows.count(), listing.target.seats.free
        invited = rows.filter(status=WaitlistItem.Status.INVITED).count()
        fitting = count if free is None else min(count, invited + max(0, free))
        plain, everybody = self.deed(fitting) if fitting else "", self.deed(count)
        past = counted.past_capacity(count - fitting)
        return plain, f"{everybody}, {past}" if count > fitting else everybody

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        chosen, lines = list(rows), list[PersonLine]()
        for start in range(0, len(chosen), PORTION):
            lines += actions.register_from_waitlist(
                chosen[start : start + PORTION],
                reason=decided.reason,
                past_capacity=decided["past_capacity"],
                complimentary=decided.given.get("complimentary", ""),
                **{name: decided.given.get(name, False) for name in OFFERED},
                actor=decided.actor,
                notify=decided.notify,
            )
        return summed_up(lines, listing.target)


class Reorder(PanelVerb):
    """Give one person another place in line; everybody else keeps their order."""

    key = "reorder"
    label = gettext_lazy("Change place…")
    title = gettext_lazy("Change the place in line")
    note = gettext_lazy("Everybody else keeps their order. The ledger keeps who did it and why.")
    permissions = {"event": CHANGE, "session": CHANGE}
    form_class = PlaceForm

    def form(self, listing: PanelListing, data: QueryDict | None) -> forms.Form:
        return PlaceForm(data, is_reason_required=True)

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        listing.add_figures(rows)
        return [Consequence(listing.name_of(row), _now(row), _("the place given below")) for row in rows]

    def deed(self, count: int) -> str:
        return _("Change place")

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        chosen = list(rows[:2])
        if len(chosen) != 1:
            raise Invalid(_("Choose one person at a time."))
        line = list(WaitlistItem.objects.waiting().filter(seats_id=listing.target.seats_id).in_line())
        others = [item for item in line if item.pk != chosen[0].pk]
        if decided["place"] > len(others):
            limit = {"last": len(others)}
            raise Invalid(_("Choose a place from 1 to %(last)d, in front of somebody.") % limit)
        before = others[decided["place"] - 1]
        actions.move_in_line(chosen[0], before=before, actor=decided.actor, reason=decided.reason)
        said = {"name": listing.name_of(chosen[0]), "place": decided["place"]}
        return Done(_("%(name)s is now number %(place)d in line.") % said, 1)


class Remove(PanelVerb):
    """End the chosen people's wait; a seat held for one of them goes to the next."""

    key = "remove"
    label = gettext_lazy("Remove")
    title = gettext_lazy("Remove from the waitlist")
    permissions = {"event": CHANGE, "session": CHANGE}
    form_class = CancelForm
    is_danger = True

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        listing.add_figures(rows)
        then = _("no longer in line")
        return [Consequence(listing.name_of(row), _now(row), then, "clash") for row in rows]

    def deed(self, count: int) -> str:
        return ngettext("Remove %(n)d person", "Remove %(n)d people", count) % {"n": count}

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        def remove(portion: list[Any]) -> int:
            return actions.remove_from_waitlist(
                portion, reason=decided.reason, actor=decided.actor, notify=decided.notify
            )

        def said(count: int) -> str:
            removed = ngettext(
                "%(n)d person removed from the waitlist.", "%(n)d people removed from the waitlist.", count
            )
            return removed % {"n": count}

        return in_portions(rows, listing, remove, done_words=said)
