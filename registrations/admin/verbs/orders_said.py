"""Orders and money in words, the same in panel, page, preview and file."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from events.admin import words
from events.templatetags.money import money
from registrations.models import Order

State = Order.State
_CHIPS: dict[str, str] = {
    State.HELD: "waiting",
    State.OWED: "few",
    State.PAID: "free",
    State.EXPIRED: "muted",
    State.CANCELLED: "muted",
}
# Why somebody has to look at an order, by the words of `queries.sales.looked_at`.
TO_LOOK: dict[str, Any] = {
    "wrong": gettext_lazy("Another sum was paid than asked for"),
    "failed": gettext_lazy("A refund failed"),
    "by_hand": gettext_lazy("To be sent back by hand"),
    "late": gettext_lazy("Paid too late: goes back by itself"),
    "gone": gettext_lazy("Seat given up, money kept or still owed"),
}


def billing_words() -> dict[str, Any]:
    """The words for each of the billing details, by its name."""
    return {
        "name": _("Name on the invoice"),
        "company": _("Company"),
        "street": _("Street and number"),
        "postcode": _("Postcode"),
        "city": _("City"),
        "country": _("Country"),
        "vat_id": pgettext("of the payer", "VAT number"),
        "reference": _("Reference"),
    }


def money_or_dash(amount: Decimal, currency: str) -> str:
    """The sum, or a dash for nothing."""
    return money(amount, currency) if amount else "–"


def is_overdue(order: Order, at: datetime) -> bool:
    """True for what was given on trust and should have been paid by now."""
    return order.state == State.OWED and order.pay_by is not None and order.pay_by < at


def chip_of(order: Order, at: datetime) -> SafeString:
    """The order's state in a word."""
    if is_overdue(order, at):
        return words.chip(_("Overdue"), "clash")
    if order.state == State.PAID and order.way == Order.Way.COMPLIMENTARY:
        return words.chip(order.get_way_display(), "free")
    return words.chip(order.get_state_display(), _CHIPS[order.state])


def until_when(order: Order, zone: ZoneInfo) -> str:
    """Until when it is held, by when it should be paid, when it was, or since when it is over."""
    if order.state == State.HELD:
        if order.held_until is None:
            return _("held until you decide")
        return _("held until %(when)s") % {"when": words.moment(order.held_until, zone)}
    if order.state == State.OWED:
        return (
            _("to be paid by %(when)s") % {"when": words.moment(order.pay_by, zone)} if order.pay_by else ""
        )
    return words.moment(order.ended_at or order.paid_at, zone)


def open_of(order: Order, received: Decimal) -> Decimal:
    """What is still to be paid, where this much was received and kept."""
    if order.state not in (State.HELD, State.OWED):
        return Decimal(0)
    return order.total - order.credited - received
