"""Verbs of refunds and payments that went wrong: try again, note as sent by hand, give a wrong payment back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.verbs import ConfirmForm, Consequence, Decision, ReasonForm, chips
from events.templatetags.money import money
from registrations import actions
from registrations.admin.verbs.base import PanelListing
from registrations.admin.verbs.orders import GivesBack
from registrations.models import Order, Payment, Refund
from registrations.queries import sales

State = Order.State


class _OfTrouble(GivesBack):
    """A verb of orders that somebody has to look at, for one of the words of `looked_at`."""

    words: ClassVar[tuple[str, ...]]
    states = State.values

    def applies(self, row: Order) -> bool:
        if "why" not in vars(row):
            row.why = sales.reasons_to_look([row.pk]).get(row.pk, [])  # type: ignore[attr-defined]
        return bool(set(self.words) & set(row.why))  # type: ignore[attr-defined]


def _troubled(row: Order, *, with_due: bool) -> list[Refund]:
    """The refunds of the order that failed and that no other made good, and those that a person has to send."""
    of_order = Refund.objects.filter(payment__order=row).select_related("payment").order_by("pk")
    failed = of_order.filter(sales.is_still_here())
    by_hand = of_order.filter(state=Refund.State.DUE, payment__provider=sales.BY_HAND)
    return [*failed, *(by_hand if with_due else ())]


class TryAgain(_OfTrouble):
    """Have a provider asked once more for what it did not give back."""

    key = "try_again"
    label = gettext_lazy("Try the refund again")
    title = gettext_lazy("Try a failed refund again")
    why_not_now = gettext_lazy("No refund of the chosen orders has failed.")
    words = ("failed",)

    def consequence(self, listing: PanelListing, row: Order, now: str, is_open: Decimal) -> Consequence:
        failed = _troubled(row, with_due=False)
        amount = money(sum((one.amount for one in failed), Decimal(0)), row.currency)
        why = "; ".join(one.last_error for one in failed if one.last_error) or _("failed")
        return Consequence(row.code, why, _("%(sum)s is asked for once more") % {"sum": amount}, "waiting")

    def done_to(self, row: Order, decided: Decision) -> Any:
        for refund in _troubled(row, with_due=False):
            actions.try_refund_again(refund, actor=decided.actor)

    def said(self, count: int) -> str:
        return ngettext(
            "The refund of %(n)d order is tried again.", "The refunds of %(n)d orders are tried again.", count
        ) % {"n": count}


class SentForm(ConfirmForm):
    """By which transfer it went."""

    reference = forms.CharField(
        label=gettext_lazy("Reference of the transfer"), max_length=200, required=False
    )


class MarkSent(_OfTrouble):
    """Note that a person sent back what no provider could."""

    key = "mark_sent"
    label = gettext_lazy("Mark the refund as sent")
    title = gettext_lazy("Mark refunds as sent")
    why_not_now = gettext_lazy("Nothing is to be sent back by hand for the chosen orders.")
    words = ("by_hand", "failed")
    form_class = SentForm

    def consequence(self, listing: PanelListing, row: Order, now: str, is_open: Decimal) -> Consequence:
        amount = sum((one.amount for one in _troubled(row, with_due=True)), Decimal(0))
        said = {"sum": money(amount, row.currency)}
        return Consequence(row.code, _("%(sum)s to be sent back") % said, _("sent, by your hand"), "free")

    def done_to(self, row: Order, decided: Decision) -> Any:
        for refund in _troubled(row, with_due=True):
            actions.note_refunded(refund, decided["reference"], actor=decided.actor)

    def said(self, count: int) -> str:
        return ngettext(
            "The refund of %(n)d order is noted as sent.",
            "The refunds of %(n)d orders are noted as sent.",
            count,
        ) % {"n": count}


class WrongForm(ReasonForm):
    """Why it goes back; the payer reads it."""

    reasons = chips(gettext_lazy("Another sum than asked for"), gettext_lazy("Paid twice"))


class SendWrongBack(_OfTrouble):
    """Let a payment of a wrong sum go back, whole."""

    key = "wrong_back"
    label = gettext_lazy("Give the wrong payment back")
    title = gettext_lazy("Give back a payment of a wrong sum")
    why_not_now = gettext_lazy("No payment of a wrong sum is here for the chosen orders.")
    words = ("wrong",)

    def form(self, listing: PanelListing, data: QueryDict | None) -> forms.Form:
        return WrongForm(data, is_reason_required=data is not None)

    def _wrong(self, row: Order) -> list[Payment]:
        wrong = Payment.objects.filter(order=row, state=Payment.State.WRONG).prefetch_related("refunds")
        failed = Refund.State.FAILED
        return [each for each in wrong if all(one.state == failed for one in each.refunds.all())]

    def consequence(self, listing: PanelListing, row: Order, now: str, is_open: Decimal) -> Consequence:
        came = ", ".join(money(each.amount, each.currency) for each in self._wrong(row))
        asked = _("%(came)s came, %(asked)s was asked for") % {
            "came": came,
            "asked": money(row.total - row.credited, row.currency),
        }
        return Consequence(row.code, asked, _("goes back whole; the order stays as it is"), "waiting")

    def done_to(self, row: Order, decided: Decision) -> Any:
        for payment in self._wrong(row):
            actions.refund_payment(payment, reason=decided.reason, actor=decided.actor)

    def said(self, count: int) -> str:
        return ngettext(
            "The wrong payment of %(n)d order goes back.",
            "The wrong payments of %(n)d orders go back.",
            count,
        ) % {"n": count}
