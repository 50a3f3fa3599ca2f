"""The pass's form; what is allocated is kept in its seat count."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.forms.desk import DeskForm, clean_wall_clocks, complain_unless_after, wall_clock
from events.forms.fields import WallClockField, capacity_field
from events.models import Event, Pass

WALL_CLOCKS = ("on_sale_from", "on_sale_until")


class PassFormSet(forms.BaseInlineFormSet):
    """The passes on their event's form: no two of one name."""

    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for line in self.forms:
            name = line.cleaned_data.get("name") if hasattr(line, "cleaned_data") else None
            if name and name in seen:
                line.add_error("name", _("Two passes have this name. Choose another for one of them."))
            seen.add(name or "")


class PassForm(DeskForm):
    """One pass, on its own page or as a line of its event's."""

    on_sale_from = WallClockField(
        label=_("On sale from"), required=False, help_text=_("In the event's time zone.")
    )
    on_sale_until = WallClockField(label=_("On sale until"), required=False)
    vat_rate = forms.DecimalField(
        label=_("VAT contained (%)"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=_("The price contains it. Empty: none."),
    )
    capacity = capacity_field(label=_("Allocated"), help_text=_("Empty: no limit. 0: not offered."))

    class Meta:
        model = Pass
        exclude = ("seats",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("capacity", self.instance.seats.capacity)
            for name in WALL_CLOCKS:
                self.initial[name] = wall_clock(getattr(self.instance, name), self.instance.event.zone)

        event = self.instance.event if self.instance.event_id else None
        if event is not None and not event.passes_with_agenda and "most_sessions" in self.fields:
            reason = _("Does not apply: at this event passes and own agendas do not go together.")
            self.disable("most_sessions", reason)

    def clean(self) -> Any:
        cleaned: Any = super().clean()
        event = cleaned.get("event") or (self.instance.event if self.instance.event_id else None)
        clean_wall_clocks(self, WALL_CLOCKS, event.zone if event else None)
        complain_unless_after(self, "on_sale_from", "on_sale_until")
        self._refuse_second_of_a_name(event)
        return cleaned

    def _refuse_second_of_a_name(self, event: Event | None) -> None:
        others = Pass.objects.offered().filter(event=event, name=self.cleaned_data.get("name"))
        if event is not None and others.exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("This event has a pass of that name already. Choose another name."))

    def clean_vat_rate(self) -> Decimal:
        return self.cleaned_data["vat_rate"] or Decimal(0)

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()
