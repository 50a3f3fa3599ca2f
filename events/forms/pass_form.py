"""The pass's form; what is allocated is kept in its seat count."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from events.forms.desk import DeskForm, clean_instant, complain_unless_after, wall_clock
from events.forms.fields import WallClockField, capacity_field
from events.models import Pass

WALL_CLOCKS = ("on_sale_from", "on_sale_until")


class PassForm(DeskForm):
    """One pass, on its own page or as a line of its event's."""

    on_sale_from = WallClockField(
        label=_("On sale from"), required=False, help_text=_("In the event's time zone.")
    )
    on_sale_until = WallClockField(label=_("On sale until"), required=False)
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

    def clean(self) -> Any:
        cleaned = super().clean()
        event = cleaned.get("event") or (self.instance.event if self.instance.event_id else None)
        if event is not None:
            for name in filter(cleaned.__contains__, WALL_CLOCKS):
                cleaned[name] = clean_instant(self, name, cleaned[name], event.zone)
        complain_unless_after(self, "on_sale_from", "on_sale_until")
        return cleaned

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()
