"""The desk's forms as other systems fill them in: checks as on the desk, without a page around them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from events.forms.effects import SWITCHES
from events.forms.event_form import WALL_CLOCKS, EventForm
from events.forms.fields import WallClockField
from events.forms.located import HELPERS, LOCATION
from events.forms.pass_form import WALL_CLOCKS as PASS_WALL_CLOCKS
from events.forms.pass_form import PassForm
from registrations.actions import refusal_to_switch_on


class EventFromApi(EventForm):
    """The event, without its status, which commands change, and without its picture."""

    header_picture = logo = map_picture = None  # type: ignore[assignment]

    judged_together = (frozenset({*WALL_CLOCKS, "timezone"}), frozenset({"capacity", *SWITCHES}))
    # A table of boxes, which only a page has.
    walk_minutes = None

    class Meta(EventForm.Meta):
        exclude = None  # type: ignore[assignment]
        fields: ClassVar[tuple[str, ...]] = (
            *("name", "slug", "event_type", "format", "timezone", "description", "contact_email"),
            *("language", "languages"),
            *WALL_CLOCKS,
            *("building", "room", "layout", "registration_closed_message", "how_to_pay"),
            *("allow_custom_agenda", "passes_with_agenda", "most_sessions"),
            *("sessions_required", "sessions_required_by_api"),
            "waitlist_enabled",
            *("auto_register_waitlisted", "contacts_choose_auto_register"),
            *("invitations_per_slot", "invitation_hours", "standby_minutes"),
            *("badge_width_mm", "badge_height_mm"),
        )

    def _reason_for_event_level(self) -> str:
        return refusal_to_switch_on(self.instance)


class PassFromApi(PassForm):
    """A pass of an event that is known already."""

    judged_together = (frozenset(PASS_WALL_CLOCKS),)

    class Meta(PassForm.Meta):
        exclude = None  # type: ignore[assignment]
        fields: ClassVar[tuple[str, ...]] = (
            *("name", "description", "price", "currency", "vat_rate", "pay_online", "pay_by_invoice"),
            *("most_sessions", "position"),
            *PASS_WALL_CLOCKS,
        )


def filled_in(kind: type[forms.ModelForm], instance: Any, values: Mapping[str, Any]) -> Any:
    """The form as it stands for `instance`, with these values typed into it; the rest stays as it is saved.

    A place that is named alone brings along what it lies in: of building, room and layout the ones not named are
    found anew. Of a row that is saved already, fields are left out that are not named, nor judged together with one
    that is: nobody is refused for what they do not touch.
    """
    shown: Any = kind(instance=instance)
    names_a_place = bool(set(LOCATION) & set(values))
    follows_place = (
        names_a_place and "capacity" not in values and getattr(kind, "capacity_follows_place", False)
    )
    judged = _judged(shown, set(values)) if instance.pk else set(shown.fields)
    if follows_place:
        judged |= {"capacity"} & set(shown.fields)
    typed: dict[str, Any] = {}
    for name in judged:
        field = shown.fields[name]
        if name in values:
            value = values[name]
        elif name in LOCATION and names_a_place:
            value = None
        else:
            value = field.prepare_value(shown.get_initial_for_field(field, name))
        if isinstance(field, WallClockField):
            typed |= _two_boxes(name, value, values.get("timezone") or _zone_of(instance))
        elif value is not None:
            typed[name] = value
    # A capacity that is named, be it as null, is meant as it is named.
    form: Any = kind({**typed, "capacity_follows": "" if follows_place else "hand"}, instance=instance)
    for name in set(form.fields) - judged:
        del form.fields[name]
    return form


def _judged(form: Any, named: set[str]) -> set[str]:
    """The fields that are looked at where these are named."""
    groups = (frozenset(LOCATION), *form.judged_together)
    judged = named | set(HELPERS) | {name for group in groups if group & named for name in group}
    return judged & set(form.fields)


def _two_boxes(name: str, value: datetime | None, zone: str) -> dict[str, str]:
    if value is None:
        return {}
    if value.tzinfo is not None:
        try:
            value = value.astimezone(ZoneInfo(zone))
        except (ValueError, OSError, LookupError, OverflowError) as error:
            # The form says the same of the zone; a time without one cannot be read at all.
            raise ValidationError({"timezone": "This is not a known time zone."}) from error
    return {f"{name}_0": f"{value:%Y-%m-%d}", f"{name}_1": f"{value:%H:%M:%S}"}


def _zone_of(instance: Any) -> str:
    return getattr(instance, "timezone", None) or instance.event.timezone
