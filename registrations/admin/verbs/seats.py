"""Verbs on seats: give them back, change them for another session."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import counted
from events.admin import words
from events.admin.verbs import CancelForm, Consequence, Decision, Done, in_portions, one_by_one
from events.models import Event
from registrations import actions
from registrations.admin.verbs.base import PanelListing, PanelVerb
from registrations.admin.verbs.forms import MoveForm
from registrations.models import SessionRegistration
from sessions_app.models import Session


class Cancel(PanelVerb):
    """Give seats back: everything a person has at the event, or one session's."""

    key = "cancel"
    label = gettext_lazy("Cancel")
    title = gettext_lazy("Cancel registrations")
    permissions = {
        "event": ("registrations.change_eventregistration",),
        "session": ("registrations.change_sessionregistration",),
    }
    form_class = CancelForm
    is_danger = True

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        if isinstance(listing.target, Event):
            listing.add_figures(rows)
            return [self._of_event(row) for row in rows]
        then = _("gives the seat back, stays registered for the event")
        return [Consequence(listing.name_of(row), _("has a seat"), then, "clash") for row in rows]

    def _of_event(self, row: Any) -> Consequence:
        count = row.session_count
        held = counted.sessions(count)
        now = f"{row.get_status_display()} · {held}"
        return Consequence(row.full_name, now, _("gives up everything here, waitlists too"), "clash")

    def warning(self, listing: PanelListing, count: int) -> str:
        seats = listing.target.seats
        after = max(0, seats.taken - count)
        if seats.capacity is not None and after >= seats.capacity:
            return _("%(after)d of %(capacity)d remain: this frees no seat for the waitlist.") % {
                "after": after,
                "capacity": seats.capacity,
            }
        return _("Freed seats go to the waitlist at once, in its order.") if seats.waiting else ""

    def deed(self, count: int) -> str:
        return ngettext("Cancel %(n)d registration", "Cancel %(n)d registrations", count) % {"n": count}

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        is_event = isinstance(listing.target, Event)
        action: Any = actions.cancel_event_registrations if is_event else actions.cancel_session_registrations

        def cancel(portion: list[Any]) -> int:
            return action(portion, reason=decided.reason, actor=decided.actor, notify=decided.notify)

        def said(count: int) -> str:
            return ngettext("%(n)d registration cancelled.", "%(n)d registrations cancelled.", count) % {
                "n": count
            }

        return in_portions(rows, listing, cancel, done_words=said)


class Move(PanelVerb):
    """Change a seat for one in another session of the event; nobody loses a seat without getting the other."""

    key = "move"
    label = gettext_lazy("Move…")
    title = gettext_lazy("Move to another session")
    note = gettext_lazy("Each person keeps the seat they have where the other session has none for them.")
    permissions = {
        "session": ("registrations.change_sessionregistration", "registrations.add_sessionregistration")
    }
    form_class = MoveForm

    def form(self, listing: PanelListing, data: QueryDict | None) -> forms.Form:
        sessions = Session.objects.not_archived().filter(event=listing.event, cancelled_at=None)
        others = sessions.exclude(pk=listing.target.pk).in_programme_order()
        return MoveForm(data, sessions=others, event=listing.event)

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        now = listing.target.name
        return [
            Consequence(listing.name_of(row), now, _("the session chosen below, if it has a seat"))
            for row in rows
        ]

    def deed(self, count: int) -> str:
        return ngettext("Move %(n)d person", "Move %(n)d people", count) % {"n": count}

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        take: Session = decided["session"]
        take.event = listing.event

        def move(row: SessionRegistration) -> str:
            registration = row.event_registration
            registration.event = listing.event
            give_up = listing.target
            assert isinstance(give_up, Session)
            result = actions.swap(
                registration,
                give_up,
                take,
                actor=decided.actor,
                reason=decided.reason,
                override_closed=decided.given.get("override_closed", False),
                notify=decided.notify,
            )
            refused = [line.message for line in result.lines if not line.is_success]
            return "" if result.applied else ", ".join(refused)

        def said(count: int) -> str:
            moved = ngettext("%(n)d person moved to %(name)s", "%(n)d people moved to %(name)s", count)
            take.seats.refresh_from_db()
            return f"{moved % {'n': count, 'name': take.name}} ({words.taken_of(take.seats)})."

        return one_by_one(rows, listing, move, done_words=said)
