"""One order as its page shows it: where it stands, what belongs to it, and what may be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from events.admin import words
from events.admin.verbs import change_url
from events.templatetags.money import money
from registrations.admin.verbs import access
from registrations.admin.verbs.of_orders import ORDER_VERBS
from registrations.admin.verbs.orders import OrderVerb
from registrations.admin.verbs.orders_said import (
    TO_LOOK,
    billing_words,
    chip_of,
    money_or_dash,
    open_of,
    until_when,
)
from registrations.models import Activity, Invoice, Notification, Order, OrderLine, Payment, Refund
from registrations.queries import sales

MOST_SHOWN = 50
_PAYMENT_CHIPS = {"begun": "waiting", "paid": "free", "wrong": "clash", "not_paid": "muted"}
_REFUND_CHIPS = {"due": "waiting", "done": "free", "failed": "clash"}


@dataclass(frozen=True)
class Button:
    """One verb as the order's page offers it."""

    verb: OrderVerb
    url: str


@dataclass(frozen=True)
class Shown:
    """An order as its page shows it, to this member of staff."""

    order: Order
    user: Any
    at: datetime

    @classmethod
    def of(cls, order: Order, user: Any) -> Shown:
        """The order as it stands now."""
        return cls(order, user, timezone.now())

    @property
    def zone(self) -> Any:
        """The event's zone."""
        return self.order.event.zone

    @property
    def chip(self) -> SafeString:
        """The state in a word."""
        return chip_of(self.order, self.at)

    @cached_property
    def looks(self) -> list[Any]:
        """Why somebody has to look at it."""
        return [TO_LOOK[word] for word in sales.reasons_to_look([self.order.pk]).get(self.order.pk, [])]

    @cached_property
    def kept(self) -> sales.Kept:
        """What was paid and went back."""
        return sales.kept_of([self.order.pk])[self.order.pk]

    @property
    def open(self) -> Decimal:
        """What is still to be paid."""
        return open_of(self.order, self.kept.received)

    @property
    def sums(self) -> list[tuple[Any, str]]:
        """Total, credited, received, open and refunded."""
        order = self.order
        amounts = [
            (_("Total"), order.total),
            (_("Credited"), order.credited),
            (_("Received"), self.kept.received),
            (_("Open"), self.open),
            (_("Refunded"), self.kept.back),
        ]
        return [(title, money_or_dash(amount, order.currency)) for title, amount in amounts]

    @property
    def facts(self) -> list[tuple[Any, Any]]:
        """When it was placed and by whom, how it is paid, and until when."""
        order = self.order
        said: list[tuple[Any, Any]] = [
            (_("Paid by"), f"{order.payer.full_name} · {order.payer.email}".removeprefix(" · ")),
            (_("Placed"), words.moment(order.placed_at, self.zone)),
            (_("Placed by"), str(order.placed_by) if order.placed_by else ""),
            (_("Way of payment"), order.get_way_display()),
            (_("State"), until_when(order, self.zone)),
            (_("Reason"), order.reason),
        ]
        return [(title, value) for title, value in said if value]

    @property
    def buttons(self) -> list[Button]:
        """The verbs that may be done now, by this member of staff."""
        event = self.order.event
        return [
            Button(verb, reverse("admin:panel_verb", args=["event", event.pk, "event_orders", verb.key]))
            for verb in (verb() for verb in ORDER_VERBS)
            if verb.applies(self.order) and verb.is_allowed(self.user, event)
        ]

    @property
    def url(self) -> str:
        """The page of the order itself."""
        return reverse("admin:order_page", args=[self.order.uuid])

    @property
    def back_url(self) -> str:
        """The event's orders."""
        return f"{change_url(self.order.event)}?tab=registration#panel-event_orders"

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """Each pass with its person, price, VAT and what of it was credited."""
        rows = OrderLine.objects.filter(order=self.order).order_by("position", "id")
        return [self._line(row) for row in rows.select_related("event_pass", "contact", "registration")]

    def _line(self, row: OrderLine) -> dict[str, Any]:
        currency, registration = self.order.currency, row.registration
        if registration is not None:
            said = words.chip(
                registration.get_status_display(), "muted" if registration.is_cancelled else "free"
            )
        else:
            said = words.chip(_("Held"), "waiting") if row.is_held else words.chip(_("Nothing held"), "muted")
        return {
            "row": row,
            "name": f"{row.first_name} {row.last_name}".strip() or row.contact.email,
            "email": row.contact.email,
            "url": change_url(registration) if registration else "",
            "price": money(row.price, currency),
            "vat": f"{money(row.vat, currency)} ({row.vat_rate.normalize():f} %)" if row.vat else "–",
            "credited": money_or_dash(row.credited, currency),
            "state": said,
        }

    @cached_property
    def payments(self) -> list[dict[str, Any]]:
        """Each payment, the newest first."""
        rows = Payment.objects.filter(order=self.order).select_related("noted_by")
        return [
            {
                "sum": money(row.amount, row.currency),
                "state": words.chip(row.get_state_display(), _PAYMENT_CHIPS[row.state]),
                "about": row.provider,
                "reference": row.reference or row.note or "–",
                "when": words.moment(row.paid_at or row.begun_at, self.zone),
                "by": row.noted_by or "",
                "error": row.last_error,
            }
            for row in rows
        ]

    @cached_property
    def refunds(self) -> list[dict[str, Any]]:
        """Each sum that goes back, the newest first."""
        rows = Refund.objects.filter(payment__order=self.order).select_related("payment", "asked_by")
        return [
            {
                "sum": money(row.amount, row.payment.currency),
                "state": words.chip(row.get_state_display(), _REFUND_CHIPS[row.state]),
                "about": row.reason or "–",
                "reference": row.reference or "–",
                "when": words.moment(row.done_at or row.due_at, self.zone),
                "by": row.asked_by or "",
                "error": row.last_error,
            }
            for row in rows
        ]

    @cached_property
    def invoices(self) -> list[dict[str, Any]]:
        """Each invoice and credit note, the newest first."""
        rows = Invoice.objects.filter(order=self.order).select_related("series", "credits__series")
        return [
            {
                "number": str(row),
                "kind": row.get_kind_display(),
                "sum": money(row.total, row.currency),
                "about": row.credits or "",
                "when": words.moment(row.issued_at, self.zone),
                "url": reverse("admin:order_invoice_file", args=[self.order.uuid, row.pk]),
            }
            for row in rows
        ]

    @property
    def billing(self) -> list[tuple[Any, str]]:
        """Who gets the invoice."""
        given = self.order.billing
        return [(title, given[name]) for name, title in billing_words().items() if given.get(name)]

    @property
    def terms(self) -> list[tuple[Any, str]]:
        """Under which it was placed."""
        terms = self.order.terms
        until = parse_datetime(terms.get("refunds_until") or "")
        said = [
            (_("Terms of sale"), terms.get("text")),
            (_("Payers may cancel until"), words.moment(until, self.zone)),
            (_("Of the price they get back (%)"), str(terms.get("refund_percent", "")) if until else ""),
            (_("Seller"), terms.get("seller")),
            (_("Seller's VAT or tax number"), terms.get("seller_tax_id")),
            (_("How to pay"), terms.get("how_to_pay")),
        ]
        return [(title, value) for title, value in said if value]

    @cached_property
    def mails(self) -> list[dict[str, Any]] | None:
        """What was written to whoever pays; None for whoever may not see mails."""
        if not access.may(self.user, self.order.event, "registrations.view_notification"):
            return None
        rows = Notification.objects.filter(
            event=self.order.event_id, contact=self.order.payer_id, payload__order=self.order.pk
        )
        zone = self.zone
        return [
            {
                "row": row,
                "sent": words.moment(row.sent_at, zone),
                "written": words.moment(row.created_at, zone),
            }
            for row in rows.order_by("-id")[:MOST_SHOWN]
        ]

    @cached_property
    def ledger(self) -> Sequence[dict[str, Any]] | None:
        """What happened to it; None for whoever may not see the ledger."""
        if not access.may(self.user, self.order.event, "registrations.view_activity"):
            return None
        names = {line["row"].contact_id: line["name"] for line in self.lines}
        people = {self.order.payer_id, *names}
        rows = Activity.objects.filter(
            event=self.order.event_id, contact__in=people, detail__order=self.order.pk
        )
        return [
            {"at": words.moment(row.at, self.zone), "row": row, "person": names.get(row.contact_id, "")}
            for row in rows.select_related("session").order_by("-id")[:MOST_SHOWN]
        ]
