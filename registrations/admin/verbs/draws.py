"""Verbs of draws: plan one, cancel it, give it its public number, publish what it decided."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin import words
from events.admin.verbs import Consequence, Decision, Done, Obstacle
from events.errors import Invalid
from registrations import actions
from registrations.admin.verbs.base import PanelListing, PanelVerb
from registrations.admin.verbs.people import PeopleTool
from registrations.models import Draw
from registrations.queries import draw_standing
from registrations.queries.draw_standing import phase_of, to_publish, wishing_in

MAY_LOOK = "registrations.view_draw"
CHANGE: dict[str, tuple[str, ...]] = {"event": ("registrations.change_draw",)}
NUMBER_CHARACTERS = 200


ONE_BY_ONE = gettext_lazy("Choose one draw: each is decided by itself.")


def _only(rows: Any) -> Draw:
    """The one draw chosen. Raises Invalid for several."""
    if len(rows) != 1:
        raise Invalid(ONE_BY_ONE)
    return rows[0]


class PlanDraw(PeopleTool):
    """Plan a draw of seats in some of the event's sessions."""

    key = "plan"
    label = gettext_lazy("Plan a draw")
    title = gettext_lazy("Plan a draw")
    url_name = "plan_draw"
    is_main = True
    permissions = {"event": ("registrations.add_draw", "registrations.change_draw")}


class DrawVerb(PanelVerb):
    """A verb of one draw, in some of its phases."""

    permissions = CHANGE
    phases: tuple[str, ...] = ()

    def applies(self, row: Draw) -> bool:
        return phase_of(row, timezone.now()) in self.phases

    def too_early_or_late(self, row: Draw) -> str:
        """Why the verb cannot be done to a draw in another phase."""
        raise NotImplementedError

    def obstacle(self, listing: PanelListing, rows: Any) -> Obstacle | None:
        if len(rows) != 1:
            return Obstacle((ONE_BY_ONE,))
        row = _only(rows)
        return None if self.applies(row) else Obstacle((self.too_early_or_late(row),))


class CancelDraw(DrawVerb):
    """End a draw before anything of it is published."""

    key = "cancel"
    label = gettext_lazy("Cancel the draw")
    title = gettext_lazy("Cancel the draw")
    is_danger = True
    phases = (
        draw_standing.PLANNED,
        draw_standing.OPEN,
        draw_standing.CLOSING,
        draw_standing.FROZEN,
        draw_standing.DRAWN,
    )

    def too_early_or_late(self, row: Draw) -> str:
        return _("It is published, or was cancelled before.")

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        draw = _only(rows)
        wishing = wishing_in([draw])[draw.pk]
        sessions = ngettext("%(n)d session", "%(n)d sessions", wishing.sessions) % {"n": wishing.sessions}
        people = ngettext("%(n)d person with wishes", "%(n)d people with wishes", wishing.people)
        return [
            Consequence(sessions, _("in the draw"), _("open to whoever comes first, at once"), "free"),
            Consequence(
                people % {"n": wishing.people}, _("in the draw"), _("their wishes decide nothing"), "clash"
            ),
        ]

    def act(self, listing: PanelListing, rows: Any, decided: Decision) -> Done:
        draw = _only(rows)
        actions.cancel_draw(draw, actor=decided.actor)
        return Done(_("The draw is cancelled: its sessions are open to whoever comes first."))


class NumberForm(forms.Form):
    """The public number, as it was published."""

    public_number = forms.CharField(
        label=gettext_lazy("Public number"),
        max_length=NUMBER_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "draw-number"}),
        help_text=gettext_lazy(
            "Exactly as it was published; spaces around it, and several in a row, do not count. A mistyped one can be "
            "corrected until you publish; the ledger keeps both."
        ),
    )


