"""How a draw stands, in words: its state, the next step, its figures, its sessions, and its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin import words
from events.admin.verbs import change_url
from registrations.admin.verbs import access
from registrations.admin.verbs.draws import DRAW_VERBS, DrawVerb, PlanDraw, facts_of
from registrations.models import Draw, TicketHolder
from registrations.queries import draw_standing
from registrations.queries.draw_standing import Wishing, phase_of, wishing_in

# The word for each phase, and the status that its chip is marked with.
STATES: dict[str, tuple[Any, str]] = {
    draw_standing.PLANNED: (gettext_lazy("Planned"), "muted"),
    draw_standing.OPEN: (gettext_lazy("Wishes open"), "free"),
    draw_standing.CLOSING: (gettext_lazy("Wishes closed"), "waiting"),
    draw_standing.FROZEN: (gettext_lazy("Wishes frozen"), "few"),
    draw_standing.DRAWN: (gettext_lazy("Drawn"), "invited"),
    draw_standing.PUBLISHING: (gettext_lazy("Being published"), "waiting"),
    draw_standing.PUBLISHED: (gettext_lazy("Published"), "live"),
    draw_standing.CANCELLED: (gettext_lazy("Cancelled"), "clash"),
}
NEXT: dict[str, Any] = {
    draw_standing.PLANNED: gettext_lazy(
        "Wishes can be said from %(opens)s. Until then you can change everything."
    ),
    draw_standing.OPEN: gettext_lazy(
        "People say their wishes until %(closes)s; nothing is to be done before."
    ),
    draw_standing.CLOSING: gettext_lazy("The worker freezes the wishes within a minute."),
    draw_standing.FROZEN: gettext_lazy(
        "The wishes are frozen. Enter the public number as soon as it has appeared: %(source)s"
    ),
    draw_standing.DRAWN: gettext_lazy(
        "Look at what it gives to whom, then publish it. Nobody has been told yet."
    ),
    draw_standing.PUBLISHING: gettext_lazy(
        "Seats are being given and mails written; you may leave this page."
    ),
    draw_standing.PUBLISHED: gettext_lazy(
        "Everybody has been told; what is left goes to whoever comes first."
    ),
    draw_standing.CANCELLED: gettext_lazy("Its sessions are open to whoever comes first."),
}


def chip_of(phase: str) -> SafeString:
    """The word for a phase, marked."""
    return words.chip(*STATES[phase])


def next_in_words(draw: Draw, phase: str) -> str:
    """What happens next, and by whose hand."""
    zone = draw.event.zone
    told = {
        "opens": words.moment(draw.opens_at, zone),
        "closes": words.moment(draw.closes_at, zone),
        "source": draw.number_source,
    }
    return str(NEXT[phase]) % told


def wishing_in_words(wishing: Wishing) -> str:
    """How many tickets, people and wishes."""
    tickets = ngettext("%(n)d ticket", "%(n)d tickets", wishing.tickets) % {"n": wishing.tickets}
    people = ngettext("%(n)d person", "%(n)d people", wishing.people) % {"n": wishing.people}
    wishes = ngettext("%(n)d wish", "%(n)d wishes", wishing.wishes) % {"n": wishing.wishes}
    return " · ".join([tickets, people, wishes])


@dataclass(frozen=True)
class Button:
    """One verb as the draw's page offers it."""

    verb: DrawVerb
    url: str
    is_next: bool


@dataclass(frozen=True)
class Shown:
    """A draw as its page shows it."""

    draw: Draw
    phase: str
    wishing: Wishing
    user: Any
    at: datetime

    @classmethod
    def of(cls, draw: Draw, user: Any) -> Shown:
        """The draw as it stands now, for this member of staff."""
        at = timezone.now()
        return cls(draw, phase_of(draw, at), wishing_in([draw])[draw.pk], user, at)

    @property
    def chip(self) -> SafeString:
        """The state of the draw in a word."""
        return chip_of(self.phase)

    @property
    def next_step(self) -> str:
        """What happens next."""
        return next_in_words(self.draw, self.phase)

    @property
    def is_moving(self) -> bool:
        """True while the worker does something with it."""
        return self.phase in {draw_standing.CLOSING, draw_standing.PUBLISHING}

    @property
    def is_publishing(self) -> bool:
        """True while seats are given and mails written."""
        return self.phase == draw_standing.PUBLISHING

    @cached_property
    def to_tell(self) -> int:
        """How many people there are to be served when it is published."""
        return TicketHolder.objects.filter(draw=self.draw, is_frozen=True).count()

    @cached_property
    def told(self) -> int:
        """How many of them have been."""
        return TicketHolder.objects.filter(draw=self.draw, is_frozen=True, told_at__isnull=False).count()

    @property
    def buttons(self) -> Sequence[Button]:
        """The verbs that may be done now, by this member of staff."""
        event = self.draw.event
        verbs = [verb() for verb in DRAW_VERBS]
        return [
            Button(
                verb,
                reverse("admin:panel_verb", args=["event", event.pk, "event_draws", verb.key]),
                verb.is_main and self.phase == verb.phases[0],
            )
            for verb in verbs
            if verb.applies(self.draw) and verb.is_allowed(self.user, event)
        ]

    @property
    def change_url(self) -> str:
        """Where it can be changed; empty where it cannot."""
        may = self.phase in {draw_standing.PLANNED, draw_standing.OPEN}
        if may and PlanDraw().is_allowed(self.user, self.draw.event):
            return reverse("admin:change_draw", args=[self.draw.uuid])
        return ""

    @property
    def public_url(self) -> str:
        """The page on which everybody can look at the draw."""
        return reverse("draw_of", args=[self.draw.event.slug, self.draw.uuid])

    @property
    def back_url(self) -> str:
        """The event's draws."""
        return f"{change_url(self.draw.event)}?tab=agenda&view=draws#panel-event_draws"

    @property
    def url(self) -> str:
        """The page of the draw itself."""
        return reverse("admin:draw_page", args=[self.draw.uuid])

    @property
    def facts(self) -> list[tuple[str, Any]]:
        """What was planned, and what came of it so far."""
        draw, zone = self.draw, self.draw.event.zone
        most = draw.most_seats if draw.most_seats is not None else _("no limit of the draw's own")
        said: list[tuple[str, Any]] = [
            (_("Window"), f"{facts_of(draw, draw.event)} ({draw.event.timezone})"),
            (_("With wishes"), wishing_in_words(self.wishing)),
            (_("Most seats for one ticket"), most),
            (_("Public number"), draw.number_source),
            (_("The number"), draw.public_number),
            (_("Frozen"), words.moment(draw.frozen_at, zone)),
            (_("Commitment"), draw.commitment),
            (_("Seed"), draw.seed),
            (_("Published"), words.moment(draw.published_at, zone)),
        ]
        return [(label, value) for label, value in said if value != ""]

    @property
    def may_see_people(self) -> bool:
        """True for whoever may read who is registered."""
        return access.may(self.user, self.draw.event, "registrations.view_eventregistration")
