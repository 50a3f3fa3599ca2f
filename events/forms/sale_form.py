"""How an event sells its passes: one form, with what whoever buys is told about paying an invoice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.forms.desk import DeskForm, clean_wall_clocks, wall_clock
from events.forms.fields import WallClockField
from events.models import Event, Sale

ROWS = {"seller": 4, "invoice_footer": 3, "terms": 6, "how_to_pay": 4}


class SaleForm(DeskForm):
    """The sale of an event's passes; `providers` are those that this site knows, with their words."""

    provider = forms.ChoiceField(label=gettext_lazy("Paid online by"), required=False)
    how_to_pay = forms.CharField(
        label=Event._meta.get_field("how_to_pay").verbose_name,
        help_text=Event._meta.get_field("how_to_pay").help_text,
        required=False,
        strip=True,
        widget=forms.Textarea,
    )
    refunds_until = WallClockField(
        label=gettext_lazy("Payers may cancel until"),
        required=False,
        help_text=gettext_lazy("In the event's time zone. Empty: only staff cancel what was paid."),
    )

    class Meta:
        model = Sale
        exclude = ("event",)

    def __init__(self, *args: Any, providers: Sequence[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sale: Sale = self.instance
        self.event: Event = sale.event
        self.initial["refunds_until"] = wall_clock(sale.refunds_until, self.event.zone)
        self.initial["how_to_pay"] = self.event.how_to_pay
        choice: Any = self.fields["provider"]
        choice.choices = [("", _("Nobody: by invoice only")), *providers]
        if sale.provider and sale.provider not in dict(providers):
            gone = _("%(name)s (not set up on this site)") % {"name": sale.provider}
            choice.choices = [*choice.choices, (sale.provider, gone)]
        for name, rows in ROWS.items():
            self.fields[name].widget.attrs["rows"] = rows

    def clean(self) -> Any:
        cleaned: Any = super().clean()
        clean_wall_clocks(self, ["refunds_until"], self.event.zone)
        return cleaned

    @property
    def says_how_to_pay(self) -> bool:
        """True where what is said about paying an invoice changed."""
        return "how_to_pay" in self.changed_data
