"""The one thing to do next at an event: where it stands, and what its organizer would turn to now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import counted
from events.admin import words
from events.admin.verbs import change_url
from events.models import Event
from registrations.models import Draw
from sessions_app.models import Session

SOON = timedelta(days=1)


@dataclass(frozen=True)
class NextStep:
    """What to do next, and the page on which it is done."""

    words: str
    url: str


@dataclass(frozen=True)
class Standing:
    """Where an event stands now: its figures, read in one query."""

    event: Event
    at: datetime
    sessions: int
    live: int
    approved: int
    missing: int
    waiting: int
    in_draw: int

    @classmethod
    def of(cls, event: Event) -> Standing:
        """Read the figures of the event."""
        planned = Session.objects.not_archived().filter(event=event, cancelled_at=None)
        no_capacity = Q(seats__capacity=None) & ~Q(format=Session.Format.WEBINAR)
        figures = planned.aggregate(
            sessions=Count("pk"),
            live=Count("pk", filter=Q(session_status=Session.Status.LIVE)),
            approved=Count("pk", filter=Q(session_status=Session.Status.APPROVED)),
            missing=Count("pk", filter=no_capacity),
            waiting=Sum("seats__waiting", default=0),
            in_draw=Count("pk", filter=Q(seats__draw_closes_at__isnull=False)),
        )
        figures["waiting"] += event.seats.waiting
        return cls(event, timezone.now(), **figures)

    def facts(self) -> Iterator[str]:
        """The event's sessions, its line, and whether people can register, each in a few words."""
        if self.event.allow_custom_agenda or self.sessions:
            yield counted.sessions(self.sessions)
        if self.waiting:
            yield counted.waiting(self.waiting)
        if said := self._registration():
            yield said

    def next_step(self) -> NextStep | None:
        """What to do next; None where nothing is left to do."""
        event = self.event
        if event.cancelled_at is not None:
            return None
        if event.ends_at <= self.at:
            return self._tab("registration", _("See who came"))
        drawing = self._drawing() if self.in_draw else None
        return drawing or self._planning() or (self._opening() if event.is_live else self._go_live())

    def _drawing(self) -> NextStep | None:
        """What the draw that ends first waits for, once somebody has to act or soon will."""
        running = Draw.objects.without_file().running().filter(event=self.event)
        draw = running.order_by("closes_at", "pk").first()
        if draw is None:
            return None
        state, closes = Draw.State(draw.state), words.moment(draw.closes_at, self.event.zone)
        said = {
            Draw.State.FROZEN: _("Enter the draw's public number"),
            Draw.State.DRAWN: _("Publish the result of the draw"),
        }.get(state)
        if state == Draw.State.OPEN and timedelta(0) < draw.closes_at - self.at <= SOON:
            said = _("Watch the draw: wishes close %(when)s") % {"when": closes}
        return NextStep(said, reverse("admin:draw_page", args=[draw.uuid])) if said else None

    def _planning(self) -> NextStep | None:
        """What the programme lacks before anybody can choose from it."""
        if not self.event.allow_custom_agenda:
            return None
        if not self.sessions:
            url = reverse("admin:sessions_app_session_quick_create", args=[self.event.pk])
            return NextStep(_("Add sessions"), url)
        if self.missing:
            said = ngettext("Give %(n)d session a capacity", "Give %(n)d sessions a capacity", self.missing)
            return self._tab("agenda", said % {"n": self.missing}, "panel-capacity_missing")
        return None

    def _go_live(self) -> NextStep:
        return NextStep(_("Go live"), reverse("admin:events_event_go_live", args=[self.event.pk]))

    def _opening(self) -> NextStep | None:
        """What a live event waits for."""
        event = self.event
        if event.allow_custom_agenda and self.approved and not self.live:
            said = ngettext("Take %(n)d session live", "Take %(n)d sessions live", self.approved)
            return self._tab("agenda", said % {"n": self.approved}, "panel-event_sessions")
        if self._opens_later():
            return self._tab("website", self._registration())
        if self.waiting:
            return self._watch_waitlists()
        if not event.is_registration_open(self.at):
            return self._tab("website", _("Registration has closed: see when, or open it again"))
        return self._tab("registration", _("Watch who registers"), "panel-event_registrations")

    def _watch_waitlists(self) -> NextStep:
        said = ngettext(
            "Watch the waitlists: %(n)d waiting", "Watch the waitlists: %(n)d waiting", self.waiting
        )
        if self.event.seats.waiting:
            return self._tab("registration", said % {"n": self.waiting}, "panel-event_waitlist")
        return self._tab(
            "agenda", said % {"n": self.waiting}, "panel-event_sessions", "sessions-status=waiting"
        )

    def _opens_later(self) -> bool:
        opens = self.event.registration_opens_at
        return opens is not None and opens > self.at

    def _registration(self) -> str:
        """Whether people can register now, and since or until when."""
        event = self.event
        opens, closes = event.registration_opens_at, event.registration_closes_at
        if event.cancelled_at is not None or event.ends_at <= self.at:
            return ""
        if opens is not None and opens > self.at:
            return _("Registration opens %(when)s") % {"when": words.moment(opens, event.zone)}
        if closes is not None and closes <= self.at:
            return _("Registration closed %(when)s") % {"when": words.moment(closes, event.zone)}
        if closes is not None:
            return _("Registration closes %(when)s") % {"when": words.moment(closes, event.zone)}
        return _("Registration is open") if event.is_live else ""

    def _tab(self, tab: str, said: Any, panel: str = "", query: str = "") -> NextStep:
        more = f"&{query}" if query else ""
        return NextStep(str(said), f"{change_url(self.event)}?tab={tab}{more}{f'#{panel}' if panel else ''}")