class EnterNumber(DrawVerb):
    """Let the public number decide: who stands where in the order, and so who gets what."""

    key = "number"
    label = gettext_lazy("Enter the public number")
    title = gettext_lazy("Enter the public number")
    is_main = True
    form_class = NumberForm
    phases = (draw_standing.FROZEN, draw_standing.DRAWN)

    def too_early_or_late(self, row: Draw) -> str:
        if phase_of(row, timezone.now()) in {
            draw_standing.PLANNED,
            draw_standing.OPEN,
            draw_standing.CLOSING,
        }:
            return _("The wishes are not frozen yet. The number counts from then on.")
        return _("It is published, or was cancelled.")

    def warning(self, listing: PanelListing, count: int) -> str:
        return _(
            "Whoever wants to can check that it is the number that you named, and that it gives this very result."
        )

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        draw = _only(rows)
        wishing = wishing_in([draw])[draw.pk]
        tickets = ngettext("%(n)d ticket", "%(n)d tickets", wishing.tickets) % {"n": wishing.tickets}
        return [
            Consequence(_("Named beforehand"), draw.number_source, _("the number below")),
            Consequence(tickets, _("frozen"), _("decided; nobody is told before you publish")),
        ]

    def deed(self, count: int) -> str:
        return _("Draw with this number")

    def act(self, listing: PanelListing, rows: Any, decided: Decision) -> Done:
        draw = _only(rows)
        actions.enter_public_number(draw, decided["public_number"], actor=decided.actor)
        return Done(_("Drawn. Look at what it gives to whom, then publish it."))


class PublishDraw(DrawVerb):
    """Give the seats that were drawn, put the others in line, and tell everybody."""

    key = "publish"
    label = gettext_lazy("Publish the result")
    title = gettext_lazy("Publish the result of the draw")
    is_main = True
    note = gettext_lazy(
        "Seats that you gave by hand meanwhile are kept. Where fewer are left than were drawn, because a session was "
        "cancelled or made smaller, whoever misses out comes to the front of its line."
    )
    phases = (draw_standing.DRAWN,)

    def too_early_or_late(self, row: Draw) -> str:
        phase = phase_of(row, timezone.now())
        if phase == draw_standing.PUBLISHING:
            return _("It is being published: the worker goes on by itself.")
        if phase in {draw_standing.PUBLISHED, draw_standing.CANCELLED}:
            return _("It is published, or was cancelled.")
        return _("Nothing is drawn yet: enter the public number first.")

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        draw = _only(rows)
        done = to_publish(draw)
        given = ngettext("%(n)d seat", "%(n)d seats", done.seats) % {"n": done.seats}
        lines = ngettext("%(n)d place in line", "%(n)d places in line", done.places) % {"n": done.places}
        told = ngettext("%(n)d person", "%(n)d people", done.mails) % {"n": done.mails}
        wishing = wishing_in([draw])[draw.pk]
        sessions = ngettext("%(n)d session", "%(n)d sessions", wishing.sessions) % {"n": wishing.sessions}
        return [
            Consequence(given, _("drawn"), _("theirs at once; nobody has to accept"), "free"),
            Consequence(lines, _("wishes not met"), _("by rank, round and ticket"), "waiting"),
            Consequence(told, _("know nothing yet"), _("one mail each, with the whole outcome")),
            Consequence(sessions, _("in the draw"), _("what is left goes to whoever comes first")),
        ]

    def act(self, listing: PanelListing, rows: Any, decided: Decision) -> Done:
        draw = _only(rows)
        actions.publish(draw, actor=decided.actor)
        return Done(
            _("The result is being published. The worker goes on by itself, also after an interruption.")
        )


def facts_of(draw: Draw, event: Any) -> str:
    """The window of the draw by the event's clocks."""
    opens, closes = (words.moment(each, event.zone) for each in (draw.opens_at, draw.closes_at))
    return _("%(from)s – %(until)s") % {"from": opens, "until": closes}


DRAW_VERBS: tuple[type[DrawVerb], ...] = (EnterNumber, PublishDraw, CancelDraw)
