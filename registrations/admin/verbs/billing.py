"""Correct who gets the invoice of an order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.verbs import Consequence, Decision, Obstacle
from registrations import actions
from registrations.admin.verbs.base import PanelListing
from registrations.admin.verbs.orders import OrderVerb
from registrations.admin.verbs.orders_said import billing_words
from registrations.models import Order
from registrations.queries import sales
from registrations.rules.orders import BILLING_FIELDS, LONGEST_BILLING


class BillingForm(forms.Form):
    """The billing details as they are now."""

    def __init__(self, data: QueryDict | None, kept: dict[str, str]) -> None:
        super().__init__(data, initial=kept)
        for name, label in billing_words().items():
            box = forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=LONGEST_BILLING, widget=box
            )


class ChangeBilling(OrderVerb):
    """Let the invoices of one order name other billing details; what was invoiced is invoiced anew."""

    key = "billing"
    label = gettext_lazy("Change billing details")
    title = gettext_lazy("Change billing details")
    states = Order.State.values
    why_not_now = gettext_lazy("Whoever ordered was erased: nobody can be named here.")
    _kept: dict[str, str]

    def applies(self, row: Order) -> bool:
        return row.payer.erased_at is None

    def obstacle(self, listing: PanelListing, rows: Any) -> Obstacle | None:
        if len(rows) != 1:
            return Obstacle((_("Choose one order: each has billing details of its own."),))
        return super().obstacle(listing, rows)

    def own_page(
        self, request: HttpRequest, frame: Any, listing: PanelListing, rows: Any
    ) -> HttpResponse | None:
        """None: the usual page, but its form begins with what is known of the chosen order."""
        self._kept = rows[0].billing
        return None

    def form(self, listing: PanelListing, data: QueryDict | None) -> forms.Form:
        return BillingForm(data, self._kept)

    def consequence(self, listing: PanelListing, row: Order, now: str, is_open: Decimal) -> Consequence:
        if sales.is_invoiced(row):
            return Consequence(row.code, now, _("a credit note and a new invoice will be written"), "waiting")
        return Consequence(row.code, now, _("its invoice will name them"))

    def done_to(self, row: Order, decided: Decision) -> Any:
        details = {name: decided[name] for name in BILLING_FIELDS}
        actions.change_billing(row, details, actor=decided.actor)

    def said(self, count: int) -> str:
        return _("The billing details are kept.")
