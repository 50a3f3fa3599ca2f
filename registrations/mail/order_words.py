"""What mails to payers say of an order: subject, headline and sentences, by the kind of mail and how things stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from events.names import isolated
from events.templatetags.money import money
from events.templatetags.seatwise import moment, whole_day
from events.zones import abbreviation
from registrations.mail.facts import name_and_time
from registrations.models import Invoice, Notification, Order

Kind = Notification.Kind
State = Order.State


@dataclass
class Bill:
    """An order as a mail about it needs to know it."""

    order: Order
    at: datetime
    # What is still to be paid.
    open: Decimal = Decimal(0)
    # What this mail is about: a payment that came, or what goes back.
    amount: Decimal = Decimal(0)
    currency: str = ""
    is_by_transfer: bool = False
    # A part of it need not be paid; the rest stands.
    is_part: bool = False
    # Money was received for it, whatever became of that.
    was_paid: bool = False
    # What comes along: an invoice, credit notes, or nothing.
    attached: str = ""

    @property
    def is_held(self) -> bool:
        """True while its seats are held and nobody on it is registered."""
        return self.order.state == State.HELD

    @property
    def is_online(self) -> bool:
        """True where it is paid on its page."""
        return self.order.way == Order.Way.ONLINE

    @property
    def deadline(self) -> datetime | None:
        """Until when it is to be paid."""
        return self.order.held_until or self.order.pay_by

    @property
    def when(self) -> str:
        """The deadline in words: to the minute where minutes count."""
        if self.deadline is None:
            return ""
        event = self.order.event
        if self.is_online:
            return f"{moment(self.deadline, event)}, {abbreviation(self.deadline, event.zone)}"
        return whole_day(self.deadline.astimezone(event.zone).date())

    def say(self, amount: Decimal) -> str:
        """The amount in the order's currency."""
        return money(amount, self.currency or self.order.currency)


@dataclass
class Told:
    """The words of one mail; the button leads to the order's page unless it leads to the event's."""

    subject: str
    headline: str
    paragraphs: list[str]
    button: str = ""
    to_event: bool = False


def placed(bill: Bill) -> Told:
    """Until when it is to be paid, and how."""
    words = {"when": bill.when, "event": name_and_time(bill.order.event)}
    if not bill.is_held:
        lead = [_("Everybody on the order is registered.")]
        lead += [_("Please pay by %(when)s.") % words] if bill.when else []
        subject = _("Your invoice: %(event)s") % words
        return Told(subject, _("Here is your invoice"), [" ".join(lead), *_how_to_pay(bill)])
    subject = _("Your seats are held, please pay: %(event)s") % words
    if bill.when:
        subject = _("Please pay by %(when)s: %(event)s") % words
    lead = [_("Your seats are held until %(when)s.") % words] if bill.when else []
    lead.append(_("As soon as your payment is there, everybody on the order is registered and gets a mail."))
    label = _("Pay now") if bill.is_online else ""
    return Told(subject, _("Your seats wait for your payment"), [" ".join(lead), *_how_to_pay(bill)], label)


def paid(bill: Bill) -> Told:
    """The receipt."""
    subject = _("Paid, thank you: %(event)s") % {"event": name_and_time(bill.order.event)}
    lead = _("Everybody on the order is registered and gets a mail of their own.")
    return Told(subject, _("Thank you, it is paid"), [lead, *_attached(bill)])


def expired(bill: Bill) -> Told:
    """Nothing is held any more, and what happens to money that comes after all."""
    subject = _("Not paid in time: %(event)s") % {"event": name_and_time(bill.order.event)}
    paragraphs = [
        _("We did not receive your payment in time, so nothing is held for you any more."),
        _(
            "If you paid after all, you get your seats where they are still free; else all of it goes back to you."
        ),
        *_attached(bill),
    ]
    return Told(subject, _("Your seats are free again"), paragraphs, _("Choose again"), to_event=True)


