"""Fields and widgets of the desk: wall-clock times, zones, places that know their capacity."""

from __future__ import annotations

from datetime import datetime, time
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from events.models import MAXIMUM_CAPACITY


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time picker; it shows seconds only where there are some, so that none get lost."""

    input_type = "time"

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, time | datetime):
            return value.strftime("%H:%M:%S" if value.second else "%H:%M")
        return value or None


class WallClockWidget(forms.SplitDateTimeWidget):
    """A date and a time beside each other."""

    template_name = "admin/widgets/wall_clock.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super(forms.SplitDateTimeWidget, self).__init__([DateInput(attrs), TimeInput(attrs)])


class WallClockField(forms.SplitDateTimeField):
    """A date and a time as somebody would read them off a clock: naive until the form knows the zone."""

    widget = WallClockWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Two boxes share one label on the page; read aloud, each has its own.
        for box, what in zip(self.widget.widgets, (_("date"), _("time")), strict=True):
            box.attrs["aria-label"] = format_lazy("{}, {}", self.label, what)

    def compress(self, data_list: Any) -> datetime | None:
        if not data_list:
            return None
        day, moment = data_list
        if day in self.empty_values:
            raise forms.ValidationError(self.error_messages["invalid_date"], code="invalid_date")
        if moment in self.empty_values:
            raise forms.ValidationError(self.error_messages["invalid_time"], code="invalid_time")
        return datetime.combine(day, moment)


@cache
def zone_names() -> list[str]:
    """Names offered while typing a zone; every other name the system knows is accepted too."""
    return [
        "UTC",
        *sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")),
    ]


class ZoneInput(forms.TextInput):
    """A text box that completes the names of zones."""

    template_name = "admin/widgets/zone.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}_zones"
        return {**context, "zones": zone_names()}


class PlaceSelect(forms.Select):
    """A choice of buildings, rooms or layouts; each option carries its capacity and what it lies in, for admin.js."""

    def __init__(self, kind: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-place": kind, **(attrs or {})})

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        place = getattr(option["value"], "instance", None)
        if place is not None:
            parent = getattr(place, "building", None) or getattr(place, "room", None)
            option["attrs"]["data-parent"] = parent.pk if parent else ""
            option["attrs"]["data-capacity"] = "" if place.capacity is None else place.capacity
            option["group"] = _group_of(place)
            if hasattr(place, "room"):
                # Many rooms have a layout of the same name, and a closed list shows no groups.
                option["label"] = f"{place} · {place.room}"
        return option

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> Any:
        """The options under the name of the place they lie in, so that the list reads well without JavaScript."""
        groups: dict[str | None, list[Any]] = {}
        for _group, options, _index in super().optgroups(name, value, attrs):
            for option in options:
                groups.setdefault(option.get("group"), []).append(option)
        return [(group, options, index) for index, (group, options) in enumerate(groups.items())]


def _group_of(place: Any) -> str | None:
    if hasattr(place, "building"):
        return str(place.building)
    if hasattr(place, "room"):
        return f"{place.room.building} · {place.room}"
    return None


class LanguageField(forms.ChoiceField):
    """One of our languages, by its own name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"choices": settings.LANGUAGES, **kwargs})


class LanguagesField(forms.MultipleChoiceField):
    """Some of our languages, kept as codes between commas; all of them as nothing, like those of later versions."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"choices": settings.LANGUAGES, "required": False, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        if not value:
            return [code for code, _name in settings.LANGUAGES]
        return value.split(",") if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        chosen = set(super().clean(value))
        ours = [code for code, _name in settings.LANGUAGES]
        return "" if chosen == set(ours) else ",".join(code for code in ours if code in chosen)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), self.prepare_value(data))


def capacity_field(**kwargs: Any) -> forms.IntegerField:
    """A whole number of seats, 0–50,000; empty means no limit."""
    return forms.IntegerField(
        **{
            "label": _("Maximum capacity"),
            "required": False,
            "min_value": 0,
            "max_value": MAXIMUM_CAPACITY,
            "widget": forms.NumberInput(
                {"data-capacity-box": "", "class": "vIntegerField", "max": MAXIMUM_CAPACITY}
            ),
            **kwargs,
        }
    )
