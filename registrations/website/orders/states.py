"""How an order stands, in honest words: a state, when it changes, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.models import Event
from events.templatetags.money import money
from events.templatetags.seatwise import moment
from registrations.models import Order, OrderLine, Payment, Refund

State = Order.State


@dataclass(frozen=True)
class Standing:
    """How it stands: a tone and a shape, a heading, and a sentence."""

    tone: str
    icon: str
    title: str
    words: str = ""
    # Until when seats are held: a clock that counts down.
    until: datetime | None = None


def standing_of(order: Order, lines: list[OrderLine], payments: list[Payment], at: datetime) -> Standing:
    """How the order stands now."""
    if order.state == State.HELD:
        return _held(order, payments, at)
    if order.state == State.OWED:
        return _owed(order, at)
    if order.state == State.PAID:
        return _paid(order, lines)
    if order.state == State.EXPIRED:
        return Standing(
            "full",
            "clock",
            _("Not paid in time"),
            _(
                "The seats are free again. If your money still comes, you get the seats if there are any left, "
                "or your money back."
            ),
        )
    return Standing("full", "cross", _("This order was cancelled"), order.reason)


def _held(order: Order, payments: list[Payment], at: datetime) -> Standing:
    until = order.held_until
    if until is None:
        words = _("Your seats are held until the organizer has decided.")
        return Standing("waiting", "clock", _("Your seats are held"), words)
    when = clock(until, order.event, at)
    if until <= at:
        words = _("Your seats were held until %(when)s. If you have paid, wait here for your bank's answer.")
        return Standing("few", "clock", _("The time to pay is over"), words % {"when": when})
    if any(each.state == Payment.State.BEGUN for each in payments):
        words = _("Your bank has not answered yet; your seats are held until %(when)s.") % {"when": when}
        return Standing("few", "half", _("Waiting for your payment"), words, until)
    if order.way == Order.Way.INVOICE:
        words = _("Your seats are held until %(when)s. You have them for good once your money is here.")
        return Standing("waiting", "clock", _("Waiting for your payment"), words % {"when": when}, until)
    words = _("Your seats are held until %(when)s.") % {"when": when}
    return Standing("waiting", "clock", _("Not paid yet"), words, until)


def _owed(order: Order, at: datetime) -> Standing:
    if order.pay_by is None:
        return Standing("free", "check", _("Registered; the invoice is still open"))
    when = {"when": moment(order.pay_by, order.event)}
    if order.pay_by <= at:
        words = _("It was to be paid by %(when)s. Please pay now.") % when
        return Standing("clash", "triangle", _("Registered; the invoice is overdue"), words)
    words = _("Please pay by %(when)s.") % when
    return Standing("free", "check", _("Registered; the invoice is still open"), words)


def is_over(line: OrderLine) -> bool:
    """True where the line's person was registered, and is so no more."""
    return line.registration is not None and line.registration.is_cancelled


def _paid(order: Order, lines: list[OrderLine]) -> Standing:
    if order.way == Order.Way.COMPLIMENTARY or not order.total:
        return Standing("free", "check", _("Registered"), _("Nothing is to be paid."))
    words = _("Everybody on this order is registered and got a mail of their own.")
    # Where somebody left, or got the money back, the lines say who.
    return Standing("free", "check", _("Paid"), "" if any(map(is_over, lines)) else words)


def wrong_sums(order: Order, payments: list[Payment]) -> list[str]:
    """A sentence for each payment of another sum than was asked for, while somebody has to look at it."""
    wrong = [each for each in payments if each.state == Payment.State.WRONG and not each.refunds.all()]
    words = _("We received %(came)s instead of %(asked)s: the organizer looks at it and writes to you.")
    return [
        words % {"came": money(each.amount, each.currency), "asked": money(_asked_for(order), order.currency)}
        for each in wrong
    ]


def _asked_for(order: Order) -> Decimal:
    return order.total - order.credited


def refund_words(refund: Refund, event: Event) -> Standing:
    """What becomes of money that goes back."""
    said = {"sum": money(refund.amount, refund.payment.currency)}
    if refund.state == Refund.State.DONE and refund.done_at:
        said["when"] = moment(refund.done_at, event)
        return Standing("free", "check", _("%(sum)s went back to you on %(when)s.") % said)
    if refund.state == Refund.State.FAILED:
        words = _("%(sum)s could not be sent back to you yet: the organizer looks at it.") % said
        return Standing("clash", "triangle", words)
    return Standing("waiting", "undo", _("%(sum)s go back to you.") % said)


def clock(when: datetime, event: Event, at: datetime) -> str:
    """“14:20” today, else with its day, by the event's clock."""
    there = when.astimezone(event.zone)
    if there.date() == at.astimezone(event.zone).date():
        return date_format(there, "H:i")
    return moment(when, event)
