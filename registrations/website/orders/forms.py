"""Forms of an order: which pass each further person gets, how it is paid, and who gets the invoice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from crispy_forms.layout import Div, Layout
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from events.models import Pass
from events.names import isolated
from events.templatetags.seatwise import pass_state, price
from registrations.forms import RefusableForm, unframed
from registrations.models import Order
from registrations.rules.orders import LONGEST_BILLING
from registrations.website.orders.sums import Sum

WAYS = {Order.Way.ONLINE: _("Online, now"), Order.Way.INVOICE: _("By invoice")}
# With scripts the sum follows what is chosen; without them it is shown before anything is ordered.
SUMMED_ANEW = {
    "hx-post": "",
    "hx-vals": '{"do": "sum"}',
    "hx-trigger": "change",
    "hx-target": "#finish",
    "hx-select": "#finish",
    "hx-swap": "outerHTML show:none",
}
ON_THE_INVOICE = {
    "company": (_("Company"), "organization"),
    "street": (_("Street and number"), "street-address"),
    "postcode": (_("Postcode"), "postal-code"),
    "city": (_("City"), "address-level2"),
    "country": (_("Country"), "country-name"),
    "vat_id": (_("VAT number"), "off"),
    "reference": (_("Your own reference"), "off"),
}


class PersonPassForm(forms.Form):
    """The pass of one more person: at first the visitor's own."""

    def __init__(self, data: QueryDict | None, *, number: int, offered: Sequence[Pass], at: datetime) -> None:
        super().__init__(data, prefix=f"p{number}")
        self.number = number
        # Whoever is ordered for does not wait.
        there = [each for each in offered if each.seats.available != 0]
        self.by_value = {str(each.uuid): each for each in there if pass_state(each, at)["may_be_had"]}
        choices = [(value, f"{isolated(each.name)} · {price(each)}") for value, each in self.by_value.items()]
        self.fields["event_pass"] = forms.ChoiceField(
            label=_("Pass"),
            choices=choices,
            widget=forms.Select(attrs=SUMMED_ANEW),
            error_messages={"invalid_choice": _("Choose a pass of this event.")},
        )
        self.helper = unframed()
        self.helper.layout = Layout("event_pass")

    @property
    def event_pass(self) -> Pass:
        """The pass chosen."""
        return self.by_value[self.cleaned_data["event_pass"]]


class BillingForm(RefusableForm):
    """How the order is paid, and who gets the invoice; all of it may be left empty."""

    name = forms.CharField(
        label=_("Invoice to"),
        required=False,
        max_length=LONGEST_BILLING,
        help_text=_("Empty: your own name."),
        widget=forms.TextInput(attrs={"autocomplete": "billing name", "dir": "auto"}),
    )

    def __init__(self, data: QueryDict | None, *, ways: Sequence[Order.Way]) -> None:
        super().__init__(data, prefix="billing")
        self.ways = list(ways)
        if len(self.ways) > 1:
            self.fields["way"] = forms.ChoiceField(
                label=_("Way of payment"),
                choices=[(way.value, WAYS[way]) for way in self.ways],
                initial=self.ways[0].value,
                required=False,
                widget=forms.RadioSelect,
            )
        for name, (label, known_as) in ON_THE_INVOICE.items():
            box = forms.TextInput(attrs={"autocomplete": known_as, "dir": "auto"})
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=LONGEST_BILLING, widget=box
            )
        self.helper, self.more_helper = unframed(), unframed()
        self.helper.layout = Layout(*(["way"] if "way" in self.fields else []), "name")
        self.more_helper.layout = Layout(
            "company",
            "street",
            Div("postcode", "city", css_class="form-columns"),
            Div("country", "vat_id", css_class="form-columns"),
            "reference",
        )

    @property
    def way(self) -> Order.Way:
        """How it is paid: as chosen, or the only way there is."""
        return Order.Way(self.cleaned_data.get("way") or self.ways[0])

    @property
    def is_open(self) -> bool:
        """True where something of what is folded was filled in, or is wrong."""
        return any(self[name].value() or self[name].errors for name in ON_THE_INVOICE)

    @property
    def billing(self) -> dict[str, str]:
        """What was filled in, by the names of the invoice's details."""
        names = ("name", *ON_THE_INVOICE)
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


def button_of(what: Sum, ways: Sequence[Order.Way], said: str) -> str:
    """What the one button does, whichever way is chosen beside it."""
    if len(ways) > 1:
        return str(_("Order for %(sum)s") % {"sum": said})
    if list(ways) == [Order.Way.INVOICE]:
        return str(_("Order by invoice: %(sum)s") % {"sum": said})
    return str(_("Order and pay %(sum)s") % {"sum": said})
