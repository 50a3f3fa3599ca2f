"""Verbs on sessions: one capacity for many, go live, stop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin import words
from events.admin.asking import who
from events.admin.verbs import Consequence, Decision, Done, one_by_one
from events.models import Event
from registrations import actions
from registrations.admin.verbs.base import PanelListing, PanelVerb
from registrations.admin.verbs.forms import CapacityForm
from sessions_app.models import Session

CHANGE: dict[str, tuple[str, ...]] = {"event": ("sessions_app.change_session",)}


class QuickTool(PanelVerb):
    """A link to a small form that adds something to the event; with JavaScript it opens over the page."""

    opens_dialog = True

    def url(self, listing: PanelListing) -> str:
        return reverse(f"admin:sessions_app_{self.key}_quick_create", args=[listing.event.pk])


class AddSession(QuickTool):
    """Plan one more session."""

    key = "session"
    label = gettext_lazy("Add session")
    permissions = {"event": ("sessions_app.add_session",)}
    is_main = True


class AddRoom(QuickTool):
    """Know one more room, in which sessions can be planned."""

    key = "room"
    label = gettext_lazy("Add room")
    permissions = {"event": ("events.add_room",)}


class SetCapacity(PanelVerb):
    """Give the chosen sessions one capacity; nobody is removed, and freed seats go to the lines."""

    key = "set_capacity"
    label = gettext_lazy("Set capacity…")
    title = gettext_lazy("Set the maximum session capacity")
    note = gettext_lazy("Nobody loses a seat. Where more seats become free, the waitlist is served at once.")
    permissions = CHANGE
    form_class = CapacityForm

    asked: CapacityForm

    def form(self, listing: PanelListing, data: QueryDict | None) -> forms.Form:
        self.asked = CapacityForm(data)
        return self.asked

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        number = self.asked.looked_at
        if number is None:
            return [Consequence(row.name, _capacity(row), _("the capacity given below")) for row in rows]
        listing.add_figures(rows)
        return [Consequence(row.name, _capacity(row), *_with_capacity(row, number)) for row in rows]

    def deed(self, count: int) -> str:
        if self.asked.looked_at is None:
            return _("See what it does")
        return ngettext("Set capacity of %(n)d session", "Set capacity of %(n)d sessions", count) % {
            "n": count
        }

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        def change(session: Session) -> None:
            actions.change_capacity(session, decided["capacity"], actor=decided.actor)

        def said(count: int) -> str:
            changed = ngettext(
                "%(n)d session now has %(seats)d seats.", "%(n)d sessions now have %(seats)d seats.", count
            )
            return changed % {"n": count, "seats": decided["capacity"]}

        return one_by_one(rows, listing, change, done_words=said)


class GoLive(PanelVerb):
    """Show the chosen sessions on the website and open them."""

    key = "go_live"
    label = gettext_lazy("Go live")
    title = gettext_lazy("Go live")
    permissions = CHANGE

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        return [
            Consequence(row.name, row.get_session_status_display(), *_once_live(row, listing.event))
            for row in rows
        ]

    def deed(self, count: int) -> str:
        return ngettext("Go live with %(n)d session", "Go live with %(n)d sessions", count) % {"n": count}

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        def said(count: int) -> str:
            return ngettext("%(n)d session is live.", "%(n)d sessions are live.", count) % {"n": count}

        def go_live(session: Session) -> None:
            actions.go_live(session, actor=decided.actor)

        return one_by_one(rows, listing, go_live, done_words=said)


def _once_live(session: Session, event: Event) -> tuple[str, str]:
    """What becomes of a session that goes live, and how that is marked: its event has its own word."""
    if session.is_capacity_missing:
        if event.is_live:
            return _("on the website, but nobody can register before it has a capacity"), "missing"
        return _("ready, but nobody can register before it has a capacity"), "missing"
    if event.is_live:
        return _("on the website, open for registration"), "live"
    return _("on the website as soon as the event is live; it is not yet"), "muted"


class Stop(PanelVerb):
    """Take the chosen sessions off the website; seats are kept, nobody is promoted meanwhile."""

    key = "stop"
    label = gettext_lazy("Stop")
    title = gettext_lazy("Stop")
    note = gettext_lazy(
        "Seats are kept and nobody is told; the waitlist pauses until the session goes live again."
    )
    permissions = CHANGE

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        then = _("off the website, seats kept")
        return [
            Consequence(row.name, f"{row.get_session_status_display()} · {_seats(row)}", then) for row in rows
        ]

    def deed(self, count: int) -> str:
        return ngettext("Stop %(n)d session", "Stop %(n)d sessions", count) % {"n": count}

    def act(self, listing: PanelListing, rows: QuerySet[Any], decided: Decision) -> Done:
        def said(count: int) -> str:
            return ngettext("%(n)d session stopped.", "%(n)d sessions stopped.", count) % {"n": count}

        def stop(session: Session) -> None:
            actions.stop(session, actor=decided.actor)

        return one_by_one(rows, listing, stop, done_words=said)


def _with_capacity(session: Session, number: int) -> tuple[str, str]:
    """What one capacity would do to a session and its line, and how that is marked."""
    preview = actions.preview_capacity(session, number)
    said = []
    if preview.over_by:
        over = ngettext(
            "over by %(n)d; nobody is removed", "over by %(n)d; nobody is removed", preview.over_by
        )
        said.append(over % {"n": preview.over_by})
    if preview.seated:
        said.append(_("registered at once: %(who)s") % {"who": who(preview.seated)})
    if preview.invited:
        said.append(_("invited: %(who)s") % {"who": who(preview.invited)})
    seats = _("%(taken)d of %(n)d") % {"taken": session.seats.taken, "n": number}
    return " · ".join([seats, *said]), "over" if preview.over_by else "free" if preview.seated else ""


def _seats(row: Session) -> str:
    return words.taken_of(row.seats)


def _capacity(row: Session) -> str:
    if row.seats.capacity is None:
        return _("no capacity · %(taken)d registered") % {"taken": row.seats.taken}
    return words.taken_of(row.seats)
