"""Verbs of orders that move money or time: mark as paid, give more time, cancel, remind, send the mail again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin import words
from events.admin.verbs import (
    ConfirmForm,
    Consequence,
    Decision,
    Done,
    Obstacle,
    ReasonForm,
    chips,
    one_by_one,
)
from events.errors import Invalid
from events.forms.desk import clean_wall_clocks
from events.forms.fields import WallClockField
from events.templatetags.money import money
from registrations import actions
from registrations.actions import Settled
from registrations.admin.verbs import access
from registrations.admin.verbs.base import PanelListing, PanelVerb
from registrations.admin.verbs.orders_said import open_of
from registrations.models import Order
from registrations.queries import sales

State = Order.State
CHANGE: dict[str, tuple[str, ...]] = {"event": ("registrations.change_order",)}
GIVE_BACK = "registrations.add_refund"
WAITING = (State.HELD, State.OWED)


def people_on(order: Order) -> str:
    """“2 people”: how many are on the order."""
    number = order.order_lines.count()
    return ngettext("%(n)d person", "%(n)d people", number) % {"n": number}


class OrderVerb(PanelVerb):
    """A verb of orders in some of their states; others among those chosen stay as they are."""

    permissions = CHANGE
    states: ClassVar[Sequence[str]] = WAITING
    # Why it cannot be done to the only one that was chosen.
    why_not_now: ClassVar[Any] = gettext_lazy("None of the chosen orders waits for money.")

    def applies(self, row: Order) -> bool:
        return row.state in self.states

    def obstacle(self, listing: PanelListing, rows: Any) -> Obstacle | None:
        return None if any(self.applies(row) for row in rows) else Obstacle((self.why_not_now,))

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        kept = sales.kept_of([row.pk for row in rows])
        found = []
        for row in rows:
            now = row.get_state_display()
            if self.applies(row):
                found.append(self.consequence(listing, row, now, open_of(row, kept[row.pk].received)))
            else:
                found.append(Consequence(row.code, now, _("stays as it is"), "muted"))
        return found

    def consequence(self, listing: PanelListing, row: Order, now: str, is_open: Decimal) -> Consequence:
        """What would become of one order to which the verb applies."""
        raise NotImplementedError

    def act(self, listing: PanelListing, rows: Any, decided: Decision) -> Done:
        chosen = [row for row in rows if self.applies(row)]
        return one_by_one(chosen, listing, lambda row: self.done_to(row, decided), done_words=self.said)

    def done_to(self, row: Order, decided: Decision) -> Any:
        """Do it to one order; return why it was refused, or nothing."""
        raise NotImplementedError

    def said(self, count: int) -> str:
        """How many it was done to."""
        raise NotImplementedError


class GivesBack(OrderVerb):
    """A verb by which money goes back, for planners of the event."""

    permissions = {"event": (GIVE_BACK,)}


class MarkPaidForm(ConfirmForm):
    """How the money came."""

    note = forms.CharField(
        label=gettext_lazy("How it came"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Such as the line of the bank statement. It is kept with the payment."),
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount, where it is another one"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        help_text=gettext_lazy(
            "Empty: all that is open. Another sum seats nobody; it is then to be looked at."
        ),
    )


class MarkPaid(OrderVerb):
    """Note that the money came; whoever waits for it is registered. A transfer also comes once an order is over."""

    key = "mark_paid"
    states = (*WAITING, State.EXPIRED, State.CANCELLED)
    label = gettext_lazy("Mark as paid")
    title = gettext_lazy("Mark as paid")
    is_main = True
    form_class = MarkPaidForm

    def applies(self, row: Order) -> bool:
        return super().applies(row) and row.total > 0

    def consequence(self, listing: PanelListing, row: Order, now: str, is_open: Decimal) -> Consequence:
        if row.state == State.CANCELLED:
            words_back = _("The money cannot be used any more and is to be sent back.")
            return Consequence(row.code, now, words_back, "waiting")
        if row.state == State.EXPIRED:
            late = _("paid too late: all are registered while there are seats for them, else it is sent back")
            return Consequence(row.code, f"{now}, {money(row.total, row.currency)}", late, "waiting")
        sum_open = _("%(sum)s open") % {"sum": money(is_open, row.currency)}
        then = _("paid") if row.state == State.OWED else _("paid; %(people)s registered and told")
        return Consequence(row.code, f"{now}, {sum_open}", then % {"people": people_on(row)}, "free")

    def deed(self, count: int) -> str:
        return ngettext("Mark %(n)d order as paid", "Mark %(n)d orders as paid", count) % {"n": count}

    def act(self, listing: PanelListing, rows: Any, decided: Decision) -> Done:
        if decided["amount"] and len(rows) > 1:
            raise Invalid(_("Another amount can be noted for one order at a time."))
        return super().act(listing, rows, decided)

    def done_to(self, row: Order, decided: Decision) -> Any:
        settled = actions.mark_paid(
            row, amount=decided["amount"] or None, note=decided["note"], actor=decided.actor
        )
        if settled == Settled.WRONG_AMOUNT:
            return _("Noted, but it is another sum than asked for: nobody is registered by it.")
        return (
            _("The money cannot be used any more and is to be sent back.")
            if settled == Settled.REFUND_DUE
            else ""
        )

    def said(self, count: int) -> str:
        return ngettext("%(n)d order is paid.", "%(n)d orders are paid.", count) % {"n": count}


class ExtendForm(ConfirmForm):
    """Until when."""

    until = WallClockField(label=gettext_lazy("Until"), help_text=gettext_lazy("In the event's time zone."))

    def __init__(self, data: Any = None, *, zone: Any) -> None:
        super().__init__(data)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        clean_wall_clocks(self, ["until"], self.zone)
        until: datetime | None = self.cleaned_data.get("until")
        if until is not None and until <= timezone.now():
            self.add_error("until", _("Choose a time to come."))
        return given


class Extend(OrderVerb):
    """Give whoever has to pay more time; what is held stays held."""

    key = "extend"
    label = gettext_lazy("Give more time")
    title = gettext_lazy("Give more time to pay")

    def form(self, listing: PanelListing, data: QueryDict | None) -> forms.Form:
        return ExtendForm(data, zone=listing.event.zone)

    def consequence(self, listing: PanelListing, row: Order, now: str, is_open: Decimal) -> Consequence:
        until = words.moment(row.held_until or row.pay_by, listing.event.zone) or _("until you decide")
        return Consequence(row.code, until, _("until the time below"), "waiting")

    def done_to(self, row: Order, decided: Decision) -> Any:
        actions.extend_order(row, decided["until"], actor=decided.actor)

    def said(self, count: int) -> str:
        return ngettext("%(n)d order has more time.", "%(n)d orders have more time.", count) % {"n": count}


class CancelOrderForm(ReasonForm):
    """Why orders are cancelled; the payer reads it."""

    reasons = chips(
        gettext_lazy("Asked to cancel"), gettext_lazy("Ordered twice"), gettext_lazy("Payment missing")
    )


class CancelOrder(OrderVerb):
    """End orders, with what was given for them; what was paid goes back."""

    key = "cancel"
    label = gettext_lazy("Cancel the order")
    title = gettext_lazy("Cancel orders")
    is_danger = True
    states = (State.HELD, State.OWED, State.PAID)
    why_not_now = gettext_lazy("None of the chosen orders can be cancelled: they have ended.")

    def form(self, listing: PanelListing, data: QueryDict | None) -> forms.Form:
        return CancelOrderForm(data, is_reason_required=data is not None)

    def consequences(self, listing: PanelListing, rows: list[Any]) -> list[Consequence]:
        self.kept = sales.kept_of([row.pk for row in rows])
        return super().consequences(listing, rows)

    def consequence(self, listing: PanelListing, row: Order, now: str, is_open: Decimal) -> Consequence:
        back, people = self.kept[row.pk].received, people_on(row)
        if row.state == State.HELD:
            return Consequence(
                row.code, now, _("cancelled; the seats of %(people)s are free") % {"people": people}
            )
        then = _("cancelled, with the registration of %(people)s: they are told") % {"people": people}
        if back:
            then += " · " + _("%(sum)s goes back") % {"sum": money(back, row.currency)}
        return Consequence(row.code, now, then, "clash")

    def warning(self, listing: PanelListing, count: int) -> str:
        if access.may(listing.user, listing.event, GIVE_BACK):
            return ""
        return _("What was paid is given back by planners of the event: paid orders stay as they are.")

    def deed(self, count: int) -> str:
        return ngettext("Cancel %(n)d order", "Cancel %(n)d orders", count) % {"n": count}

    def act(self, listing: PanelListing, rows: Any, decided: Decision) -> Done:
        self.may_give_back = access.may(listing.user, listing.event, GIVE_BACK)
        return super().act(listing, rows, decided)

    def done_to(self, row: Order, decided: Decision) -> Any:
        if not self.may_give_back and sales.kept_of([row.pk])[row.pk].received:
            return _("It was paid: only planners of the event give money back.")
        actions.cancel_order(row, reason=decided.reason, actor=decided.actor)
        return ""

    def said(self, count: int) -> str:
        return ngettext("%(n)d order is cancelled.", "%(n)d orders are cancelled.", count) % {"n": count}


class _MailOrders(OrderVerb):
    """A mail to each payer; their orders stay as they are."""

    is_reminder: ClassVar[bool] = False

    def consequence(self, listing: PanelListing, row: Order, now: str, is_open: Decimal) -> Consequence:
        return Consequence(row.code, now, _("%(email)s is written to") % {"email": row.payer.email})

    def deed(self, count: int) -> str:
        return ngettext("Send %(n)d mail", "Send %(n)d mails", count) % {"n": count}

    def act(self, listing: PanelListing, rows: Any, decided: Decision) -> Done:
        chosen = [row for row in rows if self.applies(row)]
        count = actions.mail_orders(chosen, is_reminder=self.is_reminder, actor=decided.actor)
        said = ngettext("%(n)d mail is on its way.", "%(n)d mails are on their way.", count) % {"n": count}
        return Done(said, count)


class Remind(_MailOrders):
    """Remind whoever has still to pay."""

    key = "remind"
    label = gettext_lazy("Remind")
    title = gettext_lazy("Remind of what is still to be paid")
    is_reminder = True


class SendOrderAgain(_MailOrders):
    """Mail each payer how their order stands, with the invoice."""

    key = "send_again"
    label = gettext_lazy("Send mail and invoice again")
    title = gettext_lazy("Send mail and invoice again")
    states = State.values