def cancelled(bill: Bill) -> Told:
    """The order is over, or a part of it need not be paid; and what goes back."""
    words = {
        "event": name_and_time(bill.order.event),
        "amount": bill.say(bill.amount),
        "open": bill.say(bill.open),
    }
    if bill.is_part:
        subject = _("You have %(amount)s less to pay: %(event)s") % words
        paragraphs = [_("Still to be paid: %(open)s.") % words, *_attached(bill)]
        return Told(subject, _("You have %(amount)s less to pay") % words, paragraphs)
    if bill.amount:
        lead = _goes_back(bill)
    elif bill.was_paid:
        lead = _("By the terms of sale nothing of what was paid goes back.")
    else:
        lead = _("Nothing is to be paid for it any more.")
    subject = _("Your order is cancelled: %(event)s") % words
    return Told(subject, _("Your order is cancelled"), [lead, *_attached(bill)])


def reminder(bill: Bill) -> Told:
    """The order is still to be paid: before its seats are lost, or after the day has passed."""
    words = {"when": bill.when, "event": name_and_time(bill.order.event)}
    if bill.is_held and bill.when:
        lead = _("Your seats are held until %(when)s. After that others may have them.") % words
    elif bill.deadline and bill.deadline <= bill.at:
        lead = (
            _("We asked for it by %(when)s. If your payment is on its way, there is nothing to do.") % words
        )
    else:
        lead = _("Please pay by %(when)s.") % words if bill.when else ""
    paragraphs = [*([lead] if lead else []), *_how_to_pay(bill)]
    label = _("Pay now") if bill.is_online else ""
    return Told(
        _("Still to be paid: %(event)s") % words, _("Your order is still to be paid"), paragraphs, label
    )


def wrong(bill: Bill) -> Told:
    """Another sum came than was asked for."""
    words = {
        "received": bill.say(bill.amount),
        "total": money(bill.open, bill.order.currency),
        "event": name_and_time(bill.order.event),
    }
    subject = _("We received %(received)s instead of %(total)s: %(event)s") % words
    lead = _("%(received)s came for your order, and %(total)s is to be paid.") % words
    rest = _("Nothing is lost: the organizer looks at it, and you hear from them or get it back.")
    return Told(subject, _("We received another sum than we asked for"), [lead, rest])


def refund(bill: Bill) -> Told:
    """How much goes back, and when it is there."""
    words = {"amount": bill.say(bill.amount), "event": name_and_time(bill.order.event)}
    subject = _("%(amount)s goes back to you: %(event)s") % words
    return Told(subject, _("%(amount)s goes back to you") % words, [_goes_back(bill), *_attached(bill)])


WORDS: dict[str, Callable[[Bill], Told]] = {
    Kind.ORDER_PLACED: placed,
    Kind.ORDER_PAID: paid,
    Kind.ORDER_EXPIRED: expired,
    Kind.ORDER_CANCELLED: cancelled,
    Kind.ORDER_REMINDER: reminder,
    Kind.PAYMENT_WRONG: wrong,
    Kind.REFUND_DUE: refund,
}


def _how_to_pay(bill: Bill) -> list[str]:
    """By what the organizer says, with the order's code; online its page says it."""
    if bill.is_online:
        return _attached(bill)
    said = str(bill.order.terms.get("how_to_pay", bill.order.event.how_to_pay)).strip()
    code = _("Write the code %(code)s with your payment, so that we know it for yours.")
    return [*([isolated(said)] if said else []), code % {"code": bill.order.code}, *_attached(bill)]


def _goes_back(bill: Bill) -> str:
    words = {"amount": bill.say(bill.amount)}
    if bill.is_by_transfer:
        return _("%(amount)s goes back to you by transfer. The organizer sends it.") % words
    return _("%(amount)s goes back to the card or account that you paid with, within 5 to 10 days.") % words


def _attached(bill: Bill) -> list[str]:
    if not bill.attached:
        return []
    is_invoice = bill.attached == Invoice.Kind.INVOICE
    return [_("The invoice is attached.") if is_invoice else _("The credit note is attached.")]
