"""What each kind of mail says by itself, shown on sample data: an invented reader, the event's own sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event
from events.zones import abbreviation
from registrations.links import event_url
from registrations.mail.rendering import tidy
from registrations.models import Notification
from sessions_app.models import Session

Kind = Notification.Kind


class Samples:
    """The mails of one event as an invented reader would get them."""

    def __init__(self, event: Event) -> None:
        self.event = event
        planned = event.sessions.filter(archived_at=None, cancelled_at=None, starts_at__isnull=False)
        related = ("event", "building", "room", "track", "seats")
        self.sessions = list(planned.select_related(*related).in_programme_order()[:2]) or [self._invented()]

    def _invented(self) -> Session:
        begins = self.event.starts_at
        return Session(
            event=self.event,
            name=_("Your session"),
            starts_at=begins,
            ends_at=begins + timedelta(hours=1),
            date=begins.astimezone(self.event.zone).date(),
        )

    def text(self, kind: str) -> str:
        """The whole mail as text."""
        with timezone.override(self.event.zone):
            return tidy(render_to_string(f"mail/{kind}.txt", self._context(kind)))

    def _context(self, kind: str) -> dict[str, Any]:
        session, url = self.sessions[0], f"{event_url(self.event)}me/…"
        about_session = {
            "session": session,
            "position": 2,
            "is_automatic": True,
            "had_seat": True,
            "has_new_time": True,
            "was_when": _("(its time before)"),
            "deadline": self.event.starts_at - timedelta(days=1),
            "deadline_zone": abbreviation(self.event.starts_at, self.event.zone),
            "answer_url": f"{url}/invitation/",
        }
        waiting = [{"session": one, "position": 2, "is_on_hold": False} for one in self.sessions[1:]]
        whole_agenda: dict[str, Any] = {
            Kind.REGISTERED: {"seats": [session], "waiting": waiting},
            Kind.CANCELLED: {"seats": [session]},
            Kind.REMINDER: {"seats": self.sessions},
            Kind.EVENT_CANCELLED: {},
            Kind.LINK_REQUESTED: {},
        }
        return {
            "event": self.event,
            "first_name": _("Alex"),
            "personal_url": url,
            "is_registered": True,
            **whole_agenda.get(kind, about_session),
        }
