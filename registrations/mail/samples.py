"""What each kind of mail says by itself, shown on sample data: an invented reader, the event's own sessions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event
from events.placeholders import Values
from events.zones import abbreviation
from registrations.links import event_url
from registrations.mail import orders
from registrations.mail.moved import Difference, Moved
from registrations.mail.order_words import WORDS, Bill
from registrations.mail.own_words import agenda_line, filled
from registrations.mail.rendering import frame_of, tidy
from registrations.models import Notification, Order
from sessions_app.models import Session

Kind = Notification.Kind
_CODE, _PRICE = "ABCD2345", Decimal(120)
_STATES: dict[str, Order.State] = {
    Kind.ORDER_PAID: Order.State.PAID,
    Kind.ORDER_EXPIRED: Order.State.EXPIRED,
    Kind.ORDER_CANCELLED: Order.State.CANCELLED,
    Kind.REFUND_DUE: Order.State.CANCELLED,
}


def _template_of(kind: str) -> str:
    return orders.TEMPLATE if kind in orders.KINDS else kind


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

    def text(self, kind: str, written: Mapping[str, str] | None = None) -> str:
        """The whole mail as text, with what an organizer has written for this kind or for all."""
        with timezone.override(self.event.zone):
            return tidy(
                render_to_string(f"mail/{_template_of(kind)}.txt", self._context(kind, written or {}))
            )

    def html(self, kind: str, written: Mapping[str, str] | None = None) -> str:
        """The whole mail as HTML, with the same."""
        with timezone.override(self.event.zone):
            return render_to_string(f"mail/{_template_of(kind)}.html", self._context(kind, written or {}))

    def _context(self, kind: str, written: Mapping[str, str]) -> dict[str, Any]:
        url = f"{event_url(self.event)}me/…"
        values = Values(
            first_name=_("Alex"),
            name=_("Alex"),
            event=self.event.name,
            agenda=tuple(agenda_line(session) for session in self.sessions),
            link=url,
        )
        return {
            **frame_of(self.event),
            "subject": Kind(kind).label,
            "event": self.event,
            "first_name": _("Alex"),
            "personal_url": url,
            "is_registered": True,
            **self._of_kind(kind, url),
            **filled(written, kind, values),
        }

    def _of_kind(self, kind: str, url: str) -> dict[str, Any]:
        """What only this kind of mail says."""
        waiting = [{"session": one, "position": 2, "is_on_hold": False} for one in self.sessions[1:]]
        whole_agenda: dict[str, Any] = {
            Kind.REGISTERED: {"seats": self.sessions[:1], "waiting": waiting},
            Kind.DRAWN: {"seats": self.sessions[:1], "waiting": waiting, "ticket": 12, "outcome_url": url},
            Kind.CANCELLED: {"seats": self.sessions[:1]},
            Kind.REMINDER: {"seats": self.sessions},
            Kind.EVENT_CANCELLED: {},
            Kind.LINK_REQUESTED: {},
        }
        if kind in orders.KINDS:
            return self._of_order(kind, url)
        return whole_agenda[kind] if kind in whole_agenda else self._of_session(url)

    def _of_order(self, kind: str, url: str) -> dict[str, Any]:
        """An invented order, by invoice, as it stands when mails of this kind are written."""
        at = timezone.now()
        state = _STATES.get(kind, Order.State.HELD)
        order = Order(
            event=self.event, code=_CODE, currency="EUR", total=_PRICE, state=state, way=Order.Way.INVOICE
        )
        order.held_until = at + timedelta(days=7) if state == Order.State.HELD else None
        bill = Bill(order, at, open=_PRICE, amount=_PRICE, was_paid=True)
        bill.amount = _PRICE / 2 if kind == Kind.PAYMENT_WRONG else _PRICE
        return {**orders.context_of(bill, WORDS[kind](bill), url), "passes": [_("1 × (a pass)")]}

    def _of_session(self, url: str) -> dict[str, Any]:
        was = Difference("time", _("When"), _("(its time before)"), _("(its time now)"))
        return {
            "session": self.sessions[0],
            "position": 2,
            "is_automatic": True,
            "had_seat": True,
            "changed": was.what,
            "has": "seat",
            "was": was.was,
            "moved": [Moved(self.sessions[0], [was])],
            "deadline": self.event.starts_at - timedelta(days=1),
            "deadline_zone": abbreviation(self.event.starts_at, self.event.zone),
            "answer_url": f"{url}/invitation/",
        }
