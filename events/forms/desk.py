"""What the forms of the desk have in common: settings that may not apply, and times in the object's own zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from events.zones import to_instant, validate_zone


@dataclass(frozen=True)
class AppliesWhen:
    """A setting applies while the named field is on (or off); otherwise it is disabled and `reason` is shown."""

    field: str
    is_on: bool
    reason: Any


class DeskForm(forms.ModelForm):
    """A form whose settings are shown disabled with the reason while they do not apply.

    `settings` maps a field to its rules. A disabled control is not sent by browsers, so the page carries its
    value beside it (`admin/includes/_setting.html`): what does not apply now is kept for when it does.
    """

    settings: ClassVar[Mapping[str, Sequence[AppliesWhen]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for name, rules in self.settings.items():
            if name in self.fields:
                broken = next((rule for rule in rules if self.is_on(rule.field) != rule.is_on), None)
                self.disable(name, broken.reason if broken else None, rules)

    def is_on(self, name: str) -> bool:
        """True when the setting is on: as typed, else as saved."""
        return bool(self[name].value() if name in self.fields else getattr(self.instance, name, False))

    def disable(self, name: str, reason: Any, rules: Sequence[AppliesWhen] = ()) -> None:
        """Show the control greyed with `reason`, or as usual when there is none."""
        field: Any = self.fields[name]
        field.applies_when = rules
        field.why_not = reason
        if reason:
            field.widget.attrs["disabled"] = True

    def offer_statuses(self, name: str, offered: Sequence[Any], is_fixed: bool) -> None:
        """Offer these statuses; one that a command set is shown alone, for a command to change."""
        field: Any = self.fields[name]
        current = getattr(self.instance, name)
        field.disabled = is_fixed
        if is_fixed:
            field.choices = [(current, type(offered[0])(current).label)]
            self.disable(name, _("Changed by the buttons above, not here."))
        else:
            field.choices = [(status.value, status.label) for status in offered]

    def changed_columns(self) -> set[str]:
        """Names of the model's fields that this form changed; saving touches no other."""
        return set(self.changed_data)


def wall_clock(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    """What a clock in `zone` shows at `instant`."""
    return instant.astimezone(zone).replace(tzinfo=None) if instant else None


def clean_instant(form: forms.BaseForm, name: str, wall: datetime | None, zone: ZoneInfo) -> datetime | None:
    """The instant of `wall` in `zone`; a time that a clock change skips or repeats is an error at field `name`."""
    if wall is None:
        return None
    try:
        return to_instant(wall, zone).astimezone(UTC)
    except ValidationError as error:
        form.add_error(name, error)
        return None


def clean_wall_clocks(form: Any, names: Sequence[str], zone: ZoneInfo | None) -> None:
    """Replace what clocks in `zone` show by instants; without a zone nothing can be said about them."""
    for name in names:
        wall = form.cleaned_data.pop(name, None)
        if zone is None or name in form.errors or name not in form.fields:
            continue
        instant = clean_instant(form, name, wall, zone)
        if name not in form.errors:
            form.cleaned_data[name] = instant


def clean_zone(name: str) -> str:
    """The zone's name; an unknown one is an error."""
    if name:
        validate_zone(name)
    return name


def complain_unless_after(form: Any, first: str, second: str, message: str | None = None) -> None:
    """An error at `second` unless it lies after `first`."""
    start, end = form.cleaned_data.get(first), form.cleaned_data.get(second)
    if start and end and end <= start:
        form.add_error(
            second, message or _("This must be later than %(start)s.") % {"start": form[first].label}
        )
